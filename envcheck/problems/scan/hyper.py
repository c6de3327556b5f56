"""The engine on hyperscan: all phrases at once, at the speed of memory.

It looks for a clue to each phrase, most often one of its words: hyperscan finds words far
faster than phrases with gaps, and however wide the gaps are. A word that is no word of errors,
as `install`, stands in every other line of some log: it is given up for another clue to its
phrases or, where one has none left, for the phrase itself. Which words these are, the logs show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Optional

import hyperscan

from envcheck.problems.scan.clean import IRREGULAR
from envcheck.problems.scan.clues import Clue, Words, rank
from envcheck.problems.scan.database import Expression, Scanner
from envcheck.problems.scan.engines import Places
from envcheck.problems.scan.regexes import ANY_RUN, Wanted

RARE = 8
"""How often a word may stand in a block: to look there takes as long as to search the block."""
_SAMPLE, _RARE_IN_SAMPLE = 1 << 15, 1
"""Bytes that tell which words are common; a log of fewer is searched before that pays."""
_BLANKS, _RARE_BLANKS = (b" ", b"\n"), (b"\t", b"\r", b"\v", b"\f")
_OF_WORDS = hyperscan.HS_FLAG_CASELESS
_OF_PHRASES = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_DOTALL
_OF_MARKS = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH
_SHORT = rb"\x00\x01\x00", 0
"""Never there, since the text is regular or clean. With words of five letters and more alone hyperscan
takes twice as long as with one of three among them: 0.9 s for 1 GiB rather than 0.4."""


class HyperEngine:
    """Hyperscan, in block mode."""

    name = "hyperscan"

    def __init__(self, phrases: Sequence[Wanted]) -> None:
        self._phrases = phrases
        self._common: set[Words] = set()
        """Words that were given up."""
        self._ends: dict[Clue, int] = {}
        """How often the ends of clues of several words were found."""
        self._suited = False
        """Whether a log was seen that is worth to be suited to."""

    def quick(self, text: memoryview) -> Optional[Places]:
        """Where a phrase may be in the text; None where the text is not regular."""
        if not self._suited and len(text) >= _SAMPLE:
            self._suited = True
            self._give_up(set(), text)
        if not self._suited and self._marks.ends(text):
            return None
        return self._places(text)

    def thorough(self, text: memoryview) -> Places:
        """Where a phrase may be in a clean text."""
        return self._places(text) or []

    def _places(self, text: memoryview) -> Optional[Places]:
        while True:
            index = self._index
            ends = index.scanner.ends(text)
            if any(number == index.mark for number, _ in ends):
                return None
            crowds = {words for number in _crowds(ends) if (words := index.words[number])}
            if not crowds:
                return [(phrase, end) for number, end in ends for phrase in index.phrases[number]]
            self._give_up(crowds, text)

    @cached_property
    def _marks(self) -> Scanner:
        return Scanner([(IRREGULAR, _OF_MARKS)])

    @cached_property
    def _index(self) -> _Index:
        return _Index([(each, self._clue(each)) for each in self._phrases], marks=self._suited)

    def _give_up(self, crowds: set[Words], text: memoryview) -> None:
        """Do without these words, and those that would come for them and are as common here."""
        sample = _Sample(text)
        self._common |= crowds
        for phrase in self._phrases:
            for clue in phrase.clues:
                self._common.update(
                    words for words in clue if sample.count(b" ".join(words)) > _RARE_IN_SAMPLE
                )
                if self._common.isdisjoint(clue):
                    if len(clue) == len(clue[0]) == 1:  # there is no better one
                        break
                    self._ends[clue] = max(self._ends.get(clue, 0), sum(map(sample.count, map(_end, clue))))
        self.__dict__.pop("_index", None)

    def _clue(self, phrase: Wanted) -> Optional[Clue]:
        """The best that is left; of several words, whose ends are rare: hyperscan looks at these first."""
        left = [clue for clue in phrase.clues if self._common.isdisjoint(clue)]
        return min(left, key=lambda clue: (rank(clue), self._ends.get(clue, 0)), default=None)


def _end(words: Words) -> bytes:
    return b" ".join(words)[-4:]


class _Sample:
    """How often something stands in the beginning of a text, with one blank for each gap."""

    def __init__(self, text: memoryview) -> None:
        self._small = b" ".join(bytes(text[:_SAMPLE]).lower().split())
        self._counts: dict[bytes, int] = {}

    def count(self, wanted: bytes) -> int:
        if wanted not in self._counts:
            self._counts[wanted] = self._small.count(wanted)
        return self._counts[wanted]


class _Index:
    """What is looked for, and which phrases that stands for."""

    def __init__(self, phrases: Sequence[tuple[Wanted, Optional[Clue]]], *, marks: bool) -> None:
        self.words: list[Optional[Words]] = []
        """By the number of an expression; None for a phrase."""
        self.phrases: list[list[int]] = []
        self._numbers: dict[Expression, int] = {}
        for place, (phrase, clue) in enumerate(phrases):
            self._add(place, phrase, clue)
        self.mark = len(self._numbers) + 1
        """The number of what a regular text lacks. To look for it in the same pass takes no time, but
        20 ms for hyperscan to prepare, and so is for large logs."""
        self.scanner = Scanner([*self._numbers, _SHORT, *([(IRREGULAR, _OF_MARKS)] if marks else [])])

    def _add(self, place: int, phrase: Wanted, clue: Optional[Clue]) -> None:
        if clue is None:
            self._expect(place, None, (phrase.source(ANY_RUN), _OF_PHRASES))
        for words in clue or ():
            for text in _texts(words):
                self._expect(place, words, (_plain(text), _OF_WORDS))

    def _expect(self, place: int, words: Optional[Words], expression: Expression) -> None:
        number = self._numbers.setdefault(expression, len(self._numbers))
        if number == len(self.phrases):
            self.words.append(words)
            self.phrases.append([])
        self.phrases[number].append(place)


def _texts(words: Words) -> list[bytes]:
    """Texts that tell of the words, one of which is wherever they are.

    Of a gap that is more than one blank the end beside the longer word is enough. Hyperscan takes
    little longer for so many texts, half as long again for an expression with a class of blanks.
    """
    if len(words) == 1:
        return list(words)
    one, other = words
    wide = [*_RARE_BLANKS, *(more + blank for blank in _BLANKS for more in (*_BLANKS, *_RARE_BLANKS))]
    if len(one) > len(other):
        return [*(one + blank + other for blank in _BLANKS), *(one + gap[::-1] for gap in wide)]
    return [*(one + blank + other for blank in _BLANKS), *(gap + other for gap in wide)]


def _plain(text: bytes) -> bytes:
    """The text as an expression."""
    return b"".join(b"\\x%02x" % byte for byte in text)


def _crowds(ends: Places) -> list[int]:
    if len(ends) <= RARE:
        return []
    return [number for number, count in Counter(number for number, _ in ends).items() if count > RARE]
