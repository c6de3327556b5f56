"""Reading a large log in several processes: hyperscan holds Python's lock.

The log is cut into shares, and each process takes the next one when it is done with the last:
so all end together, though one be slower than another. Only where nothing else runs in this
process, since a fork copies no thread but its own.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Generic, Optional, TypeVar

from envcheck.problems.scan.source import Part
from envcheck.record import Record

T = TypeVar("T")

LEAST = 32 << 20
"""Bytes that are worth a process, and of which a share is made."""
MOST = 4
"""Processes."""
_MOST_SHARES = 255
"""As many as one byte tells apart."""
_LINE = 1 << 20
"""Bytes within which a line must end for a log to be cut there."""


class Share(Record):
    """Bytes of a log, from the beginning of a line up to that of another."""

    begin: int
    end: int


def shares(size: Optional[int], part: Optional[Part]) -> list[Share]:
    """Shares of a log of this size, in order; none where it is not to be divided."""
    if size is None or part is None or threading.active_count() > 1 or processes() == 1:
        return []
    count = min(size // LEAST, _MOST_SHARES)
    cuts = [0]
    for number in range(1, count):
        at = _line_start(part, size * number // count)
        if at is None:
            return []
        cuts.append(at)
    return [Share(begin, end) for begin, end in zip(cuts, [*cuts[1:], size])]


def processes() -> int:
    """How many are to read a log, this one among them."""
    return min(len(os.sched_getaffinity(0)), MOST) if hasattr(os, "fork") else 1


def _line_start(part: Part, at: int) -> Optional[int]:
    for piece in part(at, at + _LINE):
        found = piece.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(piece)
    return None


class Draw:
    """The numbers of shares, each to be drawn once, by whichever process comes first."""

    def __init__(self, count: int) -> None:
        self._numbers, end = os.pipe()
        os.write(end, bytes(range(count)))
        os.close(end)

    def __iter__(self) -> Iterator[int]:
        while drawn := os.read(self._numbers, 1):
            yield drawn[0]

    def close(self) -> None:
        """No more is drawn by this process."""
        os.close(self._numbers)


class Beside(Generic[T]):
    """Work that a child process does; what it returns must be possible to pickle."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._result, end = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            _answer(work, end)
        os.close(end)

    def result(self) -> Optional[T]:
        """What it returned; None where the process was lost."""
        with open(self._result, "rb") as stream:
            answer = stream.read()
        self._wait()
        with suppress(EOFError, pickle.UnpicklingError):
            result: T = pickle.loads(answer)  # noqa: S301 - from a child of this process
            return result
        return None

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
