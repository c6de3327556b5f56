from __future__ import annotations

import io
import threading

import pytest

from envcheck.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")


def shown(stream: io.StringIO) -> str:
    """What the line says last."""
    return stream.getvalue().rpartition("\r\x1b[K")[2]


def test_what_is_being_probed_now() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress("kernel", False)
    progress("docker", False)
    assert shown(stream) == "probing: kernel, docker"

    progress("kernel", True)
    assert shown(stream) == "probing: docker"


def test_it_leaves_no_trace_and_says_no_more_once_closed() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress("kernel", False)
    progress.close()
    progress("docker", False)

    assert shown(stream) == ""
    assert "docker" not in stream.getvalue()


def test_it_never_fills_the_line() -> None:
    stream = Terminal()
    progress = Progress(stream)
    for number in range(20):
        progress(f"probe{number}", False)

    assert shown(stream) == "probing: probe0, probe1, p..."


def test_only_on_a_terminal_that_can_be_told_to_erase(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, dumb = io.StringIO(), Terminal()
    Progress(plain)("kernel", False)
    monkeypatch.setenv("TERM", "dumb")
    Progress(dumb)("kernel", False)

    assert plain.getvalue() == dumb.getvalue() == ""


def test_a_stream_that_has_gone_is_no_error() -> None:
    stream = Terminal()
    progress = Progress(stream)
    stream.close()

    progress("kernel", False)
    progress.close()
    Progress(stream)("kernel", False)


def test_from_several_threads() -> None:
    stream = Terminal()
    progress = Progress(stream)

    def probe(name: str) -> None:
        progress(name, False)
        progress(name, True)

    threads = [threading.Thread(target=probe, args=(f"p{number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert shown(stream) == ""
