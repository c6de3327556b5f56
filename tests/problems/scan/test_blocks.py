"""A log in blocks: every byte belongs to one of them, and has its surroundings."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from envcheck.problems.scan import blocks as room
from envcheck.problems.scan.blocks import BLOCK, MARGIN, blocks, within


def cut(pieces: Sequence[bytes], before: bytes = b"") -> list[tuple[bytes, bytes, bytes, bool, bool]]:
    """Before, own and after of each block, and whether its first and last lines are cut."""
    return [
        (
            bytes(raw.memory[: raw.start]),
            bytes(raw.memory[raw.start : raw.end]),
            bytes(raw.memory[raw.end : raw.size]),
            raw.continues,
            raw.broken,
        )
        for raw in blocks(pieces, before)
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 400_000), max_size=6), st.integers(1, 300_000))
def test_every_byte_belongs_to_one_block(sizes: list[int], line: int) -> None:
    whole = (b"x" * (line - 1) + b"\n") * (sum(sizes) // line + 1)
    pieces = [whole[sum(sizes[:at]) : sum(sizes[: at + 1])] for at in range(len(sizes))]
    found = cut(pieces)
    assert b"".join(own for _, own, *_ in found) == b"".join(pieces)
    for at, (before, own, after, continues, broken) in enumerate(found):
        begun = sum(len(each[1]) for each in found[:at])
        assert whole[:begun].endswith(before)
        assert whole[begun + len(own) :].startswith(after)
        assert len(before) == min(begun, MARGIN)
        last = at == len(found) - 1
        assert last or (len(after) >= MARGIN and broken == (not own.endswith(b"\n")))
        assert continues == (at > 0 and found[at - 1][4])


def test_a_line_without_end_takes_no_more_memory() -> None:
    sizes = [len(raw.memory) for raw in blocks(b"x" * 1000 for _ in range(5000))]
    assert max(sizes) <= 2 * (BLOCK + MARGIN)
    assert len(sizes) >= 5_000_000 // BLOCK


def test_a_share_ends_where_it_should() -> None:
    text = b"line\n" * 200_000
    raws = within(blocks([text]), 500_000)
    assert sum(raw.end - raw.start for raw in raws) == 500_000
    assert room.BLOCK == BLOCK
