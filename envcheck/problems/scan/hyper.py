"""The engine on hyperscan: all phrases at once, at the speed of memory.

Two databases: one for text without doubled blanks, in which a gap is one character, twice as
fast as the other, which allows for wrapped and indented text. The first one notices what it
is not made for, and gives up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Optional

import hyperscan

from envcheck.problems.scan import database
from envcheck.problems.scan.clean import IRREGULAR
from envcheck.problems.scan.engines import Places
from envcheck.problems.scan.regexes import ANY_RUN, SINGLE, Wanted

_IRREGULAR = 1 << 30
_OF_PHRASES = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_DOTALL
_OF_MARKS = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH


class HyperEngine:
    """Hyperscan, in block mode."""

    name = "hyperscan"

    def __init__(self, phrases: Sequence[Wanted]) -> None:
        self._phrases = phrases

    def quick(self, text: memoryview) -> Optional[Places]:
        """Where a phrase may be in the text; None where the text is not regular."""
        return _scan(self._single, text)

    def thorough(self, text: memoryview) -> Places:
        """Where a phrase may be in a clean text."""
        return _scan(self._any_run, text) or []

    @cached_property
    def _single(self) -> database.Scanner:
        expressions = [
            (phrase.source(SINGLE), number, _OF_PHRASES) for number, phrase in enumerate(self._phrases)
        ]
        return database.scanner(
            "quick", [*expressions, *((mark, _IRREGULAR, _OF_MARKS) for mark in IRREGULAR)]
        )

    @cached_property
    def _any_run(self) -> database.Scanner:
        return database.scanner(
            "thorough",
            [(phrase.source(ANY_RUN), number, _OF_PHRASES) for number, phrase in enumerate(self._phrases)],
        )


def _scan(scanner: database.Scanner, text: memoryview) -> Optional[Places]:
    places: Places = []
    irregular = False

    def found(number: int, _begin: int, end: int, _flags: int, _context: object) -> Optional[bool]:
        nonlocal irregular
        if number == _IRREGULAR:
            irregular = True
            return True
        places.append((number, end))
        return None

    scanner.scan(text, found)
    return None if irregular else places
