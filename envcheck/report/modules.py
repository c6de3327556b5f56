"""The list of modules that can be checked, with what each is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from envcheck.report.layout import pad, width
from envcheck.report.style import Style

if TYPE_CHECKING:
    from envcheck.rulebook.model import ModuleInfo

GAP = 2
INDENT = 4
LEAST_TEXT = 30
"""Where fewer columns are left beside the names, the text stands below its name."""


def render(modules: Sequence[ModuleInfo], style: Style) -> str:
    """Each module's name, title and description, with a line break at the end."""
    beside = max((width(style.fit(module.name)) for module in modules), default=0) + GAP
    indent = beside if style.columns - beside >= LEAST_TEXT else INDENT
    lines: list[str] = []
    for module in modules:
        text = f"{style.say(module.title)}: {style.say(module.description)}"
        if indent == beside:
            lines += style.wrapped(text, indent, pad(style.fit(module.name), indent))
        else:
            lines += [style.fit(module.name), *style.indented(text, indent)]
    return "".join(f"{line}\n" for line in lines)
