"""Engines: what says quickly where in a text a phrase may be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from envcheck.problems.scan.regexes import Wanted

log = logging.getLogger(__name__)

Places = list[tuple[int, int]]
"""Of a phrase by its place in the list that the engine was made of, and a byte of the text. Every
match of the phrase lies within its greatest length before and after one of these."""


class Engine(Protocol):
    """Finds places in text that is clean, and says of other text whether it is as good (see `clean`)."""

    name: str

    def regular(self, text: memoryview) -> bool:
        """Whether the text is as `clean` leaves it; False where to see that takes as long as to clean it."""

    def places(self, text: memoryview) -> Places:
        """Places in a clean text."""


def open_engine(phrases: Sequence[Wanted]) -> Engine:
    """The fastest engine that works on this machine."""
    try:
        from envcheck.problems.scan.hyper import HyperEngine

        return HyperEngine(phrases)
    except ImportError as error:
        log.info("no hyperscan here, the slower engine is taken: %s", error)
    from envcheck.problems.scan.words import WordEngine

    return WordEngine(phrases)
