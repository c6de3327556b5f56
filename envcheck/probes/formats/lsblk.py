"""The text of lsblk: as key=value pairs (-P), as a list or as a tree."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Optional

from envcheck.lazy import regex
from envcheck.record import Record

_PAIR = regex(r'([A-Z][A-Z0-9:%_-]*)="((?:[^"\\]|\\.)*)"')
_TREE = regex(r"^(?:[\s│|├└─`+-]|\\x[0-9a-f]{2})+")
_SIZE = regex(r"(\d+(?:[.,]\d+)?)([BKMGTP]?)(?:i?B)?")
_MAPPER = regex(r"\s\(dm-\d+\)")
_NEVER_EMPTY = ("NAME", "KNAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE")
_POWERS = {"": 0, "B": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


class BlockDevice(Record):
    """A row of lsblk. `removable` and `transport` are None where that column is not shown."""

    name: str
    type: str
    size: int
    """In bytes, as exact as the output shows it."""
    removable: Optional[bool]
    transport: Optional[str]
    model: str
    wwn: str
    parent: str
    """The disk or partition that it lies on, where that is shown."""


def read(text: str) -> tuple[BlockDevice, ...]:
    """The devices, in order; raises ValueError where none is shown with its size and type."""
    pairs = [dict(_PAIR.findall(line)) for line in text.splitlines()]
    found = [_of_pairs(row) for row in pairs if {"NAME", "SIZE", "TYPE"} <= row.keys() and row["SIZE"]]
    found = found or _of_table(text)
    if not found:
        raise ValueError("lsblk shows no device with its size and type")
    return tuple(found)


def _of_pairs(row: dict[str, str]) -> BlockDevice:
    return BlockDevice(
        row.get("KNAME") or row["NAME"],
        row["TYPE"],
        parse_size(row["SIZE"]),
        row["RM"] == "1" if row.get("RM") else None,
        row.get("TRAN"),
        row.get("MODEL", "").strip(),
        row.get("WWN", ""),
        row.get("PKNAME", ""),
    )


def _of_table(text: str) -> list[BlockDevice]:
    lines = iter(text.splitlines())
    header = next((line for line in lines if re.match(r"NAME\s", line)), "")
    columns = list(takewhile(_NEVER_EMPTY.__contains__, header.split()))
    if not {"NAME", "SIZE", "TYPE"} <= set(columns):
        return []
    found: list[BlockDevice] = []
    disk = ""
    for line in lines:
        words = _MAPPER.sub("", _TREE.sub("", line)).split()
        if len(words) < len(columns):
            continue
        row = dict(zip(columns, words))
        nested = _TREE.match(line) is not None
        disk = disk if nested else row["NAME"]
        found.append(_of_row(row, header, line, disk if nested else ""))
    return found


def _of_row(row: dict[str, str], header: str, line: str, parent: str) -> BlockDevice:
    transport = _cell(header, line, "TRAN")
    return BlockDevice(
        row["NAME"],
        row["TYPE"],
        parse_size(row["SIZE"]),
        row["RM"] == "1" if "RM" in row else None,
        transport.split(" ")[0] if transport is not None else None,
        _cell(header, line, "MODEL") or "",
        (_cell(header, line, "WWN") or "").split(" ")[0],
        parent,
    )


def _cell(header: str, line: str, name: str) -> Optional[str]:
    """What stands below a left-aligned heading, up to the next one; None without the heading."""
    match = re.search(rf"(?<=\s){name}(?:\s+|$)", header)
    if match is None:
        return None
    end = match.end() if match.end() < len(header) else len(line)
    return line[match.start() : end].strip()


def parse_size(text: str) -> int:
    """`480103981056`, `447.1G` (binary units, as lsblk means them) in bytes; raises ValueError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no size")
    return round(float(match[1].replace(",", ".")) * 1024.0 ** _POWERS[match[2]])
