"""From the places that an engine names to the matches that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from envcheck.problems.scan.blocks import Block, Raw
from envcheck.problems.scan.clean import clean
from envcheck.problems.scan.engines import Engine, Places
from envcheck.problems.scan.regexes import Wanted
from envcheck.record import Record

_STEP, _LONGEST_STEP = 1 << 8, 1 << 12
"""Bytes behind a place that are looked at with it, ever more where places are crowded: these take no
longer than their text."""


class Match(Record):
    """A phrase that is there; offsets are of the block's text."""

    number: int
    """Of the signature."""
    line: int
    """Where the line begins in which the match does."""
    start: int
    end: int
    caught: Optional[str]


_NOTHING = Block(b"", 0, 0)


class Seeker:
    """Finds the lines of a block in which phrases begin, whatever engine is asked."""

    def __init__(self, phrases: Sequence[Wanted], engine: Engine) -> None:
        self._phrases = phrases
        self._engine = engine
        self._regular = True
        """Whether the last block was: the next one will be like it."""

    def prepare(self, beginning: Iterable[bytes]) -> None:
        """Let the engine suit itself to a log, for the processes that are to share it."""
        self._engine.places(memoryview(b"".join(beginning)))

    def seek(self, raw: Raw) -> tuple[Block, list[Match]]:
        """The block in clean text, and the first match of each signature in each of its lines.

        Where nothing is found the block is empty.
        """
        text = memoryview(raw.memory)[: raw.size]
        if self._regular and self._engine.regular(text):
            places = self._engine.places(text[raw.start :])
            block = Block(bytes(text), raw.start, raw.end) if places else _NOTHING
        else:
            block = _cleaned(raw)
            self._regular = block.text == text
            places = self._engine.places(memoryview(block.text)[block.start :])
        if not places:
            return _NOTHING, []
        places = [(number, at + block.start) for number, at in places]
        found: dict[tuple[int, int], Match] = {}
        for match in self._matches(block, places):
            first = found.setdefault((match.number, match.line), match)
            if match.start < first.start:
                found[match.number, match.line] = match
        return block, sorted(found.values())

    def _matches(self, block: Block, places: Places) -> Iterator[Match]:
        done: dict[int, tuple[int, int]] = {}
        """Up to where each phrase was looked for, and how far at a time: places come in crowds."""
        for number, at in sorted(places):
            phrase = self._phrases[number]
            end, step = done.get(number, (0, _STEP))
            begin = max(block.start, at - phrase.longest, end)
            if begin <= at and begin < block.end:
                step = min(4 * step, _LONGEST_STEP) if begin == end else _STEP
                end = at + step + 1
                done[number] = end, step
                yield from _beginning(block, phrase, begin, min(end, block.end))


def _beginning(block: Block, phrase: Wanted, begin: int, end: int) -> Iterator[Match]:
    """The first match in each line of those that begin from `begin` on and before `end`."""
    small = block.text[begin : end + phrase.longest].lower()
    at = 0
    if not all(
        word in small for word in phrase.words
    ):  # in most places, and an expression need not be compiled
        return
    while begin + at < end:
        found = phrase.regex.search(small, at)
        if found is None or begin + found.start() >= end:
            return
        start = begin + found.start()
        caught = found[1].decode("utf-8", "replace") if phrase.regex.groups else None
        yield Match(phrase.number, block.text.rfind(b"\n", 0, start) + 1, start, begin + found.end(), caught)
        at = small.find(b"\n", found.start()) + 1
        if at == 0:
            return


def _cleaned(raw: Raw) -> Block:
    memory = memoryview(raw.memory)
    before, own, after = (
        clean(bytes(part))
        for part in (memory[: raw.start], memory[raw.start : raw.end], memory[raw.end : raw.size])
    )
    return Block(before + own + after, len(before), len(before) + len(own))
