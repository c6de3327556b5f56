"""The sentences in the source of the probes and the doors, found where they are made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from envcheck.host.base import NOT_RECORDED

ERRORS = {"Absent", "Denied", "Failed", "NotRecorded", "TimedOut", "Unknown", "Unreadable", "ValueError"}
SAMPLE = "X1"
"""What stands for the machine's own words."""
KNOWN = {"NOT_RECORDED": NOT_RECORDED, "not_root()": ""}
"""What stands in a sentence and is ours."""


def of(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each: what errors and unknown facts say, and how records are shown."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            for text in _texts(node.args[0]) if node.args else ():
                yield node.lineno, text
        elif isinstance(node, ast.FunctionDef) and node.name == "__str__":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    for text in _texts(inner.value):
                        yield inner.lineno, text


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield from _joined(node.values)


def _joined(values: list[ast.expr]) -> Iterator[str]:
    if not values:
        yield ""
        return
    first = values[0]
    if isinstance(first, ast.Constant):
        heads = [str(first.value)]
    else:
        assert isinstance(first, ast.FormattedValue)
        heads = list(_texts(first.value)) if isinstance(first.value, ast.IfExp) else []
        heads = heads or [KNOWN.get(ast.unparse(first.value), SAMPLE)]
    for head in heads:
        for rest in _joined(values[1:]):
            yield head + rest
