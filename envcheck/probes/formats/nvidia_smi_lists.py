"""`nvidia-smi --list-gpus` and the CSV of `nvidia-smi --query-gpu=…`."""

from __future__ import annotations

import re
from typing import Optional

from envcheck.lazy import regex
from envcheck.probes.formats.nvidia_gpu import Gpu, Listing, mebibytes, switch, version

_LISTED = regex(r"GPU (\d+): (.+?)(?: \(UUID: .*\))?")
_TOTAL = regex(r"\d+ MiB")
_NOT_A_NAME = regex(r"[\d.]+|GPU-.*|0x.*|[0-9A-Fa-f]+:[0-9A-Fa-f]{2}:.*|.* (?:MiB|%|W|MHz)|\[.*\]")


def read_list(text: str) -> Listing:
    """Read `--list-gpus`; raises ValueError for a text that is not one.

    Lines of MIG devices are indented below their GPU and are none.
    """
    found = [match for line in text.splitlines() if (match := _LISTED.fullmatch(line.rstrip()))]
    if not found:
        raise ValueError("not the list of nvidia-smi --list-gpus")
    return Listing(None, tuple(Gpu(int(match[1]), match[2]) for match in found))


def read_csv(text: str, command: str = "") -> Listing:
    """Read the CSV; raises ValueError for a text that is not one.

    `command` (or the file name made of it) tells which columns a CSV without header has.
    """
    rows = [[cell.strip() for cell in line.split(",")] for line in text.splitlines() if "," in line]
    if not rows:
        raise ValueError("not the CSV of nvidia-smi --query-gpu")
    header = [re.sub(r"\s*\[.*\]", "", cell) for cell in rows[0]]
    if "name" in header:
        return _with_header(header, rows[1:])
    gpus = [gpu for row in rows if (gpu := _bare(row, command)) is not None]
    if not gpus:
        raise ValueError("no GPU in the CSV of nvidia-smi --query-gpu")
    return Listing(None, tuple(gpus))


def _with_header(header: list[str], rows: list[list[str]]) -> Listing:
    gpus = []
    driver: Optional[str] = None
    for place, row in enumerate(rows):
        # In a row that lacks a cell nobody can say which one it is.
        cells = dict(zip(header, row)) if len(row) == len(header) else {}
        index = cells.get("index", "")
        name = cells.get("name", "")
        memory = mebibytes(cells.get("memory.total", ""))
        mig = switch(cells.get("mig.mode.current", ""))
        gpus.append(Gpu(int(index) if index.isdigit() else place, name, memory, None, mig))
        driver = driver or version(cells.get("driver_version") or cells.get("kmd_version"))
    return Listing(driver, tuple(gpus))


def _bare(row: list[str], command: str) -> Optional[Gpu]:
    """A row without header: index first; the memory only if no other size was asked for."""
    name = next((cell for cell in row if not _NOT_A_NAME.fullmatch(cell)), None)
    if name is None or not row[0].isdigit():
        return None
    sizes = [cell for cell in row if _TOTAL.fullmatch(cell)]
    total = "memory.total" in command and command.count("memory.") == 1 and len(sizes) == 1
    return Gpu(int(row[0]), name, mebibytes(sizes[0]) if total else None)
