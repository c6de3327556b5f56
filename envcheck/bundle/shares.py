"""How much of each log is kept where not all of them fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional


def share(budget: int, sizes: Sequence[Optional[int]]) -> int:
    """The most bytes that a log may have, so that all together fit into the budget.

    Small ones are kept whole; what they leave goes to the large ones in equal parts. A
    size that is not known (None) counts as large.
    """
    left, count = budget, len(sizes)
    for size in sorted(size for size in sizes if size is not None):
        if size * count > left:
            break
        left -= size
        count -= 1
    return left // count if count else budget
