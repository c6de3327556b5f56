"""What of a phrase a fast engine looks for: words, of which every match holds one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from envcheck.problems.pattern import Caught, Choice, Gap, Letter, Part

Words = tuple[bytes, ...]
"""A word, or two with a gap between them."""
Clue = tuple[Words, ...]
"""Every match holds one of these."""

GOOD = 5
"""Bytes of a word that is seldom part of another."""


def clues(parts: Sequence[Part], encoding: str) -> list[Clue]:
    """The clues to a phrase, the most promising one first; in small letters."""
    runs = list(_runs(parts, encoding))
    words: list[Clue] = [((word,),) for run in runs for word in run]
    pairs: list[Clue] = [((one, other),) for run in runs for one, other in zip(run, run[1:])]
    choices = [clue for part in parts if isinstance(part, Choice) for clue in _of_choice(part, encoding)]
    return sorted({*words, *pairs, *choices}, key=lambda clue: (rank(clue), -_shortest(clue), clue))


def rank(clue: Clue) -> tuple[bool, int]:
    """Of two clues, that of the lower rank costs less: long words before others, one before several."""
    return _shortest(clue) < GOOD, len(clue) + len(clue[0])


def _shortest(clue: Clue) -> int:
    return min(sum(map(len, words)) for words in clue)


def _runs(parts: Sequence[Part], encoding: str) -> Iterator[list[bytes]]:
    """The words that stand in every match, in lists of those with nothing but a gap between them.

    A word that is cut off where something else begins is one, too.
    """
    run = [""]
    for part in parts:
        if isinstance(part, Letter) and part.low == part.high == 1:
            run[-1] += part.text
        elif isinstance(part, Gap):
            run.append("")
        else:
            yield _encoded(run, encoding)
            run = [""]
            if isinstance(part, Caught):
                yield from _runs(part.parts, encoding)
    yield _encoded(run, encoding)


def _encoded(run: Sequence[str], encoding: str) -> list[bytes]:
    return [word.encode(encoding).lower() for word in run if word]


def _of_choice(choice: Choice, encoding: str) -> Iterator[Clue]:
    """The longest word of each that may be chosen, where each has one."""
    if choice.low == 0:
        return
    longest = [
        max((word for run in _runs(each, encoding) for word in run), key=len, default=b"")
        for each in choice.among
    ]
    if all(longest):
        yield tuple(sorted({(word,) for word in longest}))
