"""Telling UTF-16 by what it looks like: of a log whose beginning was left out, the mark is gone too."""

from __future__ import annotations

import codecs
from typing import NamedTuple, Optional

MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
SAMPLE = 4096
"""Bytes that are looked at."""
_SHORTEST = 32
_SHARE_OF_ZEROS = 4
"""One in so many characters is a Latin letter, a digit or a blank at least: half of it is zero."""
_RARELY = 16
_READABLE = ((0x20, 0x7E), (0x3000, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF), (9, 13))


class Utf16(NamedTuple):
    """How a text is encoded."""

    encoding: str
    offset: int
    """0 or 1: where its first whole character begins."""

    @property
    def mark(self) -> bytes:
        """What a text in this encoding begins with."""
        return next(mark for mark, encoding in MARKS.items() if encoding == self.encoding)


def guessed(sample: bytes) -> Optional[Utf16]:
    """The encoding of a text without a mark, from a piece of it; None for what is not in UTF-16."""
    sample = sample[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    fewer, more = sorted((even, odd))
    if len(sample) < _SHORTEST or more * 2 * _SHARE_OF_ZEROS < len(sample) or fewer * _RARELY > more:
        return None
    ways = (
        (Utf16("utf-16-le", 0), Utf16("utf-16-be", 1))
        if odd > even
        else (Utf16("utf-16-be", 0), Utf16("utf-16-le", 1))
    )
    best = min(ways, key=lambda way: _oddness(sample, way))
    return best if _oddness(sample, best)[0] * 4 < len(sample) else None


def _oddness(sample: bytes, way: Utf16) -> tuple[int, int]:
    """How many characters are none that logs hold, then how many differ: halves of two make many."""
    units = sample[way.offset :]
    text = units[: len(units) // 2 * 2].decode(way.encoding, "replace")
    odd = sum(not any(first <= ord(each) <= last for first, last in _READABLE) for each in text)
    return odd, len(set(text))
