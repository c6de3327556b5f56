"""One file for each kind of identifier: where it stands in a text that is not known beforehand.

A finder is only asked about lines that fit one of its gates. A gate that is narrower than
its finder is a leak, so each is drawn from the finder's own patterns: what every match
holds, less its hexadecimal digits. tests/bundle/redact/test_gates.py makes texts from all
patterns and shows that no gate holds any of them back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Optional

from envcheck.bundle.redact.spans import Span, Text

HEX = b"0123456789abcdefABCDEF"
_SMALL = bytes(range(256)).lower()


def skeleton(text: bytes) -> bytes:
    """The text without hexadecimal digits, in small letters: then the lines of one kind are the same."""
    return text.translate(_SMALL, HEX)


class Gate(NamedTuple):
    """Of a line with such a skeleton a finder is asked: it holds the literal, and has the form."""

    literal: bytes
    form: Optional[re.Pattern[bytes]] = None

    def fits(self, lines: bytes) -> bool:
        """Of the skeleton of one or more lines."""
        return self.literal in lines and (self.form is None or self.form.search(lines) is not None)


class Finder(NamedTuple):
    """Finds one kind of identifier in the lines that fit a gate."""

    gates: tuple[Gate, ...]
    """One of them must be fitted."""
    find: Callable[[Text], Iterator[Span]]
    needs: bytes = b""
    """What every such line holds besides, in small letters, where the skeleton says too little."""


def words(*stems: str) -> tuple[Gate, ...]:
    """Gates for lines with one of the words."""
    return tuple(Gate(skeleton(stem.encode())) for stem in stems)


CODES = ("utf-8", "gb18030")
"""In which Chinese logs are written."""


def spellings(names: Iterable[str]) -> tuple[bytes, ...]:
    """Chinese words as they stand in logs."""
    return tuple(name.encode(code) for name in names for code in CODES)


def spelt(names: Iterable[str]) -> bytes:
    """A pattern for any of these Chinese words."""
    return b"|".join(map(re.escape, spellings(names)))


def told(names: Iterable[str]) -> bytes:
    """A pattern for one of these Chinese words and what stands between it and a value: `主机名：“`."""
    return rb"(?:%s)[\\\"'\v]*(?:%s)?\s*(?:[:=]|%s|%s)\s*(?:[bru]{1,2}(?=[\"']))?[\\\"'\v]*(?:%s)?" % tuple(
        map(spelt, (names, "”", ("：",), "是为", "“"))
    )


def chinese_gates(names: Iterable[str]) -> tuple[Gate, ...]:
    """Gates for lines with one of these Chinese words."""
    return tuple(Gate(skeleton(each)) for each in spellings(names))


def told_gates(names: Iterable[str]) -> tuple[Gate, ...]:
    """Gates for lines in which a value is told behind one of these Chinese words."""
    behind = rb"[\\\"'\v]*(?:%s)?\s*(?:[:=]|%s|%s)" % tuple(map(spelt, ("”", ("：",), "是为")))
    return tuple(
        Gate(gate.literal, re.compile(re.escape(gate.literal) + behind)) for gate in chinese_gates(names)
    )


def form(literal: str, pattern: str) -> Gate:
    """A gate for lines whose skeleton has a form, with a literal in it that begins it, if it can."""
    return Gate(literal.encode(), re.compile(pattern.encode(), re.MULTILINE))
