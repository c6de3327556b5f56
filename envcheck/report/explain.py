"""Checks and known problems explained, and the list of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from envcheck.explain import CheckTopic, CombinedTopic
from envcheck.report import escape
from envcheck.report.hints import INDENT, way_out
from envcheck.report.layout import pad, width
from envcheck.report.style import Style
from envcheck.text import Text

if TYPE_CHECKING:
    from envcheck.explain import InModule, Knowledge, Meant, ProblemTopic, Topic
    from envcheck.problems.signature import Signature
    from envcheck.rulebook.dictionary import Described

CHECK = Text("check", "检查项")
PROBLEM = Text("known problem", "常见问题")
LEVELS = {
    "required": Text("required", "强制要求"),
    "recommended": Text("recommended, does not count", "推荐，非强制要求"),
}
WANTED = Text("What the modules want:", "各模块的要求：")
TOGETHER = Text(
    "Where several modules are checked together: {}. Only required checks that apply count.",
    "同时检查多个模块时：{}。仅计入适用的强制检查项。",
)
CLAIMED = Text("What each check claims for its module:", "各检查项为其模块占用的资源：")
SOURCE = Text("Source: {}", "来源：{}")
OURS = Text("experience, not the manual", "经验总结，手册未提及")
REQUIRES = Text("Decided after: {}", "前置检查项：{}")
ONLY_WHERE = Text("Only where {} is: {}", "仅当 {} 为：{}")
PROBED = Text("How it is probed:", "检测方式：")
BEST_FIRST = Text("Asked, best first: {}", "依次查询：{}")
EXAMPLE = Text("For instance: {}", "例如：{}")
MEND = Text("What a miss may mean, and how to mend it:", "未通过的可能原因及处理建议：")
IF_ACTUAL = Text("If: {}", "当：{}")
OR = Text(" - or: ", "；或：")
LOG_LINES = Text("In a log:", "日志关键词：")
ONLY_HINT = Text(
    "(others say so too: only a hint until {} confirms it)", "（其他原因也会出现：须由 {} 确认）"
)
POINTED = Text("Checks that point here: {}", "相关检查项：{}")
ALL_PROBLEMS = Text("Known problems", "常见问题")
FURTHER = Text("envcheck explain ID explains one.", "envcheck explain ID 查看详细说明。")
SHOWN_LINES = 3
"""Examples of log lines that are shown of a signature."""


def render(topics: Iterable[Topic], style: Style) -> str:
    """The explanations, with a line break at the end."""
    blocks = ("\n".join(_topic(topic, style)) for topic in topics)
    return "\n\n".join(blocks) + "\n"


def render_all(knowledge: Knowledge, style: Style) -> str:
    """All checks by module and all problems, a line or two each."""
    lines: list[str] = []
    for module in knowledge.modules:
        checks = knowledge.checks[module.name].values()
        named = {("*" if check.level == "recommended" else "") + check.id: check.title for check in checks}
        head = f"{style.fit(module.name)}: {style.say(module.title)}"
        lines += (style.paint(row, "1") for row in style.wrapped(head))
        lines += [*_named(named, style), ""]
    lines += [style.heading(ALL_PROBLEMS)]
    lines += _named({problem.id: problem.title for problem in knowledge.problems.values()}, style)
    return "\n".join([*lines, "", *style.wrapped(style.say(FURTHER))]) + "\n"


def _named(titles: dict[str, Text], style: Style) -> Iterator[str]:
    beside = max(map(width, titles), default=0) + 2
    for name, title in titles.items():
        yield from style.wrapped(
            style.say(title), INDENT + beside, " " * INDENT + pad(style.fit(name), beside)
        )


def _topic(topic: Topic, style: Style) -> Iterator[str]:
    if isinstance(topic, CombinedTopic):
        yield from _combined(topic, style)
    else:
        yield from _check(topic, style) if isinstance(topic, CheckTopic) else _problem(topic, style)


def _head(name: str, kind: Text, title: Text, style: Style) -> Iterator[str]:
    text = f"{style.fit(name)} ({style.say(kind)}): {style.say(title)}"
    yield from (style.paint(row, "1") for row in style.wrapped(text))


def _heading(text: Text, style: Style) -> Iterator[str]:
    yield ""
    yield from (style.paint(row, "1") for row in style.wrapped(style.say(text)))


def _check(topic: CheckTopic, style: Style) -> Iterator[str]:
    yield from _head(topic.id, CHECK, topic.wanted[0].check.title, style)
    yield from _heading(WANTED, style)
    for wanted in topic.wanted:
        yield from _wanted(wanted, style)
    yield from _heading(PROBED, style)
    for probed in topic.probed:
        yield from _probed(probed, style)
    if topic.problems:
        yield from _heading(MEND, style)
    for number, meant in enumerate(topic.problems, 1):
        yield from _meant(number, meant, style)


def _combined(topic: CombinedTopic, style: Style) -> Iterator[str]:
    yield from _head(topic.id, CHECK, topic.title, style)
    yield from style.indented(_filled(TOGETHER, style.say(topic.requirement), style), INDENT)
    yield from style.indented(_filled(SOURCE, topic.source, style), INDENT)
    yield from _heading(CLAIMED, style)
    for claim in topic.claims:
        text = f"{style.fit(claim.check)}: {style.say(claim.what)}"
        yield from style.wrapped(text, INDENT + 2, " " * INDENT + "- ")


def _wanted(wanted: InModule, style: Style) -> Iterator[str]:
    check = wanted.check
    head = f"{wanted.module} ({style.say(LEVELS[check.level])}): {style.say(check.requirement)}"
    yield from style.wrapped(head, INDENT + 2, " " * INDENT + "- ")
    for condition in check.when:
        said = ONLY_WHERE.say(style.lang).format(condition.fact, condition.require.text().say(style.lang))
        yield from style.indented(style.fit(said), INDENT + 2)
    if check.requires:
        before = ", ".join(dependency.check for dependency in check.requires)
        yield from style.indented(_filled(REQUIRES, before, style), INDENT + 2)
    if check.source:
        yield from style.indented(_filled(SOURCE, check.source, style), INDENT + 2)


def _probed(probed: Described, style: Style) -> Iterator[str]:
    text = Text(probed.text, probed.zh or probed.text).say(style.lang)
    yield from style.wrapped(style.fit(f"{probed.name}: {text}"), INDENT + 2, " " * INDENT + "- ")
    for pattern, text in ((BEST_FIRST, ", ".join(probed.sources)), (EXAMPLE, probed.example)):
        if text:
            yield from style.indented(_filled(pattern, text, style), INDENT + 2)


def _meant(number: int, meant: Meant, style: Style) -> Iterator[str]:
    problem = meant.topic.problem
    yield ""
    head = f"{style.say(problem.title)} ({style.fit(problem.id)})"
    yield from (style.paint(row, "1") for row in style.wrapped(head, INDENT, f"{number}. "))
    if meant.when:
        values = OR.say(style.lang).join(text.say(style.lang) for text in meant.when)
        yield from style.indented(_filled(IF_ACTUAL, values, style), INDENT)
    yield from way_out(problem, None, style)
    yield from _log_lines(meant.topic.signatures, style)


def _problem(topic: ProblemTopic, style: Style) -> Iterator[str]:
    problem = topic.problem
    yield from _head(problem.id, PROBLEM, problem.title, style)
    yield from way_out(problem, None, style)
    source = style.say(OURS) if problem.source == "ours" else problem.source
    yield from style.indented(_filled(SOURCE, source, style), INDENT)
    if topic.checks:
        yield from style.indented(_filled(POINTED, ", ".join(topic.checks), style), INDENT)
    yield from _log_lines(topic.signatures, style)


def _log_lines(signatures: Iterable[Signature], style: Style) -> Iterator[str]:
    """Lines as they stand in logs: what must match, as the base of problems itself says."""
    for number, signature in enumerate(signatures):
        if not number:
            yield from style.indented(style.say(LOG_LINES), INDENT)
        for text in signature.matches[:SHOWN_LINES]:
            for row in text.splitlines():
                yield " " * (INDENT + 4) + escape.command(row.strip())
        if signature.certainty == "hint":
            checks = ", ".join(each.check for each in signature.confirmed_by)
            yield from style.indented(_filled(ONLY_HINT, checks, style), INDENT + 4)
        for caught, meaning in signature.meanings.items():
            yield from style.wrapped(style.say(meaning), INDENT + 10, " " * (INDENT + 4) + f"{caught:>4}: ")


def _filled(pattern: Text, text: str, style: Style) -> str:
    return style.fit(pattern.say(style.lang).format(text))
