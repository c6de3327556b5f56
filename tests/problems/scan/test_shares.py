"""A log in shares: each is read once, whoever reads it, and a lost process loses nothing."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from envcheck.host.base import Unreadable
from envcheck.problems.scan import scanner as room
from envcheck.problems.scan import shares
from envcheck.problems.scan.files import FileText
from envcheck.problems.scan.scanner import Scanner
from envcheck.problems.scan.shares import Beside, Draw
from envcheck.problems.scan.source import Source
from tests.problems.scan.looking import near, signature

WANTED = (
    signature("no space left on device"),
    signature("denied", near=near("docker", lines=2)),
    signature("wait to be ready"),
)
LINES = "".join(
    f"Nov 21 10:00:{number % 60:02d} {text}\n"
    for number, text in enumerate(
        ("fine", "no space left\n  on device", "docker says", "denied", "it \\u0064enied", "waits") * 12_000
    )
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares of 200 kB, for three processes, whatever else runs in that of the tests."""
    monkeypatch.setattr(shares, "LEAST", 200_000)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def source(path: Path, size: int | None = None) -> Source:
    size = size or path.stat().st_size
    return Source(
        "log",
        "file",
        lambda: FileText(str(path), size),
        size,
        lambda begin, end: FileText(str(path), end - begin, begin),
    )


def seen(path: Path) -> list[object]:
    scanner = Scanner(WANTED)
    scanner.scan(source(path))
    return [scanner.done, {number: vars(found) for number, found in scanner.found.items()}]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    path.write_text(LINES + "wait to be ready\n")
    return path


def test_shares_show_what_the_whole_does(log: Path, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(shares.shares(log.stat().st_size, source(log).part)) > 3
    divided = seen(log)
    monkeypatch.setattr(room, "shares", lambda *_: [])
    assert divided == seen(log)


def test_a_lost_process_loses_nothing(log: Path, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    here, read = os.getpid(), Scanner._share

    def lost(self: Scanner, *about: object) -> object:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(self, *about)  # type: ignore[arg-type]

    whole = seen(log)
    monkeypatch.setattr(Scanner, "_share", lost)
    assert seen(log) == whole


def test_a_log_that_got_shorter_is_said(log: Path, small: None) -> None:
    with pytest.raises(Unreadable, match="it got shorter"):
        Scanner(WANTED).scan(source(log, log.stat().st_size + 500_000))


def test_the_bar_never_goes_back(log: Path, small: None) -> None:
    told: list[tuple[int, int]] = []
    Scanner(WANTED, progress=lambda _, done, total: told.append((done, total))).scan(source(log))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {log.stat().st_size}


def test_each_number_is_drawn_once() -> None:
    draw = Draw(200)

    def take() -> list[int]:
        return list(draw)

    others = [Beside(take) for _ in range(3)]
    drawn = [take(), *((each.result() or []) for each in others)]
    for each in others:
        each.stop()
    draw.close()
    assert sorted(number for some in drawn for number in some) == list(range(200))
    assert all(some == sorted(some) for some in drawn)
