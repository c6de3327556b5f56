"""Which logs are found, and what is read of them: on this machine, in a record, in containers."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envcheck.bundle.logs import NOT_OURS, Found, find
from envcheck.bundle.manifest import NO_FILE, LeftOut
from envcheck.host.base import Absent, Denied, Failed, Host, NotRecorded, TimedOut
from envcheck.host.container_files import first_file, printed
from envcheck.host.live import LiveHost
from envcheck.rulebook import open_rulebook
from envcheck.rulebook.model import LogNames
from tests.conftest import Tree, write_tree

SYS_START = "/home/idl-face/sys_start.log"


def found_in(host: Host, **names: tuple[str, ...]) -> Found:
    return find(host, [LogNames(**names)])


def text(host: Host, path: str, keep: int = 1 << 20) -> bytes:
    return b"".join(host.logs.file(path).tail(keep))


@pytest.fixture(params=["live", "recorded"])
def host(request: pytest.FixtureRequest, tmp_path: Path, tree: Tree) -> Iterator[Host]:
    """The same files as a machine and as a record."""
    files = {
        "home/zhang/original/package/Install/server.log": "server\n",
        "home/zhang/original/package/Install/logs/1.log": "first\n",
        "home/zhang/original/package/Install/logs/2.log": "second\n",
        "home/zhang/original/package/Install/logs/deeper/3.log": "third\n",
        "var/log/nvidia-installer.log": "nvidia-installer log file\n",
        "var/log/latest.log": "-> nvidia-installer.log",
        "etc/empty": "",
    }
    if request.param == "recorded":
        yield tree(files)
        return
    write_tree(tmp_path / "root", files)
    (tmp_path / "bin").mkdir()
    os.mkfifo(tmp_path / "root/fifo")
    live = LiveHost(root=str(tmp_path / "root"), search_path=str(tmp_path / "bin"), environ={})
    with contextlib.closing(live):
        yield live


def test_files_by_pattern_and_by_folder(host: Host) -> None:
    found = found_in(
        host,
        files=(
            "/home/*/original/package/Install/server.log",
            "/home/*/original/package/Install/logs",
            "/home/nobody/*.log",
        ),
    )
    names = [source.name for source in found.sources if "original" in source.name]
    base = "logs/home/zhang/original/package/Install"
    assert names == [f"{base}/server.log", f"{base}/logs/1.log", f"{base}/logs/2.log"]
    assert LeftOut("/home/nobody/*.log", NO_FILE) in found.left_out
    assert "logs/var/log/nvidia-installer.log" in [source.name for source in found.sources]


def test_a_file_that_fits_twice_is_taken_once(host: Host) -> None:
    found = found_in(host, files=("/var/log/nvidia-installer.log", "/var/log/nvidia*"))
    assert [source.name for source in found.sources].count("logs/var/log/nvidia-installer.log") == 1


def test_the_end_of_a_file(host: Host) -> None:
    assert host.logs.file("/var/log/nvidia-installer.log").size == 26
    assert text(host, "/var/log/nvidia-installer.log") == b"nvidia-installer log file\n"
    assert text(host, "/var/log/nvidia-installer.log", 10) == b" log file\n"
    assert text(host, "/var/log/latest.log", 5) == b"file\n"
    assert text(host, "/etc/empty") == b""


def test_what_is_no_log(host: Host) -> None:
    with pytest.raises((Absent, NotRecorded)):
        host.logs.file("/var/log/other.log")
    with pytest.raises(Failed, match="not a regular file"):
        host.logs.file("/var/log")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.log")
    host = LiveHost(root=str(tmp_path), environ={})
    assert host.logs.find("/*.log") == ()
    with pytest.raises(Failed, match="not a regular file"):
        host.logs.file("/fifo.log")


def test_logs_are_no_answers(host: Host) -> None:
    before = dict(host.answers)
    text(host, "/var/log/nvidia-installer.log")
    host.logs.find("/var/log/*")
    assert {key for key in host.answers if "nvidia" in " ".join(key)} == set()
    assert before.keys() <= host.answers.keys()


def test_a_log_that_got_shorter_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"x" * 1_000_000)
    host = LiveHost(root=str(tmp_path), environ={})
    pieces = host.logs.file("/a.log").tail(1_000_000)
    next(pieces)
    os.truncate(tmp_path / "a.log", 10)
    with pytest.raises(Failed, match="got shorter"):
        list(pieces)


def test_a_log_that_grows_is_read_to_where_it_ended(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"before")
    host = LiveHost(root=str(tmp_path), environ={})
    log = host.logs.file("/a.log")
    with (tmp_path / "a.log").open("ab") as file:
        file.write(b"after")
    assert b"".join(log.tail(100)) == b"before"


# -- commands ---------------------------------------------------------------------------


def commands(folder: Path, scripts: Mapping[str, str]) -> LiveHost:
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return LiveHost(search_path=f"{folder}:/usr/bin:/bin", environ={})


def test_the_kernels_words_and_dockers_journal(tmp_path: Path) -> None:
    host = commands(tmp_path, {"dmesg": "echo '[0.0] Linux'", "journalctl": 'echo "$@"'})
    assert b"".join(host.logs.kernel().tail(100)) == b"[0.0] Linux\n"
    assert b"".join(host.logs.journal("docker").tail(6400)) == b"--no-pager --unit docker --lines=100\n"


def test_a_command_that_fails_without_a_word(tmp_path: Path) -> None:
    host = commands(tmp_path, {"dmesg": "echo 'read kernel buffer failed' >&2; exit 1"})
    with pytest.raises(Failed, match="read kernel buffer failed"):
        list(host.logs.kernel().tail(100))


def test_a_command_is_read_as_it_comes_and_ended_with_its_reader(tmp_path: Path) -> None:
    host = commands(tmp_path, {"dmesg": f"echo $$ > {tmp_path}/pid; echo first; exec sleep 60"})
    pieces = host.logs.kernel().tail(100)
    assert next(pieces) == b"first\n"
    pieces.close()  # type: ignore[attr-defined]
    assert not os.path.exists(f"/proc/{(tmp_path / 'pid').read_text().strip()}")


def test_a_closed_host_reads_no_more(tmp_path: Path) -> None:
    host = commands(tmp_path, {"dmesg": "echo first; exec sleep 60"})
    pieces = host.logs.kernel().tail(100)
    next(pieces)
    begin = time.monotonic()
    host.close()
    with pytest.raises(TimedOut):
        list(pieces)
    assert time.monotonic() - begin < 2


def test_in_a_record_the_outputs_serve(tree: Tree) -> None:
    host = tree(
        {
            "sos_commands/kernel/dmesg_-T": "Linux\n",
            "sos_commands/docker/journalctl_--no-pager_--unit_docker": "Started Docker\n",
        }
    )
    assert b"".join(host.logs.kernel().tail(100)) == b"Linux\n"
    assert b"".join(host.logs.journal("docker").tail(7)) == b"Docker\n"
    found = found_in(tree({}), containers=("*",))
    assert found.left_out[-1].name == "containers"


# -- containers -------------------------------------------------------------------------


def frame(stream: int, content: bytes) -> bytes:
    return bytes((stream, 0, 0, 0)) + len(content).to_bytes(4, "big") + content


def archive(name: str, content: bytes = b"", **info: object) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as made:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        for key, value in info.items():
            setattr(member, key, value)
        made.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=40)), max_size=10),
    st.integers(1, 20),
)
def test_what_was_printed_out_of_its_frames(frames: list[tuple[int, bytes]], size: int) -> None:
    sent = b"".join(frame(stream, content) for stream, content in frames)
    pieces = (sent[start : start + size] for start in range(0, len(sent), size))
    assert b"".join(printed(pieces)) == b"".join(content for _, content in frames)


@given(st.binary(min_size=0, max_size=60).filter(lambda text: text[1:4] != b"\0\0\0"), st.integers(1, 9))
def test_what_was_printed_on_a_terminal(content: bytes, size: int) -> None:
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    assert b"".join(printed(pieces)) == content


@pytest.mark.parametrize("size", [1, 100, 512, 10_000])
@pytest.mark.parametrize("name", ["sys_start.log", "日志" * 60 + ".log"])
def test_a_file_out_of_an_archive(size: int, name: str) -> None:
    sent = archive(name, b"x" * 1234, mtime=1.5)
    found = first_file(iter([sent[start : start + size] for start in range(0, len(sent), size)]), "/p")
    assert (found.size, b"".join(found.content)) == (1234, b"x" * 1234)


def test_what_is_no_file_in_an_archive() -> None:
    with pytest.raises(Failed, match="not a regular file"):
        first_file(iter([archive("d", type=tarfile.DIRTYPE)]), "/d")
    with pytest.raises(Failed, match="ends too early"):
        first_file(iter([archive("f", b"x")[:300]]), "/f")
    with pytest.raises(Failed, match="docker's archive is none"):
        first_file(iter([b"<html>" * 200]), "/f")
    with pytest.raises(Failed, match="did not come"):
        list(first_file(iter([archive("f", b"x" * 9000)[:5000]]), "/f").content)


Answers = Mapping[str, tuple[int, bytes]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Callable[[Answers], LiveHost]]:
    """A function that starts an engine with these answers by the beginning of the path, and its host."""
    with contextlib.ExitStack() as stack:

        def start(answers: Answers) -> LiveHost:
            path = tmp_path / "docker.sock"
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(path))
            listener.listen(50)

            def accept() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listener.accept()
                        with connection, contextlib.suppress(OSError):
                            asked = unquote(connection.recv(4096).split()[1].decode())
                            status, body = next(
                                (answer for begin, answer in answers.items() if asked.startswith(begin)),
                                (404, b'{"message": "no such file"}'),
                            )
                            connection.sendall(f"HTTP/1.0 {status} X\r\n\r\n".encode() + body)

            threading.Thread(target=accept, daemon=True).start()
            (tmp_path / "bin").mkdir()
            environ = {"DOCKER_HOST": f"unix://{path}"}
            host = LiveHost(environ=environ, search_path=str(tmp_path / "bin"))
            stack.callback(host.close)
            return host

        yield start


LISTED = json.dumps(
    [
        {"Id": "1" * 64, "Names": ["/face_idl"], "Image": "registry/x:1"},
        {"Id": "2" * 64, "Names": ["/renamed"], "Image": "registry/y:1"},
        {"Id": "3" * 64, "Names": ["/customers-own"], "Image": "postgres"},
    ]
).encode()


def test_the_products_containers_are_those_named_or_holding_its_files(
    engine: Callable[[Answers], LiveHost],
) -> None:
    host = engine(
        {
            "/containers/json?all=1": (200, LISTED),
            "/containers/renamed/archive?path=/home": (200, archive("sys_start.log", b"started\n")),
            "/containers/face_idl/logs": (200, frame(1, b"hello\n") + frame(2, b"world\n")),
            "/containers/renamed/logs": (200, b"a terminal\r\n"),
        }
    )
    found = found_in(host, containers=("*face*",), in_containers=(SYS_START,))
    logs = {source.name: source.log for source in found.sources if "containers" in source.name}

    assert list(logs) == [
        "logs/containers/face_idl/output.log",
        "logs/containers/renamed/home/idl-face/sys_start.log",
        "logs/containers/renamed/output.log",
    ]
    assert b"".join(logs["logs/containers/face_idl/output.log"].tail(100)) == b"hello\nworld\n"
    assert b"".join(logs["logs/containers/renamed/output.log"].tail(100)) == b"a terminal\r\n"
    started = logs["logs/containers/renamed/home/idl-face/sys_start.log"]
    assert (started.size, b"".join(started.tail(4))) == (8, b"ted\n")
    assert LeftOut("container customers-own", NOT_OURS) in found.left_out
    absent = LeftOut(
        "containers/face_idl/home/idl-face/sys_start.log", f"{SYS_START} is not in container face_idl"
    )
    assert absent in found.left_out


def test_a_link_in_a_container_is_followed(engine: Callable[[Answers], LiveHost]) -> None:
    host = engine(
        {
            "/containers/a/archive?path=/home/idl-face/sys_start.log": (
                200,
                archive("sys_start.log", type=tarfile.SYMTYPE, linkname="logs/today.log"),
            ),
            "/containers/a/archive?path=/home/idl-face/logs/today.log": (
                200,
                archive("today.log", b"today\n"),
            ),
            "/containers/a/archive?path=/loop": (
                200,
                archive("loop", type=tarfile.SYMTYPE, linkname="/loop"),
            ),
        }
    )
    assert b"".join(host.logs.in_container("a", SYS_START).tail(100)) == b"today\n"
    with pytest.raises(Failed, match="too many links"):
        host.logs.in_container("a", "/loop")


def test_an_engine_that_refuses(engine: Callable[[Answers], LiveHost]) -> None:
    host = engine({"/containers": (500, b'{"message": "the disk is gone"}')})
    with pytest.raises(Failed, match="the disk is gone"):
        host.logs.in_container("a", "/x")
    with pytest.raises(Failed, match="the disk is gone"):
        list(host.logs.container("a").tail(100))
    found = found_in(host, containers=("*",))
    (left,) = [each for each in found.left_out if each.name == "containers"]
    assert "the disk is gone" in left.reason


def test_no_module_names_a_container_so_none_is_asked_for(engine: Callable[[Answers], LiveHost]) -> None:
    host = engine({"/containers/json?all=1": (200, LISTED)})
    found = found_in(host)
    names = [source.name for source in found.sources] + [each.name for each in found.left_out]
    assert not any("container" in name for name in names)
    assert ("docker", "/containers/json?all=1") not in host.answers


# -- what the shipped modules name ------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "files", "in_containers"),
    [
        ("default", {"/home/baidu/work/logs/openresty/error.log"}, set()),
        (
            "offline-security-server",
            {"/home/baidu/work/license-server/logs/license_service.log.wf"},
            set(),
        ),
        ("face-server", set(), {SYS_START, "/home/idl-face/feature-frame/log/service.log.wf"}),
    ],
)
def test_what_the_requirements_say_is_named(module: str, files: set[str], in_containers: set[str]) -> None:
    logs = open_rulebook().rule_set(module).logs
    assert files <= set(logs.files)
    assert set(logs.in_containers) == in_containers
    assert "original/package/Install/server.log" in logs.files


def test_the_installers_log_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"original/package/Install/server.log": "here\n"})
    monkeypatch.chdir(tmp_path)
    host = LiveHost(environ={})
    (path,) = host.logs.find("original/package/Install/server.log")
    assert path == str(tmp_path / "original/package/Install/server.log")
    assert text(host, path) == b"here\n"


def test_what_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_text("x")
    host = LiveHost(root=str(tmp_path), environ={})

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("envcheck.host.live_logs.os.open", refuse)
    with pytest.raises(Denied, match=r"/a\.log: permission denied"):
        host.logs.file("/a.log")
