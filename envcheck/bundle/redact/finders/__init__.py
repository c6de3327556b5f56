"""One file for each kind of identifier: where it stands in a text that is not known beforehand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, Optional

from envcheck.bundle.redact.spans import Span, Text

HEX = b"0123456789abcdefABCDEF"
_SMALL = bytes(range(256)).lower()


def skeleton(text: bytes) -> bytes:
    """The text without hexadecimal digits, in small letters: then the lines of one kind are the same."""
    return text.translate(_SMALL, HEX)


class Gate(NamedTuple):
    """Whether a line with this skeleton may hold what a finder finds: it holds the literal and has the form."""

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
    """What every such line holds besides, where the skeleton alone says too little."""


def words(*stems: str) -> tuple[Gate, ...]:
    """Gates for lines with one of the words."""
    return tuple(Gate(skeleton(stem.encode())) for stem in stems)


def form(literal: str, pattern: str) -> Gate:
    """A gate for lines whose skeleton has a form, with a literal in it that begins it, if it can."""
    return Gate(literal.encode(), re.compile(pattern.encode(), re.MULTILINE))


ANY = words("")
"""For a finder that only needs something."""
