"""What was found: how often, where, and when."""

from __future__ import annotations

from collections import Counter
from typing import Optional

from envcheck.problems.scan.blocks import Block
from envcheck.problems.scan.seek import Match
from envcheck.problems.scan.times import time_of
from envcheck.record import Record

EXAMPLES = 3
"""Places that are shown of a signature."""
CONTEXT = 2
"""Lines before and after."""
MAX_LINE = 500
"""Bytes that are shown of a line."""


class Place(Record):
    """A line of a log that shows a problem."""

    log: str
    line: int
    """The first one is 1, or where some of the log is left out, the first one from `since` on."""
    time: Optional[str]
    text: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    since: int = 0
    """In bytes."""


class Found:
    """The lines that match one signature."""

    def __init__(self) -> None:
        self.count = 0
        self.places: list[Place] = []
        """The first ones."""
        self.caught: Counter[str] = Counter()
        self.logs: Counter[str] = Counter()
        """Matching lines by log."""
        self.first: Optional[str] = None
        self._last = b""

    @property
    def last(self) -> Optional[str]:
        """The time of the last line that has one, of the last log in which there was one."""
        return time_of(_decoded(self._last)) or self.first

    def add(self, log: str, block: Block, match: Match) -> None:
        """Count a match."""
        self.count += 1
        self.logs[log] += 1
        self._last = _line(block.text, match.line, match.start)
        if match.caught is not None:
            self.caught[match.caught] += 1
        if self.first is None:
            self.first = time_of(_decoded(self._last))

    def extend(self, later: Found) -> None:
        """Take over what was found in a later share of a log."""
        self.count += later.count
        self.logs += later.logs
        self.caught += later.caught
        self.first = self.first or later.first
        self._last = later._last
        self.places += later.places[: EXAMPLES - len(self.places)]

    def wants_places(self) -> bool:
        """Whether the places that are shown are still too few."""
        return len(self.places) < EXAMPLES

    def show(self, log: str, line: tuple[int, int], block: Block, match: Match) -> None:
        """Keep a match as one of the places that are shown; its line is as `Lines` tells it."""
        text = _decoded(_line(block.text, match.line, match.start))
        before, after = _before(block.text, match.line), _after(block.text, match.end)
        since, number = line
        self.places.append(Place(log, number, time_of(text), text, before, after, since))


def _line(text: bytes, begin: int, start: int) -> bytes:
    """The line, or of a long one its beginning and what stands around the match."""
    end = text.find(b"\n", start)
    end = len(text) if end < 0 else end
    if end - begin <= MAX_LINE:
        return text[begin:end]
    if start - begin <= MAX_LINE // 2:
        return text[begin : begin + MAX_LINE] + "…".encode()
    near = text[start - MAX_LINE // 4 : min(end, start + MAX_LINE // 2)]
    return text[begin : begin + MAX_LINE // 4] + " … ".encode() + near + "…".encode()


def _before(text: bytes, begin: int) -> tuple[str, ...]:
    lines: list[str] = []
    while begin > 0 and len(lines) < CONTEXT:
        end = begin - 1
        begin = text.rfind(b"\n", 0, end) + 1
        lines.insert(0, _decoded(text[begin : min(end, begin + MAX_LINE)]))
    return tuple(lines)


def _after(text: bytes, at: int) -> tuple[str, ...]:
    lines: list[str] = []
    end = text.find(b"\n", at)
    while 0 <= end < len(text) - 1 and len(lines) < CONTEXT:
        begin, end = end + 1, text.find(b"\n", end + 1)
        lines.append(_decoded(text[begin : min(len(text) if end < 0 else end, begin + MAX_LINE)]))
    return tuple(lines)


def _decoded(line: bytes) -> str:
    """The line's text: UTF-8, else what Chinese locales wrote before it, else with escapes."""
    line = line.rstrip(b"\r")
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "backslashreplace")
