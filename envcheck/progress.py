"""What is being probed now, on one line of stderr that leaves no trace; on a terminal only."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TextIO

from envcheck.report import terminal
from envcheck.report.layout import shorten

_ERASE = "\r\x1b[K"


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
