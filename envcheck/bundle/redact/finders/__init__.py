"""One file for each kind of identifier: where it stands in a text that is not known beforehand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from envcheck.bundle.redact.spans import Span, Text

HEX = b"0123456789abcdefABCDEF"
"""What is left out of a line to get its skeleton: then the lines of one kind are the same."""


class Finder(NamedTuple):
    """Finds one kind of identifier in the lines whose skeleton, or the text itself, is promising."""

    gate: re.Pattern[bytes]
    """Fits the skeleton of every line that may hold one."""
    find: Callable[[Text], Iterator[Span]]
    needs: bytes = b""
    """What every such line holds besides, where the skeleton alone says too little."""


def skeleton(stem: str) -> str:
    """What is left of a word in the skeleton."""
    return "".join(each for each in stem if each not in HEX.decode())


def gate(*stems: str) -> re.Pattern[bytes]:
    """A gate for lines with one of the words; `~` before one: it is a pattern already."""
    forms = (stem[1:] if stem.startswith("~") else re.escape(skeleton(stem)) for stem in stems)
    return re.compile("|".join(forms).encode(), re.IGNORECASE | re.MULTILINE)
