"""From the places that an engine names to the matches that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from envcheck.problems.scan.blocks import Block, Raw
from envcheck.problems.scan.clean import clean
from envcheck.problems.scan.engines import Engine, Places
from envcheck.problems.scan.regexes import Wanted
from envcheck.record import Record

_STEP = 1 << 12
"""Bytes behind a place that are looked at with it, so that crowded places take no longer than their text."""


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
        self._engine.quick(memoryview(b"".join(beginning)))

    def seek(self, raw: Raw) -> tuple[Block, list[Match]]:
        """The block in clean text, and the first match of each signature in each of its lines.

        Where nothing is found the block is empty.
        """
        places = None
        if self._regular:
            places = self._engine.quick(memoryview(raw.memory)[raw.start : raw.size])
        if places is None:
            block = _cleaned(raw)
            self._regular = block.text == memoryview(raw.memory)[: raw.size]
            places = self._engine.thorough(memoryview(block.text)[block.start :])
        elif places:
            block = _with_clean_start(raw)
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
        done: dict[int, int] = {}
        """Up to where each phrase was looked for: often a place comes soon after another."""
        for number, at in sorted(places):
            phrase = self._phrases[number]
            begin = max(block.start, at - phrase.longest, done.get(number, 0))
            if begin <= at and begin < block.end:
                done[number] = at + _STEP + 1
                yield from _beginning(block, phrase, begin, min(done[number], block.end))


def _beginning(block: Block, phrase: Wanted, begin: int, end: int) -> Iterator[Match]:
    """The first match in each line of those that begin from `begin` on and before `end`."""
    small = block.text[begin : end + phrase.longest].lower()
    at = 0
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


def _with_clean_start(raw: Raw) -> Block:
    """A block that is clean but for what stands before it, copied once only."""
    memory = memoryview(raw.memory)
    before = clean(bytes(memory[: raw.start]))
    text = before + memory[raw.start : raw.size]
    return Block(text, len(before), len(before) + raw.end - raw.start)
