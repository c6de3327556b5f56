"""A log on its way into the bundle: its tail, as long as time allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import IO, Optional

from envcheck.bundle.tail import from_line_start, last
from envcheck.host.base import Unreadable
from envcheck.host.logs import Log

TIME_IS_UP = "the time for logs was up"


class Reading:
    """Reads the tail of one log once, and then tells how that went."""

    def __init__(self, log: Log, keep: int, until: float, scratch: Callable[[], IO[bytes]]) -> None:
        self._log = log
        self._keep = keep
        self._until = until
        self._scratch = scratch
        self.size = log.size or 0
        """Of the log in bytes, as far as is known."""
        self.cut: Optional[str] = None
        """Why it was not read to its end, where it was not."""

    @property
    def whole(self) -> Optional[int]:
        """The log's size in bytes where only its tail is kept."""
        return self.size if self.size > self._keep else None

    def pieces(self) -> Iterator[bytes]:
        """The tail from the beginning of a line. Raises Unreadable where nothing came."""
        pieces = self._coming()
        if self._log.size is None:
            pieces, self.size = last(pieces, self._keep, self._scratch)
        return from_line_start(pieces) if self.whole else pieces

    def _coming(self) -> Iterator[bytes]:
        came = False
        try:
            for piece in self._log.tail(self._keep):
                yield piece
                came = True
                if time.monotonic() > self._until:
                    self.cut = TIME_IS_UP
                    return
        except Unreadable as error:
            if not came:
                raise
            self.cut = str(error)
