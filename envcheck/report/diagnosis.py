"""A diagnosis as a person reads it: each problem with its evidence and the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from envcheck.diagnosis import Confirmation, Diagnosis, Evidence, Finding
from envcheck.report import escape
from envcheck.report.hints import way_out
from envcheck.report.layout import plain
from envcheck.report.style import Style
from envcheck.text import Found, Text

if TYPE_CHECKING:
    from envcheck.problems import Problem

INDENT = 3
SHOWN_LOGS = 10
CERTAINTY = {
    "confirmed": Text("confirmed: the log says it and the host agrees", "已确认：日志与主机状态一致"),
    "sure": Text("known problem: the log says it", "已知问题：日志已明确说明"),
    "hint": Text("a hint only: others say the same for other reasons", "仅为线索：其他原因也会有同样的日志"),
}
VERDICTS = {
    "confirms": Text("Check {}: it is {}, as with this problem.", "检查项 {}：当前为 {}，与此问题相符。"),
    "contradicts": Text(
        "Check {}: it is {} now; with this problem: {}.", "检查项 {}：当前为 {}；此问题应为：{}。"
    ),
    "unknown": Text("Check {} would confirm it ({}): {}", "检查项 {} 可确认（{}）：{}"),
}
COUNT = Text("{} lines", "{} 行")
ONE = Text("1 line", "1 行")
TIMES = Text("{}, from {} to {}", "{}，从 {} 到 {}")
AT = Text("{}, at {}", "{}，时间 {}")
IN = Text("In: {}", "所在日志：{}")
MEANS = Text("{} ({} lines): {}", "{}（{} 行）：{}")
NO_MEANING = Text("no meaning is known here", "含义未知")
PASSED = Text("Passed over:", "已跳过：")
MORE = Text("… and {} more", "……另有 {} 个")
READ = Text("Logs read: {} ({} bytes)", "已读日志：{} 个（{} 字节）")
LOG = Text("Log: ", "日志：")
NOTHING = Text("No known problem was found in the logs.", "日志中未发现已知问题。")
HINTS = Text("No known problem for sure; hints: {}.", "未发现确定的已知问题；线索：{} 个。")
FOUND = Text("Known problems found: {}.", "发现已知问题：{} 个。")


def render(diagnosis: Diagnosis, problems: Mapping[str, Problem], style: Style) -> str:
    """The whole diagnosis, with a line break at its end."""
    blocks = [list(_head(diagnosis, style))]
    blocks += [
        list(_finding(number, each, problems, diagnosis.distribution, style))
        for number, each in enumerate(diagnosis.findings, 1)
    ]
    blocks += [list(_passed(diagnosis, style)), [conclusion(diagnosis, style)]]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def conclusion(diagnosis: Diagnosis, style: Style) -> str:
    """The last line."""
    count = sum(each.certainty != "hint" for each in diagnosis.findings)
    if count:
        return style.heading(Text.same(style.say(FOUND).format(count)))
    if diagnosis.findings:
        return style.say(HINTS).format(len(diagnosis.findings))
    return style.say(NOTHING)


def _head(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    if diagnosis.log is not None:
        yield LOG.say(style.lang) + escape.command(diagnosis.log)
    yield style.say(READ).format(len(diagnosis.logs), sum(each.size for each in diagnosis.logs))


def _finding(
    number: int, finding: Finding, problems: Mapping[str, Problem], distribution: str | None, style: Style
) -> Iterator[str]:
    head = f"{style.say(finding.title)} ({style.fit(finding.problem)})"
    yield from (style.paint(row, "1") for row in style.wrapped(head, INDENT, f"{number}. "))
    yield from style.indented(style.say(CERTAINTY[finding.certainty]), INDENT)
    yield from style.indented(_counted(finding, style), INDENT)
    if len(finding.logs) > 1:
        yield from style.indented(_logs(finding, style), INDENT)
    for meaning in finding.meanings:
        text = style.say(meaning.text or NO_MEANING)
        yield from style.indented(
            style.say(MEANS).format(style.fit(meaning.caught), meaning.count, text), INDENT
        )
    for confirmation in finding.confirmations:
        yield from style.indented(_confirmation(confirmation, style), INDENT)
    for evidence in finding.evidence:
        yield from _evidence(evidence, style)
    if finding.problem in problems:
        yield from way_out(problems[finding.problem], distribution, style)


def _counted(finding: Finding, style: Style) -> str:
    count = style.say(ONE) if finding.count == 1 else style.say(COUNT).format(finding.count)
    if finding.first is None:
        return count
    first, last = style.fit(finding.first), style.fit(finding.last or finding.first)
    return (
        style.say(AT).format(count, first) if first == last else style.say(TIMES).format(count, first, last)
    )


def _logs(finding: Finding, style: Style) -> str:
    shown = [f"{style.fit(name)} ({count})" for name, count in finding.logs[:SHOWN_LOGS]]
    if len(finding.logs) > SHOWN_LOGS:
        shown.append(style.say(MORE).format(len(finding.logs) - SHOWN_LOGS))
    return style.say(IN).format(", ".join(shown))


def _confirmation(confirmation: Confirmation, style: Style) -> str:
    pattern = style.say(VERDICTS[confirmation.verdict])
    check, requirement = style.fit(confirmation.check), style.say(confirmation.requirement)
    actual = "" if confirmation.actual is None else style.say(confirmation.actual)
    if confirmation.verdict == "unknown":
        reason = "" if confirmation.reason is None else style.say(confirmation.reason)
        return pattern.format(check, requirement, reason)
    return pattern.format(check, actual, requirement)


def _evidence(evidence: Evidence, style: Style) -> Iterator[str]:
    """The line as it stands in the log, whole: it is there to be read and searched for."""
    indent = " " * INDENT
    yield f"{indent}{style.fit(evidence.log)}:{evidence.line}:"
    yield from (f"{indent}    {_as_it_stands(line, style)}" for line in evidence.before)
    yield f"{indent}  > {_as_it_stands(evidence.text, style)}"
    yield from (f"{indent}    {_as_it_stands(line, style)}" for line in evidence.after)


def _as_it_stands(line: str, style: Style) -> str:
    safe = escape.command(line.rstrip().expandtabs())
    return plain(safe) if style.ascii_signs else safe


def _passed(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    if diagnosis.passed_over:
        yield style.heading(PASSED)
    for each in diagnosis.passed_over:
        yield f"  {style.fit(each.name)}: {style.say(Found.of(each.reason))}"
