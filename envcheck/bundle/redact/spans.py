"""Places in a text that are to be replaced, and the text once they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

_GAP = re.compile(rb" {2,}")
_END_OF_LINE = re.compile(rb"\n|\\n")


_JSON_ESCAPES = (b"\\n", b"\\t", b"\\r", b"\\b", b"\\f")
_CODED = re.compile(rb"\\u[0-9a-fA-F]{4}")
_SHORT_CODED = re.compile(rb"\\x[0-9a-fA-F]{2}")
_OF_URL = re.compile(rb"%[0-9A-Fa-f]{2}")
_OF_TERMINAL = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")
BLANK = b"\x0b"
"""What stands in a text without escapes where they were."""
_MARKS = b"\"':=&<>"
_OF_HTML = {b'"': [b"&quot;", b"&#34;"], b"'": [b"&apos;", b"&#39;"], b"<": [b"&lt;"], b">": [b"&gt;"]}
_OF_MARKS = tuple(
    (spelt, BLANK * (len(spelt) - 1) + b"%c" % mark)
    for mark in _MARKS
    for spelt in sorted(
        {
            *(way % mark for way in (b"\\u%04x", b"\\u%04X", b"\\x%02x", b"\\x%02X", b"%%%02x", b"%%%02X")),
            *_OF_HTML.get(b"%c" % mark, []),
        }
    )
)
"""What tells keys from values: of these the mark itself stands at the end of where the escape was."""


def without_escapes(data: bytes) -> bytes:
    """The same length: blanks stand for what JSON, URLs and terminals write for other characters.

    Quotes, colons and equal signs are read, with blanks before them.

    A line break of JSON, or `%20` of an URL, right before an address: that its last letter
    or digits adjoin the address must not hide it.
    """
    if b"\\" in data or b"%" in data or b"&" in data:  # single bytes are sought ten times as fast
        for spelt, mark in _OF_MARKS:
            data = data.replace(spelt, mark)
    if b"\\" in data:
        for escape in _JSON_ESCAPES:
            data = data.replace(escape, BLANK * 2)
        data = _SHORT_CODED.sub(BLANK * 4, _CODED.sub(BLANK * 6, data))
    if b"%" in data:
        data = _OF_URL.sub(BLANK * 3, data)
    if b"\x1b" in data:
        data = _OF_TERMINAL.sub(lambda match: BLANK * len(match[0]), data)
    return data


class Span(NamedTuple):
    """`text[start:end]` is to become `new`."""

    start: int
    end: int
    new: bytes
    kind: str


class Text:
    """A piece of a member, with what is known of the whole."""

    def __init__(self, data: bytes, *, versions: bool = False) -> None:
        self.data = data
        self.versions = versions
        """It is of a member that lists versions: four numbers with dots are one."""

    @cached_property
    def lower(self) -> bytes:
        """The same length, ASCII letters small."""
        return self.data.lower()


def chosen(spans: Iterable[Span]) -> list[Span]:
    """In order, none over another: the one that begins first, then the longest."""
    kept: list[Span] = []
    end = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start >= end:
            kept.append(span)
            end = span.end
    return kept


def replaced(data: bytes, spans: list[Span]) -> bytes:
    """The text with the spans, in order, replaced."""
    parts: list[bytes] = []
    end = 0
    for span in spans:
        parts += (data[end : span.start], span.new)
        end = span.end
    parts.append(data[end:])
    return b"".join(parts)


def aligned(data: bytes, spans: list[Span]) -> bytes:
    """The same; the next gap between columns takes up what a pseudonym is longer or shorter.

    Some outputs can only be read by where their columns stand.
    """
    parts: list[bytes] = []
    end = owed = 0
    for span in spans:
        gap, owed = _settled(data[end : span.start], owed)
        parts += (gap, span.new)
        owed += len(span.new) - (span.end - span.start)
        end = span.end
    parts.append(_settled(data[end:], owed)[0])
    return b"".join(parts)


def _settled(between: bytes, owed: int) -> tuple[bytes, int]:
    """The text up to the next span and what is still owed there, in bytes."""
    if not owed:
        return between, 0
    line = _END_OF_LINE.search(between)
    gap = _GAP.search(between, 0, line.start() if line else len(between))
    if gap is None:
        return between, 0 if line else owed
    width = max(2, gap.end() - gap.start() - owed)
    owed -= gap.end() - gap.start() - width
    rest = between[gap.end() :]
    if owed and not line:
        rest, owed = _settled(rest, owed)
    return between[: gap.start()] + b" " * width + rest, 0 if line else owed
