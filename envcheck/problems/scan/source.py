"""A log that can be scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, Optional

from envcheck.record import Record

Part = Callable[[int, int], Iterator[bytes]]
"""The pieces of a log from one byte up to another, or its end. Raises Unreadable."""
Kind = Literal["file", "kernel", "container", "journal", "stdin"]


class Source(Record):
    """A log, before it is read."""

    name: str
    """As the report calls it."""
    kind: Kind
    pieces: Callable[[], Iterator[bytes]]
    """Its bytes from the beginning. Raises Unreadable, also after some pieces."""
    size: Optional[int] = None
    """In bytes, where it is known before."""
    part: Optional[Part] = None
    """Reads some of it anew, for a log that lies there as it is."""
    path: str = ""
    """Without the ending of a compressed or rotated file, for the signatures' `files`."""
