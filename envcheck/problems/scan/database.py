"""Hyperscan's databases."""

from __future__ import annotations

from collections.abc import Sequence

import hyperscan

Expression = tuple[bytes, int]
"""The expression and hyperscan's flags; its number is its place in a list."""


class Scanner:
    """A database that is ready to scan."""

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[each[0] for each in expressions],
            ids=list(range(len(expressions))),
            flags=[each[1] for each in expressions],
            elements=len(expressions),
        )
        self._scratch = hyperscan.Scratch(self._database)

    def ends(self, text: memoryview) -> list[tuple[int, int]]:
        """The number of each expression that is found, and the byte behind it."""
        ends: list[tuple[int, int]] = []

        def found(number: int, _begin: int, end: int, _flags: int, _context: object) -> None:
            ends.append((number, end))

        self._database.scan(
            text,  # type: ignore[type-var]
            match_event_handler=found,
            scratch=self._scratch,
        )
        return ends
