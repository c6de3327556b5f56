"""Numbering lines: line breaks are counted only as far as somebody wants to know."""

from __future__ import annotations

from typing import Optional

from envcheck.problems.scan.blocks import Block, Raw
from envcheck.problems.scan.source import Part


class Lines:
    """The number of a line, while the blocks of a log go by.

    To count every line break takes as long as to look for all signatures. A log that can be
    read a second time is therefore counted when a number is asked for; another one at once.
    """

    def __init__(self, part: Optional[Part], begin: int = 0) -> None:
        self._part = part
        self._counted = self._position = begin
        self._breaks = 0

    def number(self, block: Block, at: int) -> int:
        """The number of the line at an offset of the block that has not passed yet; the first is 1."""
        if self._part is not None and self._counted < self._position:
            self._breaks += breaks(self._part, self._counted, self._position)
            self._counted = self._position
        return self._breaks + block.text.count(b"\n", block.start, at) + 1

    def passed(self, block: Raw) -> None:
        """The block, as it came, is done with."""
        self._position += block.end - block.start
        if self._part is None:
            self._breaks += block.memory.count(b"\n", block.start, block.end)


def breaks(part: Part, begin: int, end: int) -> int:
    """The line breaks from one byte of a log up to another."""
    return sum(piece.count(b"\n") for piece in part(begin, end))
