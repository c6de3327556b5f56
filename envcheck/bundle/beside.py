"""Work that goes on in a thread of its own while the next piece is made."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Optional

_WAITING = 4
"""Pieces that may wait: memory stays flat."""


class Beside:
    """Gives pieces to a function in another thread, in order.

    What the function raises is raised at the next call. `finish` must be called in the end,
    whatever happened: before that the thread may still be at work.
    """

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._pieces: queue.Queue[Optional[bytes]] = queue.Queue(_WAITING)
        self._error: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._work, name="compressing", daemon=True)
        self._thread.start()

    def put(self, piece: bytes) -> None:
        """Hand over a piece; waits while too many are waiting."""
        self._raise()
        self._pieces.put(piece)

    def finish(self) -> None:
        """Wait until everything is done."""
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()
        self._raise()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if self._error is None:
                try:
                    self._take(piece)
                except BaseException as error:  # noqa: BLE001 - raised again in the other thread
                    self._error = error
