"""The pass/fail table: every check on a line of its own, by module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envcheck.report.layout import pad, plain, share, shorten, width
from envcheck.report.shared import merged
from envcheck.report.style import Style
from envcheck.results import Report, Result, Status

MARKS: dict[Status, str] = {"pass": "✓", "fail": "✗", "unknown": "?", "skipped": "-"}
WAIVED = "~"
"""Instead of the mark of a miss that does not count, since somebody waived it."""
COLOURS: dict[Status, str] = {"pass": "32", "fail": "31", "unknown": "33", "skipped": "2"}
LEAST_CELL = 10
"""Where requirement and actual can't have so many columns each, the actual alone follows the id."""
GAP = "  "

Cells = tuple[str, str, str]


def check_lines(report: Report, style: Style) -> Iterator[str]:
    """Mark, id, requirement and actual of every check, cut to the width: the misses follow whole.

    What several modules share comes under the names of all of them.
    """
    groups: dict[str, list[Result]] = {}
    for result in merged(report.results):
        groups.setdefault(result.module, []).append(result)
    for number, (modules, results) in enumerate(groups.items()):
        if number:
            yield ""
        yield style.paint(style.fit(modules), "1")
        yield from _module(results, style)


def _module(results: Iterable[Result], style: Style) -> Iterator[str]:
    marks = {status: plain(mark) if style.ascii_signs else mark for status, mark in MARKS.items()}
    mark_width = max(map(width, (*marks.values(), WAIVED)))
    rows = [
        (result, (style.name(result), style.say(result.requirement), style.found(result)))
        for result in results
    ]
    room = style.columns - mark_width - 1
    sizes = _sizes([cells for _, cells in rows], room)
    for result, cells in rows:
        sign = marks[result.status] if result.waived is None else WAIVED
        mark = style.paint(pad(sign, mark_width), COLOURS[result.status])
        line = _aligned(cells, sizes, style) if sizes else _name_and_actual(cells, room, style)
        yield f"{mark} {line}".rstrip()


def _sizes(rows: list[Cells], room: int) -> list[int]:
    """The columns' widths; none where they would be too narrow to read."""
    name, requirement, actual = (max((width(row[cell]) for row in rows), default=0) for cell in range(3))
    rest = room - name - 2 * len(GAP)
    return [name, *share([requirement, actual], rest)] if rest >= 2 * LEAST_CELL else []


def _aligned(cells: Cells, sizes: list[int], style: Style) -> str:
    return GAP.join(pad(_cut(cell, size, style), size) for cell, size in zip(cells, sizes))


def _name_and_actual(cells: Cells, room: int, style: Style) -> str:
    return _cut(f"{cells[0]}{GAP}{cells[2]}", room, style)


def _cut(text: str, columns: int, style: Style) -> str:
    return shorten(text, columns, "..." if style.ascii_signs else "…")
