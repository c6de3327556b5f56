r"""Bounded patterns: a small subset of regular expressions in which nothing can run away.

In a literal every character stands for itself, a blank for any run of blanks or one line
break with the blanks around it, a quotation mark for any other. A pattern knows besides:

    [a-z0-9._-] [^ ]   one character of these, or none of these; never a line break
    .  \d  \w  \S       any character but a line break, a digit, a letter or digit or _, a non-blank
    X?  X{n}  X{m,n}   that often, n at most 200; X is a character or a class
    (?:one|two)        one of these, which hold no group; may be followed by `?`
    (X{1,4})           what is caught for `meanings`; once in a pattern
    \.                 a character that would mean something, as itself

There is no `*`, no `+`, no repeated group, no anchor and nothing that looks back or ahead. So
a match is of bounded length, and whoever tries every way through a pattern at one place is
done within `MAX_WAYS` steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, Union

from envcheck.problems.signature import Phrase

MAX_REPEAT = 200
MAX_WAYS = 20_000
"""Ways through one pattern at one place, counted over its repeats and choices."""
MIN_WORD = 3
"""Bytes of the longest word of a phrase, by which the slower engine looks for it."""
BEFORE_BREAK, AFTER_BREAK = 80, 40
"""Blanks that may stand before and after a line break in a phrase."""

BLANKS = frozenset(b" \t\r\v\f")
_ANY = frozenset(range(256)) - {10}
_QUOTES = "'\"`\u2018\u2019\u201c\u201d"
_CLASSES = {
    "d": frozenset(b"0123456789"),
    "w": frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
    "S": _ANY - BLANKS,
}
_SPECIAL = "[](){}?*+.|^$\\"


class Chars(NamedTuple):
    """Bytes of a set, `low` to `high` times."""

    of: frozenset[int]
    low: int = 1
    high: int = 1


class Letter(NamedTuple):
    """One character as itself; `low` is 0 where it may be missing."""

    text: str
    low: int = 1
    high: int = 1


class Gap(NamedTuple):
    """A run of blanks, or a line break and the blanks around it."""


class Quote(NamedTuple):
    """A quotation mark of any kind."""

    low: int = 1


class Choice(NamedTuple):
    """One of several; none of them where `low` is 0."""

    among: tuple[tuple[Part, ...], ...]
    low: int = 1


class Caught(NamedTuple):
    """What `meanings` explain."""

    parts: tuple[Part, ...]


Part = Union[Chars, Letter, Gap, Quote, Choice, Caught]


@cache
def parse(phrase: Phrase) -> tuple[Part, ...]:
    """The parts of a phrase. Raises ValueError, with what is wrong, for one that is not allowed."""
    parts = tuple(_Reader(phrase.text).all() if phrase.pattern else map(_plain, phrase.text))
    _check(phrase, parts)
    return parts


def _plain(char: str) -> Part:
    if char == " ":
        return Gap()
    if char == "\\" or not char.isprintable():
        raise ValueError("a phrase holds neither backslashes nor control characters: logs are read without")
    return Quote() if char in _QUOTES else Letter(char)


def _check(phrase: Phrase, parts: tuple[Part, ...]) -> None:
    if not parts or isinstance(parts[0], Gap) or isinstance(parts[-1], Gap):
        raise ValueError("a phrase begins and ends with something else than a blank")
    for one, other in zip(parts, parts[1:]):
        if Gap() in (one, other) and _may_be_blank(one if other == Gap() else other):
            raise ValueError("a blank stands beside what may be a blank itself, or nothing: leave it out")
    if ways(parts) > MAX_WAYS:
        raise ValueError(f"more than {MAX_WAYS} ways through one pattern: narrower repeats are wanted")
    if len(max(words(parts), key=len, default="").encode()) < MIN_WORD:
        raise ValueError(f"no word of {MIN_WORD} letters that every match holds")
    if phrase.pattern and sum(isinstance(part, Caught) for part in parts) > 1:
        raise ValueError("only one group can be caught: write (?:…)")


def _may_be_blank(part: Part) -> bool:
    if isinstance(part, Chars):
        return part.low == 0 or bool(part.of & BLANKS)
    if isinstance(part, Choice):
        ends = (end for each in part.among for end in (each[:1], each[-1:]))
        return part.low == 0 or any(not end or _may_be_blank(end[0]) for end in ends)
    if isinstance(part, Caught):
        return not part.parts or _may_be_blank(part.parts[0]) or _may_be_blank(part.parts[-1])
    return isinstance(part, Gap) or part.low == 0


def ways(parts: tuple[Part, ...]) -> int:
    """In how many ways parts can be gone through at one place, at most.

    Gaps are left out: what stands beside one is no blank, so each ends in one place only.
    """
    product = 1
    for part in parts:
        if isinstance(part, Choice):
            product *= sum(map(ways, part.among)) + (part.low == 0)
        elif isinstance(part, Caught):
            product *= ways(part.parts)
        elif isinstance(part, (Chars, Letter)):
            product *= part.high - part.low + 1
        elif isinstance(part, Quote):
            product *= 2 - part.low
    return product


def words(parts: tuple[Part, ...]) -> list[str]:
    """The runs of characters that stand in every match."""
    runs = [""]
    for part in parts:
        if isinstance(part, Letter) and part.low == part.high == 1:
            runs[-1] += part.text
        else:
            runs += words(part.parts) if isinstance(part, Caught) else []
            runs.append("")
    return runs


def longest(parts: tuple[Part, ...]) -> int:
    """Bytes of the longest match."""
    total = 0
    for part in parts:
        if isinstance(part, Gap):
            total += BEFORE_BREAK + 1 + AFTER_BREAK
        elif isinstance(part, Choice):
            total += max(map(longest, part.among))
        elif isinstance(part, Caught):
            total += longest(part.parts)
        elif isinstance(part, Chars):
            total += part.high
        else:
            total += 4 * (part.high if isinstance(part, Letter) else 1)
    return total


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def all(self) -> list[Part]:
        parts = list(self._parts(nested=False))
        if self._at < len(self._text):
            raise ValueError(f"`{self._text[self._at]}` closes or divides nothing")
        return parts

    def _parts(self, *, nested: bool) -> Iterator[Part]:
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            if self._take("(?:"):
                yield self._choice(nested=nested)
            elif self._take("("):
                yield self._caught(nested=nested)
            else:
                yield self._repeated(self._one())

    def _take(self, text: str) -> bool:
        there = self._text.startswith(text, self._at)
        self._at += len(text) if there else 0
        return there

    def _choice(self, *, nested: bool) -> Part:
        if nested:
            raise ValueError("a group holds no other group")
        among = [tuple(self._parts(nested=True))]
        while self._take("|"):
            among.append(tuple(self._parts(nested=True)))
        if not self._take(")"):
            raise ValueError("`(?:` is not closed")
        return Choice(tuple(among), 0 if self._take("?") else 1)

    def _caught(self, *, nested: bool) -> Part:
        if nested or self._text.startswith("?", self._at):
            raise ValueError("a group is (…) or (?:…), and holds no other group")
        parts = tuple(self._parts(nested=True))
        if not self._take(")"):
            raise ValueError("`(` is not closed by `)`")
        return Caught(parts)

    def _one(self) -> Part:
        char = self._text[self._at]
        self._at += 1
        if char == ".":
            return Chars(_ANY)
        if char == "[":
            return Chars(self._set())
        if char == "\\":
            return self._escaped()
        if char in _SPECIAL:
            raise ValueError(f"`{char}` is not allowed in a pattern; as itself it is `\\{char}`")
        return _plain(char)

    def _escaped(self) -> Part:
        char = self._next("a backslash ends the pattern")
        if char in _CLASSES:
            return Chars(_CLASSES[char])
        if char.isalnum() or char == "\\":
            raise ValueError(f"`\\{char}` is not allowed in a pattern")
        return _plain(char)

    def _next(self, otherwise: str) -> str:
        if self._at >= len(self._text):
            raise ValueError(otherwise)
        self._at += 1
        return self._text[self._at - 1]

    def _set(self) -> frozenset[int]:
        negated = self._take("^")
        members: set[int] = set()
        while not self._take("]"):
            char = self._next("`[` is not closed")
            if char == "\\" and self._text[self._at : self._at + 1] in _CLASSES:
                members |= _CLASSES[self._next("")]
                continue
            first = self._member(char)
            dash = self._text.startswith("-", self._at) and not self._text.startswith("-]", self._at)
            last = self._member(self._after_dash()) if dash else first
            if last < first:
                raise ValueError(f"the range {chr(first)}-{chr(last)} is empty")
            members.update(range(first, last + 1))
        folded = {byte for each in members for byte in (ord(chr(each).lower()), ord(chr(each).upper()))}
        found = _ANY - folded if negated else frozenset(folded)
        if not found:
            raise ValueError("a class without a character")
        return found

    def _after_dash(self) -> str:
        self._at += 1
        return self._next("`[` is not closed")

    def _member(self, char: str) -> int:
        char = self._next("`[` is not closed") if char == "\\" else char
        if not (char.isascii() and char.isprintable()):
            raise ValueError(f"{char!r} in a class: only ASCII can be one of several")
        return ord(char)

    def _repeated(self, part: Part) -> Part:
        if self._take("?"):
            low, high = 0, 1
        elif self._take("{"):
            low, high = self._bounds()
        else:
            return part
        if isinstance(part, Quote) and high == 1:
            return Quote(low)
        if isinstance(part, (Chars, Letter)):
            return part._replace(low=low, high=high)
        raise ValueError("a blank or quotation mark is not repeated")

    def _bounds(self) -> tuple[int, int]:
        inside, closed, _ = self._text[self._at :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not low.isdigit() or (comma and not high.isdigit()):
            raise ValueError("a repeat is {n} or {m,n}")
        self._at += len(inside) + 1
        bounds = int(low), int(high or low)
        if not bounds[0] <= bounds[1] <= MAX_REPEAT or bounds[1] == 0:
            raise ValueError(
                f"a repeat of {inside}: from 0 to {MAX_REPEAT} is allowed, the smaller one first"
            )
        return bounds
