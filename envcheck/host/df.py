"""Free space as a record keeps it: the text of df in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from envcheck.host.base import Filesystem
from envcheck.host.mounts import Mount, holding
from envcheck.lazy import regex
from envcheck.record import Record

_BLOCK = regex(r"(\d+)([KMGTPE]?)(i?B)?(?:-|的)\S+", re.IGNORECASE)
_SIZE = regex(r"(-?\d+)(?:[.,](\d+))?([KMGTPE]?)(?:i?B)?", re.IGNORECASE)
_PERCENT = regex(r"\d+%|-")
_POWERS = " KMGTPE"
_EXACT = 1024
"""df rounds up to its unit. No file system has blocks smaller than this."""
_HEADER_WORDS = 4


class Row(Record):
    """One file system of a df table. `total` and `free` in bytes, None where df could not tell."""

    device: str
    mount_point: str
    total: Optional[int]
    free: Optional[int]
    type: str = ""


class _Cells(Record):
    device: str
    type: str
    total: str
    free: str
    mount_point: str


class _Unit(Record):
    block: Optional[int]
    """Bytes that each number counts; None where each bears a unit of its own."""
    thousand: int = 1024


def rows(text: str, *, decimal: bool = False) -> list[Row]:
    """The rows of a df table of sizes; `decimal` for the output of df -H or --si.

    df rounds up, so a size that is not exact is given as the least that it can be. Raises
    ValueError for a text that is no such table, or that counts inodes.
    """
    cells, before = _table(text)
    if not cells:
        raise ValueError("no table of df")
    unit = _unit(before, cells, decimal=decimal)
    return [
        Row(each.device, each.mount_point, _bytes(each.total, unit), _bytes(each.free, unit), each.type)
        for each in cells
    ]


def filesystem(path: str, table: Sequence[Row], mounts: Sequence[Mount]) -> Filesystem:
    """The file system that holds `path`, by a df table and the mounts, which may be none.

    Raises LookupError where the table lacks it: the next one up would be another's space.
    """
    mounted = holding(path, mounts)
    row = _row(path, table, mounted)
    point = mounted or row
    if row is None or point is None or not row.total or row.free is None:
        raise LookupError(f"df shows no size of {point.mount_point if point else path}")
    return Filesystem(point.mount_point, row.total, max(row.free, 0), point.type, point.device)


def _row(path: str, table: Sequence[Row], mounted: Mount | None) -> Row | None:
    # Of several rows for one place the last is what is in force, unless df could not size it.
    table = sorted(table, key=lambda row: bool(row.total))
    if mounted is None:
        return holding(path, table)
    same_point = [row for row in table if row.mount_point == mounted.mount_point]
    if same_point:
        return same_point[-1]
    # df without -a shows a device once, at one of the places where it is mounted.
    same_device = [row for row in table if row.device == mounted.device and row.device.startswith("/")]
    return same_device[-1] if same_device else None


def _table(text: str) -> tuple[list[_Cells], list[list[str]]]:
    """The cells of each row, and the words of each line before the first one."""
    found: list[_Cells] = []
    before: list[list[str]] = []
    pushed: list[str] = []
    for line in text.splitlines():
        words = line.split()
        at = _percent_at(words)
        if at is None:
            pushed = words if len(words) == 1 else []  # a long name pushes the rest down a line
            if not found:
                before.append(words)
            continue
        left = [*(pushed if line[0].isspace() else ()), *words[: at - 3], "", ""]
        mount_point = line.split(None, at + 1)[-1].rstrip()
        found.append(_Cells(left[0], left[1], words[at - 3], words[at - 1], mount_point))
        pushed = []
    return found, before


def _percent_at(words: list[str]) -> int | None:
    """Where in a row the percentage stands: after three sizes and before the mount point."""
    for at in range(3, len(words) - 1):
        if (
            _PERCENT.fullmatch(words[at])
            and words[at + 1].startswith("/")
            and all(word == "-" or _SIZE.fullmatch(word) for word in words[at - 3 : at])
        ):
            return at
    return None


def _unit(before: Sequence[list[str]], cells: Sequence[_Cells], *, decimal: bool) -> _Unit:
    if any(word.lower().startswith("inode") for words in before for word in words):
        raise ValueError("df counts inodes here")
    for match in _block_words(before):
        power = _POWERS.index(match[2].upper() or " ")
        thousand = 1000 if power and (match[3] or "").upper() == "B" else 1024
        return _Unit(int(match[1]) * thousand**power)
    if any(not size[-1].isdigit() and size != "-" for each in cells for size in (each.total, each.free)):
        return _Unit(None, 1000 if decimal else 1024)
    raise ValueError("no table of df with its unit")


def _block_words(before: Sequence[list[str]]) -> Iterator[re.Match[str]]:
    headers = (words for words in reversed(before) if len(words) >= _HEADER_WORDS)
    matches = (_BLOCK.fullmatch(word) for words in headers for word in words)
    return (match for match in matches if match)


def _bytes(text: str, unit: _Unit) -> int | None:
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    decimals = match[2] or ""
    number = int(match[1] + decimals)
    size: int = unit.block or unit.thousand ** _POWERS.index(match[3].upper() or " ")
    if size > _EXACT or match[3]:
        number = max(number - 1, 0)
    scale: int = 10 ** len(decimals)
    return number * size // scale
