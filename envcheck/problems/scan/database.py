"""Hyperscan's databases, compiled once and kept for later runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Optional

import hyperscan

from envcheck.problems.scan import kept as kept_files

Expression = tuple[bytes, int, int]
"""The expression, its number, and hyperscan's flags."""
Found = Callable[[int, int, int, int, object], Optional[bool]]


_FEW = 50
"""Expressions that are compiled in no time."""


class Scanner:
    """A database that is ready to scan."""

    def __init__(self, database: hyperscan.Database) -> None:
        self._database = database
        self._scratch = hyperscan.Scratch(database)

    def scan(self, text: memoryview, found: Found) -> None:
        """Tell each match; `found` returns True to end it."""
        try:
            self._database.scan(
                text,  # type: ignore[type-var]
                match_event_handler=found,
                scratch=self._scratch,
            )
        except hyperscan.ScanTerminated:
            return


def scanner(name: str, expressions: Sequence[Expression]) -> Scanner:
    """A scanner for these expressions, compiled anew only where they have changed."""
    key = hashlib.sha256(repr(expressions).encode()).digest()
    file = f"signatures-{name}.hyperscan"
    kept = kept_files.load(file, key) if len(expressions) > _FEW else None
    if kept is not None:
        with suppress(hyperscan.error):  # of another processor
            return Scanner(hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK))
    database = _compiled(expressions)
    if len(expressions) > _FEW:
        kept_files.keep(file, key, hyperscan.dumpb(database))
    return Scanner(database)


def _compiled(expressions: Sequence[Expression]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[each[0] for each in expressions],
        ids=[each[1] for each in expressions],
        flags=[each[2] for each in expressions],
        elements=len(expressions),
    )
    return database
