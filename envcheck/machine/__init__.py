"""The machine that a licence is bound to: its record, and what has changed since."""

from __future__ import annotations

from envcheck.machine.comparison import Change, Comparison, compare
from envcheck.machine.record import Item, Machine, Part, machine_of, read_file, read_machine

__all__ = [
    "Change",
    "Comparison",
    "Item",
    "Machine",
    "Part",
    "compare",
    "machine_of",
    "read_file",
    "read_machine",
]
