"""A plain matcher of signatures, by Python's `re`: slow, short, and written apart from the scanner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Optional

from envcheck.problems.pattern import Caught, Chars, Choice, Gap, Letter, Part, Quote, parse
from envcheck.problems.signature import Near, Phrase, Signature

QUOTE = "(?:['\"`]|‘|’|“|”)".encode()


def expression(parts: Iterable[Part]) -> bytes:
    """The parts of a phrase as a regular expression."""
    return b"".join(map(_expression, parts))


def _expression(part: Part) -> bytes:
    if isinstance(part, Gap):
        return rb"(?:[ \t\r]+|[ \t\r]*\n[ \t\r]*)"
    if isinstance(part, Quote):
        return QUOTE + (b"" if part.low else b"?")
    if isinstance(part, Letter):
        return b"(?:%b){%d,%d}" % (re.escape(part.text.encode()), part.low, part.high)
    if isinstance(part, Chars):
        return b"[%b]{%d,%d}" % (
            b"".join(re.escape(bytes([of])) for of in sorted(part.of)),
            part.low,
            part.high,
        )
    if isinstance(part, Caught):
        return b"(%b)" % expression(part.parts)
    assert isinstance(part, Choice)
    return b"(?:%b)%b" % (b"|".join(map(expression, part.among)), b"" if part.low else b"?")


@cache
def _compiled(phrase: Phrase) -> re.Pattern[bytes]:
    return re.compile(expression(parse(phrase)), re.IGNORECASE)


def _begins(phrases: Iterable[Phrase], text: bytes) -> Iterator[tuple[int, Optional[bytes]]]:
    """The numbers of the lines in which a phrase begins, with what it caught."""
    for phrase in phrases:
        for match in _compiled(phrase).finditer(text):
            yield text.count(b"\n", 0, match.start()), match[1] if match.re.groups else None


def _stands_near(near: Near, text: bytes, line: int) -> bool:
    return any(abs(found - line) <= near.lines for found, _ in _begins(near.any, text))


def found(signature: Signature, said: str) -> dict[int, Optional[bytes]]:
    """By number the lines of a text that the signature matches, with what its group caught."""
    text = said.replace("\\", "").encode()
    return {
        line: caught
        for line, caught in _begins(signature.any, text)
        if all(_stands_near(near, text, line) for near in signature.near)
        and not any(_stands_near(near, text, line) for near in signature.excludes)
    }
