"""The hints: each known problem behind the misses once, with the way out for this host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from envcheck.report import escape
from envcheck.report.style import Style
from envcheck.results import Report, Text

if TYPE_CHECKING:
    from envcheck.problems import Problem, Step

TITLE = Text("How to mend it:", "处理建议：")
WHY = Text("Why: {}", "原因：{}")
REBOOT = Text("A reboot is needed.", "需要重启主机。")
RISKS = {
    "low": Text("Risk: low, no data is lost.", "风险：低，不会丢失数据。"),
    "high": Text("Risk: high.", "风险：高。"),
}
WARNING = Text("Warning: {}", "警告：{}")
FOR = Text("For: {}", "涉及检查项：{}")
MORE = Text(
    "More about each: envcheck explain ID (the word in brackets)",
    "详细说明：envcheck explain ID（括号中的词）",
)
INDENT = 3


def hint_lines(report: Report, problems: Mapping[str, Problem], style: Style) -> list[str]:
    """Each distinct hint of the misses, in their order, with its heading; nothing without hints."""
    betrayed: dict[str, list[str]] = {}
    for miss in report.failures:
        for hint in miss.hints:
            betrayed.setdefault(hint, []).append(miss.id)
    lines: list[str] = []
    for number, (hint, checks) in enumerate(betrayed.items(), 1):
        if hint in problems:
            lines += ["", *_hint(number, problems[hint], dict.fromkeys(checks), report.distribution, style)]
    return [style.heading(TITLE), *lines, "", *style.wrapped(style.say(MORE))] if lines else []


def problem_lines(problem: Problem, distribution: str | None, style: Style) -> Iterator[str]:
    """One known problem by itself, with the way out."""
    head = f"{style.say(problem.title)} ({style.fit(problem.id)})"
    yield from (style.paint(row, "1") for row in style.wrapped(head))
    yield from way_out(problem, distribution, style)


def _hint(
    number: int, problem: Problem, checks: Mapping[str, None], distribution: str | None, style: Style
) -> Iterator[str]:
    head = f"{style.say(problem.title)} ({style.fit(problem.id)})"
    yield from (style.paint(row, "1") for row in style.wrapped(head, INDENT, f"{number}. "))
    yield from style.indented(_filled(FOR, ", ".join(map(style.fit, checks)), style), INDENT)
    yield from way_out(problem, distribution, style)


def way_out(problem: Problem, distribution: str | None, style: Style) -> Iterator[str]:
    """Why the problem is there and how to mend it, by the commands of a distribution."""
    yield from style.indented(_filled(WHY, style.say(problem.cause), style), INDENT)
    for step in problem.steps:
        yield from _step(step, distribution, style)
    if problem.reboot:
        yield from style.indented(style.say(REBOOT), INDENT)
    if problem.risk in RISKS:
        yield from style.indented(style.say(RISKS[problem.risk]), INDENT)
    if problem.warning is not None:
        yield from style.indented(_filled(WARNING, style.say(problem.warning), style), INDENT)


def _step(step: Step, distribution: str | None, style: Style) -> Iterator[str]:
    from envcheck.problems import commands_for

    if step.text is not None:
        yield from style.wrapped(style.say(step.text), INDENT + 2, " " * INDENT + "- ")
    for command in commands_for(step, distribution):
        # As it must be typed: never broken, whatever the width.
        yield " " * (INDENT + 4) + escape.command(command)


def _filled(pattern: Text, text: str, style: Style) -> str:
    return style.say(pattern).format(text)
