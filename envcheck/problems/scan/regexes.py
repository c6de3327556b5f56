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

GAP = rb"(?:[ \t\v\f\r]{1,%d}|[ \t\v\f\r]{0,%d}\n[ \t\v\f\r]{0,%d})" % (
    BEFORE_BREAK,
    BEFORE_BREAK,
    AFTER_BREAK,
)
ANY_RUN = rb"[ \t\v\f\r\n]+"
"""At least every gap: for an engine that needs not be exact."""

_QUOTES = rb"(?:['\"`]|\xe2\x80[\x98\x99\x9c\x9d])"
_ENCODINGS = ("utf-8", "gb18030")


class Wanted:
    """A phrase in one encoding, to be looked for in lower-case text."""

    def __init__(self, number: int, parts: tuple[Part, ...], encoding: str) -> None:
        self.number = number
        """Of the signature whose phrase it is."""
        self._parts = parts
        self._encoding = encoding
        self.longest = pattern.longest(parts)
        """Bytes of the longest match."""
        self.word = max((word.encode(encoding).lower() for word in pattern.words(parts)), key=len)
        """Bytes that every match holds."""

    @cached_property
    def clues(self) -> list[Clue]:
        """What may be looked for first."""
        return clues(self._parts, self._encoding)

    def source(self, gap: bytes) -> bytes:
        """The expression, with `gap` for blanks and line breaks."""
        return _joined(self._parts, gap, self._encoding)

    @cached_property
    def regex(self) -> re.Pattern[bytes]:
        """The exact expression."""
        return re.compile(self.source(GAP), re.DOTALL)


def wanted(phrases: Sequence[Phrase], number: int) -> Iterator[Wanted]:
    """Each phrase in each encoding in which logs write it."""
    for phrase in phrases:
        parts = pattern.parse(phrase)
        for encoding in _ENCODINGS[: 1 if phrase.text.isascii() else None]:
            yield Wanted(number, parts, encoding)


def any_of(phrases: Sequence[Phrase]) -> re.Pattern[bytes]:
    """One expression for all the phrases."""
    return re.compile(b"|".join(each.source(GAP) for each in wanted(phrases, 0)), re.DOTALL)


def _joined(parts: Sequence[Part], gap: bytes, encoding: str) -> bytes:
    return b"".join(_expression(part, gap, encoding) for part in parts)


def _expression(part: Part, gap: bytes, encoding: str) -> bytes:
    if isinstance(part, Gap):
        return gap
    if isinstance(part, Caught):
        return b"(" + _joined(part.parts, gap, encoding) + b")"
    if isinstance(part, Choice):
        among = b"|".join(_joined(each, gap, encoding) for each in part.among)
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
