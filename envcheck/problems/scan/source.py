"""A log that can be scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, Optional

from envcheck.problems.scan.lines import Recount

Kind = Literal["file", "kernel", "container", "journal", "stdin"]


class Source(NamedTuple):
    """A log, before it is read."""

    name: str
    """As the report calls it."""
    kind: Kind
    pieces: Callable[[], Iterator[bytes]]
    """Its bytes from the beginning. Raises Unreadable, also after some pieces."""
    size: Optional[int] = None
    """In bytes, where it is known before."""
    recount: Optional[Recount] = None
    """Counts line breaks anew, for a log that can be read again; offsets are those of the pieces."""
    path: str = ""
    """Without the ending of a compressed or rotated file, for the signatures' `files`."""
