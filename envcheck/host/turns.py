"""One thread at a time works; those that wait, for a command or an engine, let another work meanwhile.

Python runs one thread at a time anyhow, but lets each that can run fight for it at every file
it reads: eight probes side by side made 4,900 calls of futex a run, one after the other with
their waits side by side they make 780 (`strace -f -c python -m envcheck face-server`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Whose turn it is: first come, first served. A thread that asks for none is not held up.

    In that order, so that who has waited for one answer can ask for the next while others work.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free = 1
        self._queue: deque[threading.Lock] = deque()
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and keep it for the block."""
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let another work during the block, which waits for something else than Python."""
        if not getattr(self._mine, "held", False):
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take()

    def one_more(self) -> None:
        """Let one more work at a time: whoever has the turn may have come to wait unawares."""
        with self._lock:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._free += 1

    def _take(self) -> None:
        gate = None
        with self._lock:
            if self._free:
                self._free -= 1
            else:
                gate = threading.Lock()
                gate.acquire()
                self._queue.append(gate)
        if gate is not None:
            gate.acquire()  # until who gives a turn releases it
        self._mine.held = True

    def _give(self) -> None:
        self._mine.held = False
        self.one_more()
