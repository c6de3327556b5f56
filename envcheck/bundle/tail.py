"""The last part of a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Optional

from envcheck.bundle.utf16 import SAMPLE, Utf16, guessed

_PIECE = 1 << 18
_LONGEST_LINE = 1 << 20
"""A log that has no line break within so much is cut where it is."""


def last(pieces: Iterable[bytes], size: int, scratch: Callable[[], IO[bytes]]) -> tuple[Iterator[bytes], int]:
    """The last `size` bytes of pieces of any length, and how many bytes there were in all.

    They are kept on the disk while they come, never more of them than `size`.
    """
    file, came = scratch(), 0
    try:
        for piece in pieces:
            _put(file, piece, came, size)
            came += len(piece)
    except BaseException:
        file.close()
        raise
    return _in_order(file, came, size), came


def _put(ring: IO[bytes], piece: bytes, came: int, size: int) -> None:
    view = memoryview(piece)[-size:] if size else memoryview(b"")
    place = came + len(piece) - len(view)
    while view:
        at = place % size
        part = view[: size - at]
        ring.seek(at)
        ring.write(part)
        place, view = place + len(part), view[len(part) :]


def _in_order(ring: IO[bytes], came: int, size: int) -> Iterator[bytes]:
    with ring:
        turn = came % size if 0 < size < came else 0
        for start, end in ((turn, min(came, size)), (0, turn)):
            ring.seek(start)
            left = end - start
            while left > 0:
                piece = ring.read(min(left, _PIECE))
                left -= len(piece)
                yield piece


def from_line_start(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces without the line that they begin in the middle of.

    Of a text in UTF-16 whole characters are left, with the mark in front that was lost.
    """
    rest = iter(pieces)
    data = b""
    for piece in rest:
        data += piece
        if len(data) >= SAMPLE:
            break
    coded = guessed(data)
    end = _line_end(data, coded)
    while end is None and len(data) <= _LONGEST_LINE:
        piece = next(rest, b"")
        if not piece:
            break
        data += piece
        end = _line_end(data, coded)
    if end is not None:
        yield (coded.mark if coded else b"") + data[end:]
    elif coded and len(data) > _LONGEST_LINE:
        yield coded.mark + data[coded.offset :]
    yield from rest


def _line_end(data: bytes, coded: Optional[Utf16]) -> Optional[int]:
    """Where the second line begins."""
    line_end = "\n".encode(coded.encoding) if coded else b"\n"
    at = data.find(line_end)
    while coded and at >= 0 and (at - coded.offset) % 2:
        at = data.find(line_end, at + 1)
    return at + len(line_end) if at >= 0 else None
