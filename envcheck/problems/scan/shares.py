"""Reading a large log in several processes, each its share: hyperscan holds Python's lock.

Only where nothing else runs in this process, since a fork copies no thread but its own.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, Optional, TypeVar

from envcheck.problems.scan.source import Part
from envcheck.record import Record

T = TypeVar("T")

LEAST = 32 << 20
"""Bytes that are worth a process."""
MOST = 4
_LINE = 1 << 20
"""Bytes within which a line must end for a log to be cut there."""


class Share(Record):
    """Bytes of a log, from the beginning of a line up to that of another."""

    begin: int
    end: int


def shares(size: Optional[int], part: Optional[Part]) -> list[Share]:
    """Shares of a log of this size for the processors at hand; none where it is not to be divided."""
    if size is None or part is None or threading.active_count() > 1 or not hasattr(os, "fork"):
        return []
    count = min(size // LEAST, len(os.sched_getaffinity(0)), MOST)
    cuts = [0]
    for number in range(1, count):
        at = _line_start(part, size * number // count)
        if at is None:
            return []
        cuts.append(at)
    return [Share(begin, end) for begin, end in zip(cuts, [*cuts[1:], size])]


def _line_start(part: Part, at: int) -> Optional[int]:
    for piece in part(at, at + _LINE):
        found = piece.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(piece)
    return None


class Beside(Generic[T]):
    """Work that a child process does; what it returns must be possible to pickle."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._result, end = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            _answer(work, end)
        os.close(end)

    def result(self) -> T:
        """What it returned; where the process was lost, the work is done here."""
        with open(self._result, "rb") as stream:
            answer = stream.read()
        self._wait()
        with suppress(EOFError, pickle.UnpicklingError):
            result: T = pickle.loads(answer)  # noqa: S301 - from a child of this process
            return result
        return self._work()

    def stop(self) -> None:
        """End it, if it has not ended."""
        if self._child:
            from signal import SIGKILL

            with suppress(ProcessLookupError):
                os.kill(self._child, SIGKILL)
            self._wait()
        with suppress(OSError):
            os.close(self._result)

    def _wait(self) -> None:
        with suppress(ChildProcessError):
            os.waitpid(self._child, 0)
        self._child = 0


def _answer(work: Callable[[], Any], end: int) -> None:
    """In the child: do the work and leave, whatever happens."""
    try:
        with open(end, "wb") as stream:
            stream.write(pickle.dumps(work()))
    finally:
        os._exit(0)
