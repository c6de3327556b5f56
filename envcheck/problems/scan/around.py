"""What must stand near a match, and what must not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from envcheck.problems.scan.blocks import AROUND, Block
from envcheck.problems.scan.regexes import any_of, compiled
from envcheck.problems.scan.seek import Match
from envcheck.problems.signature import Near, Signature
from envcheck.record import Record

Sources = tuple[tuple[bytes, int], ...]
"""Expressions of which one each must be found, and within how many lines."""
_SEARCHED = re.compile(rb"grep[ =][^|]*\Z")
_COMMAND = 512
_Condition = tuple[re.Pattern[bytes], int]


class Around(Record):
    """What a signature wants near a match, and what excludes it."""

    near: Sources
    excludes: Sources


def around(signature: Signature) -> Around:
    """The conditions of a signature."""
    return Around(_sources(signature.near), _sources(signature.excludes))


def _sources(conditions: Sequence[Near]) -> Sources:
    return tuple((any_of(each.any), each.lines) for each in conditions)


class Conditions:
    """The conditions of each signature, compiled when one of its phrases is first found."""

    def __init__(self, conditions: Sequence[Around]) -> None:
        self._conditions = conditions
        self._compiled: dict[int, tuple[list[_Condition], list[_Condition]]] = {}

    def hold(self, block: Block, match: Match) -> bool:
        """Whether all that is wanted near the match is there, and nothing that excludes it."""
        if _is_searched(block, match):
            return False
        if match.number not in self._compiled:
            wanted = self._conditions[match.number]
            self._compiled[match.number] = _compile(wanted.near), _compile(wanted.excludes)
        near, excludes = self._compiled[match.number]
        return all(_stands(block, match, each) for each in near) and not any(
            _stands(block, match, each) for each in excludes
        )


def _is_searched(block: Block, match: Match) -> bool:
    """Whether the line is a command that looks for the phrase: `grep -c 'Out of memory' messages`."""
    before = block.text[max(match.line, match.start - _COMMAND) : match.start]
    return b"grep" in before and _SEARCHED.search(before) is not None


def _compile(conditions: Sources) -> list[_Condition]:
    return [(compiled(source), lines) for source, lines in conditions]


def _stands(block: Block, match: Match, condition: _Condition) -> bool:
    regex, lines = condition
    return regex.search(surroundings(block, match, lines).lower()) is not None


def surroundings(block: Block, match: Match, lines: int) -> bytes:
    """The lines of a match and so many before and after them, no more than `AROUND` each way."""
    text = block.text
    begin, end = match.line, text.find(b"\n", match.end)
    for _ in range(lines):
        begin = text.rfind(b"\n", 0, max(begin - 1, 0)) + 1
        end = text.find(b"\n", end + 1) if end >= 0 else end
    last = len(text) if end < 0 else end
    return text[max(begin, match.start - AROUND) : min(last, match.end + AROUND)]
