"""Numbering lines: line breaks are counted only as far as somebody wants to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from envcheck.problems.scan.blocks import Block, Raw
from envcheck.problems.scan.findings import Found
from envcheck.problems.scan.source import Part


class Lines:
    """Where lines are, while the blocks of a log go by.

    To count every line break takes longer than to look for all signatures. In a log that can be
    read a second time they are therefore counted in the end, as far as the places that are shown.
    """

    def __init__(self, part: Optional[Part], begin: int = 0) -> None:
        self._part = part
        self._position = begin
        self._breaks = 0

    def number(self, block: Block, at: int) -> tuple[int, int]:
        """The line at an offset of the block that has not passed yet: from which byte on, and how many.

        The first line from there on is 1.
        """
        breaks_here = block.text.count(b"\n", block.start, at)
        return (
            (0, self._breaks + breaks_here + 1) if self._part is None else (self._position, breaks_here + 1)
        )

    def passed(self, block: Raw) -> None:
        """The block, as it came, is done with."""
        self._position += block.end - block.start
        if self._part is None:
            self._breaks += block.memory.count(b"\n", block.start, block.end)


def count(part: Part, all_found: Iterable[Found]) -> None:
    """Count the lines of the places in a log from its beginning. Raises Unreadable.

    Where that fails, places are left out: better none than a wrong one.
    """
    waiting = sorted(
        ((place.since, at, found) for found in all_found for at, place in enumerate(found.places)),
        key=lambda each: each[:2],
    )
    counted = lines = 0
    try:
        for since, at, found in waiting:
            lines += breaks(part, counted, since)
            counted = since
            if since:
                place = found.places[at]
                found.places[at] = place._replace(since=0, line=place.line + lines)
    finally:
        for _, _, found in waiting:
            found.places = [place for place in found.places if place.since == 0]


def breaks(part: Part, begin: int, end: int) -> int:
    """The line breaks from one byte of a log up to another."""
    return sum(piece.count(b"\n") for piece in part(begin, end)) if begin < end else 0
