"""The table of misses: every failed or unknown check, in the manual's five columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from envcheck.report.layout import share, width, wrap
from envcheck.report.style import Style
from envcheck.results import Result, Text

TITLE = Text("Not met:", "未通过的检查项：")
COLUMNS = (
    Text("Module", "模块"),
    Text("Check", "检查项名称"),
    Text("Meaning", "检查项含义"),
    Text("Requirement", "要求"),
    Text("Actual result or error message", "实际结果或报错信息"),
)
NOT_COUNTED = Text("~ waived, does not count", "~ 已豁免，不影响结论")
RECOMMENDED = Text("* recommended, does not count", "* 为建议项，不影响结论")
GAP = 2
HEADER_PADDING = 2
"""tabulate makes a column so much wider than its header at least."""
LEAST_TABLE = 60
"""In fewer columns five of them can't be read: each miss is then a list of five lines."""


def miss_lines(misses: Sequence[Result], style: Style) -> list[str]:
    """The misses with their heading; nothing where there are none."""
    if not misses:
        return []
    rows = [
        [
            style.fit(miss.module),
            ("" if miss.waived is None else "~") + style.name(miss),
            style.say(miss.title),
            style.say(miss.requirement),
            style.found(miss),
        ]
        for miss in misses
    ]
    headers = [style.say(column) for column in COLUMNS]
    body = _table(headers, rows, style) if style.columns >= LEAST_TABLE else _records(headers, rows, style)
    starred = any(miss.level == "recommended" for miss in misses)
    waived = any(miss.waived is not None for miss in misses)
    legend = [(RECOMMENDED, starred), (NOT_COUNTED, waived)]
    return [style.heading(TITLE), *body, *(style.say(text) for text, shown in legend if shown)]


def _table(headers: list[str], rows: list[list[str]], style: Style) -> list[str]:
    from tabulate import tabulate

    wanted = [
        max(width(header) + HEADER_PADDING, *map(width, cells)) for header, *cells in zip(headers, *rows)
    ]
    sizes = share(wanted, style.columns - GAP * (len(headers) - 1))
    body = [_wrapped(row, sizes) for row in rows]
    head = _wrapped(headers, [size - HEADER_PADDING for size in sizes])
    text: str = tabulate(body, headers=head, tablefmt="simple", disable_numparse=True)
    lines = (line.rstrip() for line in text.split("\n"))
    table = [*islice(lines, _height(head)), rule := next(lines)]
    for row in body:
        table += [*islice(lines, _height(row)), rule]
    return table[:-1]


def _height(row: list[str]) -> int:
    return max(cell.count("\n") for cell in row) + 1


def _wrapped(row: list[str], sizes: list[int]) -> list[str]:
    return ["\n".join(wrap(cell, size)) for cell, size in zip(row, sizes)]


def _records(headers: list[str], rows: list[list[str]], style: Style) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += [""] if lines else []
        for header, cell in zip(headers, row):
            lines += style.wrapped(f"{header}: {cell}", 2)
    return lines
