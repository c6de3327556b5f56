"""The report as a person reads it: every check on a line, the misses, hints, the conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from envcheck.report import escape
from envcheck.report.checks import check_lines
from envcheck.report.hints import hint_lines
from envcheck.report.misses import miss_lines
from envcheck.report.shared import merged
from envcheck.report.style import Style
from envcheck.results import Lang, Report, Text

if TYPE_CHECKING:
    from envcheck.problems import Problem

LOG = Text("Log: ", "日志：")


def render(
    report: Report,
    *,
    lang: Lang,
    width: int,
    colour: bool,
    brief: bool,
    problems: Mapping[str, Problem],
    ascii_signs: bool = False,
) -> str:
    """The whole report, with a line break at its end.

    `width` is in columns; `brief` leaves out the table of all checks; `ascii_signs` is for a
    terminal in the C locale.
    """
    style = Style(lang, width, colour, ascii_signs)
    blocks: tuple[Iterable[str], ...] = (
        _head(report, style),
        () if brief else check_lines(report, style),
        miss_lines(merged(report.failures), style),
        hint_lines(report, problems, style),
        [conclusion_line(report)],
    )
    texts = ("\n".join(block) for block in blocks)
    return "\n\n".join(text for text in texts if text) + "\n"


def conclusion_line(report: Report) -> str:
    """The last line of every run, in the manual's words whatever the language."""
    return f"The conclusion of environment checking is :{report.conclusion}"


def _head(report: Report, style: Style) -> list[str]:
    # The path is one piece, never broken or cut: it is there to be copied.
    lines = [] if report.log is None else [LOG.say(style.lang) + escape.command(report.log)]
    for note in report.notes:
        lines += style.wrapped(style.say(note))
    return lines
