"""What the engines take: a phrase as a regular expression over bytes, in small letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from envcheck.problems import pattern
from envcheck.problems.pattern import (
    AFTER_BREAK,
    BEFORE_BREAK,
    Caught,
    Chars,
    Choice,
    Gap,
    Letter,
    Part,
    Quote,
)
from envcheck.problems.scan.clues import Clue, clues
from envcheck.problems.signature import Phrase

GAP = rb"(?=\s)[^\S\n]{0,%d}(?:\n[^\S\n]{0,%d})?" % (BEFORE_BREAK, AFTER_BREAK)
"""A run of blanks, or a line break and the blanks around it: what stands behind it is no blank."""
ANY_RUN = rb"[ \t\v\f\r\n]+"
"""At least every gap: for an engine that needs not be exact."""

_QUOTES = rb"(?:['\"`]|\xe2\x80[\x98\x99\x9c\x9d])"
_ENCODINGS = ("utf-8", "gb18030")


class Wanted:
    """A phrase in one encoding, to be looked for in lower-case text."""

    def __init__(self, number: int, parts: tuple[Part, ...], encoding: str) -> None:
        self.number = number
        """Of the signature whose phrase it is."""
        self.longest = pattern.longest(parts)
        """Bytes of the longest match."""
        words = {word.encode(encoding).lower() for word in pattern.words(parts) if word}
        self.words = sorted(words, key=lambda word: (-len(word), word))
        """Bytes that every match holds, the longest ones first."""
        self.clues: list[Clue] = clues(parts, encoding)
        """What may be looked for first."""
        self.source = expression(parts, GAP, encoding)
        """The exact expression, before it is compiled: most never are."""
        self.rough = expression(parts, ANY_RUN, encoding)
        """One that finds no less, and is simpler."""

    @cached_property
    def regex(self) -> re.Pattern[bytes]:
        """The exact expression."""
        return compiled(self.source)


def wanted(phrases: Sequence[Phrase], number: int) -> Iterator[Wanted]:
    """Each phrase in each encoding in which logs write it."""
    return (Wanted(number, parts, encoding) for parts, encoding in _encoded(phrases))


def any_of(phrases: Sequence[Phrase]) -> bytes:
    """One expression for all the phrases."""
    return b"|".join(expression(parts, GAP, encoding) for parts, encoding in _encoded(phrases))


def compiled(source: bytes) -> re.Pattern[bytes]:
    """An expression that was made here, for text in small letters."""
    return re.compile(source, re.DOTALL)


def _encoded(phrases: Sequence[Phrase]) -> Iterator[tuple[tuple[Part, ...], str]]:
    for phrase in phrases:
        for encoding in _ENCODINGS[: 1 if phrase.text.isascii() else None]:
            yield pattern.parse(phrase), encoding


def expression(parts: Sequence[Part], gap: bytes, encoding: str) -> bytes:
    """The parts as a regular expression, with `gap` for blanks and line breaks."""
    return b"".join(_expression(part, gap, encoding) for part in parts)


def _expression(part: Part, gap: bytes, encoding: str) -> bytes:
    if isinstance(part, Gap):
        return gap
    if isinstance(part, Caught):
        return b"(" + expression(part.parts, gap, encoding) + b")"
    if isinstance(part, Choice):
        among = b"|".join(expression(each, gap, encoding) for each in part.among)
        return b"(?:" + among + b")" + (b"" if part.low else b"?")
    if isinstance(part, Quote):
        return _QUOTES + (b"" if part.low else b"?")
    if isinstance(part, Letter):
        letter = re.escape(part.text.encode(encoding).lower())
        return _repeated(letter if len(letter) == 1 else b"(?:" + letter + b")", part, plain=letter)
    return _repeated(_class(part.of), part)


def _repeated(one: bytes, part: Chars | Letter, plain: bytes = b"") -> bytes:
    if part.low == part.high == 1:
        return plain or one
    return one + (b"?" if part.high == 1 else b"{%d,%d}" % (part.low, part.high))


def _class(of: frozenset[int]) -> bytes:
    """The bytes of a set as a class; the text is in small letters, so capitals are left out."""
    low = sorted(of - frozenset(range(65, 91)))
    ranges: list[list[int]] = []
    for byte in low:
        if ranges and ranges[-1][1] == byte - 1:
            ranges[-1][1] = byte
        else:
            ranges.append([byte, byte])
    return b"[" + b"".join(b"\\x%02x-\\x%02x" % (first, last) for first, last in ranges) + b"]"
