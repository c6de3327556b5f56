"""The texts of /proc/meminfo, a NUMA node's meminfo, and free."""

from __future__ import annotations

import re

from envcheck.lazy import regex
from envcheck.values import Bytes

_TOTAL = regex(r"^(?:Node\s+\d+\s+)?MemTotal:\s*(\d+)\s*kB\s*$", re.MULTILINE)
_FREE = regex(r"^(?:Mem|内存)\s*[:：]\s*(\d+)\s", re.MULTILINE)


def total(text: str) -> Bytes:
    """MemTotal; raises ValueError for a text without it. The kernel's kB are 1024 bytes."""
    return Bytes(_number(_TOTAL, text, "MemTotal") * 1024)


def free_total(text: str, unit: int = 1024) -> Bytes:
    """The memory that `free` shows, in `unit` bytes (1024 without options); raises ValueError."""
    return Bytes(_number(_FREE, text, "line of memory in numbers") * unit)


def _number(pattern: re.Pattern[str], text: str, what: str) -> int:
    match = pattern.search(text)
    if match is None:
        raise ValueError(f"no {what}")
    return int(match[1])
