"""The text of /proc/cpuinfo."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

Processor = dict[str, str]


@lru_cache(maxsize=2)  # several facts are read from this text, which is long on large machines
def read(text: str) -> tuple[Processor, ...]:
    """The fields of each logical processor; raises ValueError where there is none.

    Blocks without a `processor` line (an ARM board's) are left out, except that a text
    without any such line (s390's) is read as one block.
    """
    blocks = [_fields(block) for block in re.split(r"\n[ \t]*\n", text)]
    found = tuple(block for block in blocks if "processor" in block)
    found = found or tuple(block for block in blocks if "vendor_id" in block)[:1]
    if not found:
        raise ValueError("not the text of /proc/cpuinfo")
    return found


def _fields(block: str) -> Processor:
    parts = (line.partition(":") for line in block.splitlines())
    return {name.strip(): value.strip() for name, colon, value in parts if colon}


def cores(processors: tuple[Processor, ...]) -> Optional[int]:
    """Distinct physical cores of all sockets; None where no topology is told."""
    pairs = {(processor.get("physical id"), processor.get("core id")) for processor in processors}
    return None if any(None in pair for pair in pairs) else len(pairs)


def hypervisor_flag(processors: tuple[Processor, ...]) -> Optional[bool]:
    """Whether the CPU says that it is a virtual one; None where it has no such flag (not x86)."""
    flags = [processor["flags"].split() for processor in processors if "flags" in processor]
    return any("hypervisor" in words for words in flags) if flags else None


def current_mhz(processors: tuple[Processor, ...]) -> float:
    """The fastest clock of this instant in MHz; 0 where none is told."""
    return max((float(processor["cpu MHz"]) for processor in processors if "cpu MHz" in processor), default=0)
