"""Cutting a log into blocks that overlap, so that each line is judged with what is around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from envcheck.record import Record

BLOCK = 1 << 18
"""Bytes that are new in a block, at least: as much as the caches of a processor core hold well."""
AROUND = 1 << 13
"""Bytes before and after a line that may have a say in what it means."""
MARGIN = 2 * AROUND
"""What a block has of its neighbours."""


@runtime_checkable
class Reader(Protocol):
    """A log that is read into memory that is there already."""

    def readinto(self, memory: memoryview) -> int:
        """Fill the memory; how much of it, where the log ends before. Raises Unreadable."""


class Block(Record):
    """Part of a log: what starts from `start` up to `end` is this block's, the rest its neighbours'."""

    text: bytes
    start: int
    end: int


class Raw(Record):
    """A block as it came, in memory that the next one will take."""

    memory: bytearray
    size: int
    start: int
    end: int
    continues: bool
    """Whether its first line began in an earlier block."""
    broken: bool
    """Whether its last line goes on in a later block."""


def blocks(text: Iterable[bytes], before: bytes = b"") -> Iterator[Raw]:
    """A log, or its pieces of any length, as blocks of some `BLOCK` bytes, each to be used before the next.

    A block ends with a line, unless that is longer than the block. `before` is what stands
    before the text and is not to be judged. All are laid in the same memory: to ask
    the system for more each time takes longer than to read a log.
    """
    read = text.readinto if isinstance(text, Reader) else _Filler(text).readinto
    memory = bytearray(2 * (MARGIN + BLOCK))
    view = memoryview(memory)
    size = start = len(before)
    view[:size] = before
    continues, more = False, True
    while more:
        came = read(view[size : size + BLOCK])
        size, more = size + came, came == BLOCK
        last = size - MARGIN if more else size
        if last <= start:
            continue
        end = memory.rfind(b"\n", start, last) + 1 if more else size
        broken = end == 0
        end = end or last
        yield Raw(memory, size, start, end, continues, broken)
        first = max(0, end - MARGIN)
        view[: size - first] = view[first:size]
        size, start, continues = size - first, end - first, broken


def within(all_blocks: Iterable[Raw], size: int) -> Iterator[Raw]:
    """The blocks, of the last one only what belongs to the first `size` bytes: these end with a line."""
    for block in all_blocks:
        if size <= 0:
            return
        over = block.end - block.start - size
        yield block if over < 0 else block._replace(end=block.end - over, broken=False)
        size = -over


class _Filler:
    """Lays pieces one after the other into memory."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._piece = memoryview(b"")

    def readinto(self, memory: memoryview) -> int:
        """Fill the memory; how much of it, where the pieces end before."""
        at = 0
        while at < len(memory):
            if not self._piece:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._piece = memoryview(piece)
                continue
            taken = min(len(memory) - at, len(self._piece))
            memory[at : at + taken] = self._piece[:taken]
            self._piece = self._piece[taken:]
            at += taken
        return at
