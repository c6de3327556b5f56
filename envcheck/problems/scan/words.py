"""The engine that needs nothing but Python: looks for one word of each phrase."""

from __future__ import annotations

from collections.abc import Sequence

from envcheck.problems.scan.engines import Places
from envcheck.problems.scan.regexes import Wanted


class WordEngine:
    """Where the longest word of a phrase stands, the phrase may be."""

    name = "words"

    def __init__(self, phrases: Sequence[Wanted]) -> None:
        self._numbers: dict[bytes, list[int]] = {}
        for number, phrase in enumerate(phrases):
            self._numbers.setdefault(phrase.words[0], []).append(number)

    def regular(self, text: memoryview) -> bool:  # noqa: ARG002 - as every engine
        """To see whether a text is regular would take longer than to clean it."""
        return False

    def places(self, text: memoryview) -> Places:
        """Where a phrase may be in a clean text."""
        small = bytes(text).lower()
        places = []
        for word, numbers in self._numbers.items():
            at = small.find(word)
            while at >= 0:
                places += [(number, at) for number in numbers]
                at = small.find(word, at + len(word))
        return places
