"""What is being probed now, on one line of stderr that leaves no trace; on a terminal only."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from envcheck.report import escape, terminal
from envcheck.report.layout import shorten

if TYPE_CHECKING:
    from envcheck.results import Report

_ERASE = "\r\x1b[K"
_BAR = 20
_EVERY_SECONDS = 0.1


class Progress:
    """The line, until it is closed. Call it with a probe's name as it begins and ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = terminal.is_capable(stream)
        self._running: dict[str, None] = {}
        self._lock = threading.Lock()

    def __call__(self, probe: str, done: bool) -> None:
        """Say that a probe begins (`done` False) or has ended; from any thread."""
        if not self._shown:
            return
        with self._lock:
            if done:
                self._running.pop(probe, None)
            else:
                self._running[probe] = None
            if self._shown:
                self._write(f"{_ERASE}{self._line()}")

    def _line(self) -> str:
        line = "probing: " + ", ".join(self._running) if self._running else ""
        return shorten(line, terminal.width(self._stream) - 1, "...")

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()

    def close(self) -> None:
        """Wipe the line; what probes say from now on is not shown."""
        with self._lock:
            if self._shown:
                self._write(_ERASE)
            self._shown = False


class Waiting:
    """What is still awaited, on one line of a terminal that leaves no trace; nothing elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = terminal.is_capable(stream)
        self._written = False

    def __call__(self, report: Report, left: float) -> None:
        """Say what keeps the report from passing, and for how many seconds it may still come."""
        if not self._shown:
            return
        missed = ", ".join(f"{each.module} {each.id}" for each in report.results if each.counts)
        line = escape.line(f"waiting, {left:.0f} s left: {missed}")
        self._write(f"{_ERASE}{shorten(line, terminal.width(self._stream) - 1, '...')}")
        self._written = True

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()

    def close(self) -> None:
        """Wipe the line."""
        if self._written:
            self._write(_ERASE)
        self._shown = self._written = False


class Bar:
    """How far a long reading is, as a bar on a terminal's line; nothing elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = terminal.is_capable(stream)
        self._next = 0.0

    def __call__(self, name: str, done: int, total: int) -> None:
        """Say what is read, and how much of how much is done; from one thread."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + _EVERY_SECONDS
        filled = _BAR * done // total if total else _BAR
        line = f"[{'#' * filled:.<{_BAR}}] {100 * done // total if total else 100:3}% {escape.line(name)}"
        self._write(f"{_ERASE}{shorten(line, terminal.width(self._stream) - 1, '...')}")

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()

    def close(self) -> None:
        """Wipe the line."""
        if self._shown and self._next:
            self._write(_ERASE)
        self._shown = False
