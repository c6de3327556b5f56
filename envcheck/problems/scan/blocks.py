"""Cutting a log into blocks that overlap, so that each line is judged with what is around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envcheck.record import Record

BLOCK = 1 << 18
"""Bytes that are new in a block, at least: as much as the caches of a processor core hold well."""
AROUND = 1 << 13
"""Bytes before and after a line that may have a say in what it means."""
MARGIN = 2 * AROUND
"""What a block has of its neighbours."""


class Block(Record):
    """Part of a log: what starts from `start` up to `end` is this block's, the rest its neighbours'."""

    text: bytes
    start: int
    end: int
    continues: bool
    """Whether its first line began in an earlier block."""
    broken: bool
    """Whether its last line goes on in a later block."""


def blocks(pieces: Iterable[bytes], before: bytes = b"") -> Iterator[Block]:
    """The pieces of a log, of any length, as blocks of some `BLOCK` bytes.

    A block ends with a line, unless that is longer than the block. `before` is what stands
    before the first piece and is not to be judged.
    """
    rest, continues = b"", False
    for piece in _gathered(pieces):
        text = before + rest + piece
        start = len(before)
        last = len(text) - MARGIN
        if last <= start:
            rest = text[start:]
            continue
        end = text.rfind(b"\n", start, last) + 1
        broken = end == 0
        end = end or last
        yield Block(text, start, end, continues, broken)
        before, rest, continues = text[max(0, end - MARGIN) : end], text[end:], broken
    if rest:
        text = before + rest
        yield Block(text, len(before), len(text), continues, False)


def within(all_blocks: Iterable[Block], size: int) -> Iterator[Block]:
    """The blocks, of the last one only what belongs to the first `size` bytes: these end with a line."""
    for block in all_blocks:
        if size <= 0:
            return
        over = block.end - block.start - size
        yield block if over < 0 else block._replace(end=block.end - over, broken=False)
        size = -over


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, small ones put together and large ones taken apart."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        if not waiting and BLOCK <= len(piece) <= 2 * BLOCK:
            yield piece
            continue
        waiting.append(piece)
        size += len(piece)
        if size >= BLOCK:
            joined, waiting, size = b"".join(waiting), [], 0
            yield from (joined[at : at + BLOCK] for at in range(0, len(joined), BLOCK))
    if waiting:
        yield b"".join(waiting)
