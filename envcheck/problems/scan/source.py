"""A log that can be scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, Optional

from envcheck.record import Record

Part = Callable[[int, int], Iterable[bytes]]
"""The pieces of a log from one byte up to another, or its end. Raises Unreadable."""
Kind = Literal["file", "kernel", "container", "journal", "stdin"]


class Source(Record):
    """A log, before it is read."""

    name: str
    """As the report calls it."""
    kind: Kind
    pieces: Callable[[], Iterable[bytes]]
    """Its bytes from the beginning. Reading raises Unreadable, also after some."""
    size: Optional[int] = None
    """In bytes, where it is known before."""
    part: Optional[Part] = None
    """Reads some of it anew, for a log that lies there as it is."""
    path: str = ""
    """Without the ending of a compressed or rotated file, for the signatures' `files`."""
