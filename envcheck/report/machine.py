"""What has changed between two machine records, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Optional

from envcheck.report.hints import problem_lines
from envcheck.report.layout import pad
from envcheck.text import Found, Text

if TYPE_CHECKING:
    from envcheck.machine import Change, Comparison, Item
    from envcheck.report.style import Style

SCHEMA = "envcheck.machine-comparison/1"

PARTS = {
    "system_uuid": Text("system UUID", "系统 UUID"),
    "board": Text("main board", "主板"),
    "cpu": Text("CPU", "CPU"),
    "disks": Text("disks", "硬盘"),
    "cards": Text("network cards", "网卡"),
    "addresses": Text("addresses", "IP 地址"),
    "installation": Text("installed system", "操作系统安装"),
}
STATUS = {
    "same": Text("same", "未变"),
    "changed": Text("changed", "已变"),
    "unknown": Text("not compared", "未比较"),
}
HEAD = Text("Recorded {}, compared {}", "记录于 {}，比较于 {}")
LOST = Text("known then, not now: {}", "当时已知，现在未知：{}")
SEALED = Text("(sealed)", "（已密封）")
SAME = Text("It is the machine of the record.", "与记录的是同一台机器。")
LOST_SOME = Text(
    "What is known agrees, but some of the record cannot be seen any more: run it as root.",
    "已知部分一致，但记录中的部分内容现在无法读取：请以 root 运行。",
)
CANNOT_BE_TOLD = Text(
    "Whether it is the machine of the record cannot be told: too little of it can be compared.",
    "无法判断是否为记录的机器：可比较的内容太少。",
)
_COLUMN = 18
_INDENT = 2


def render(comparison: Comparison, style: Style) -> str:
    """A line for each part, what went and came, and what it means; with a line break at the end."""
    from envcheck.problems import load_problems
    from envcheck.rulebook import shipped_rules

    head = HEAD.say(style.lang).format(comparison.then.taken, comparison.now.taken)
    lines = [style.fit(head)]
    for change in comparison.changes:
        lines += _change(change, style)
    lines.append("")
    if comparison.meaning is not None:
        problem = load_problems([shipped_rules()])[comparison.meaning]
        lines += problem_lines(problem, None, style)
    else:
        lines += style.wrapped(style.say(_said(comparison)))
    return "".join(f"{line}\n" for line in lines)


def _said(comparison: Comparison) -> Text:
    if comparison.same:
        return SAME
    changed = any(change.status == "changed" for change in comparison.changes)
    lost = any(change.lost for change in comparison.changes)
    return LOST_SOME if lost and not changed else CANNOT_BE_TOLD


def _change(change: Change, style: Style) -> Iterator[str]:
    name = pad(style.say(PARTS[change.part]), _COLUMN)
    status = style.say(STATUS[change.status])
    reason = style.say(Found.of(change.reason))
    said = LOST.say(style.lang).format(reason) if change.lost else reason
    said = f"{status}: {said}" if change.reason else status
    yield from style.wrapped(said, _INDENT + _COLUMN, " " * _INDENT + name)
    for sign, items in (("-", change.gone), ("+", change.come)):
        for item in items:
            yield from style.wrapped(_item(item, style), _INDENT * 2 + 2, " " * _INDENT * 2 + f"{sign} ")


def _item(item: Item, style: Style) -> str:
    ids = style.say(SEALED) if any(":" in each[:2] for each in item.ids) else style.fit(", ".join(item.ids))
    return " ".join(part for part in (style.fit(item.about), ids) if part)


def to_json(comparison: Comparison) -> str:
    """The comparison as JSON of the schema `envcheck.machine-comparison/1`."""
    document = {
        "schema": SCHEMA,
        "same": comparison.same,
        "meaning": comparison.meaning,
        "then": comparison.then.taken,
        "now": comparison.now.taken,
        "changes": [_change_to_json(change) for change in comparison.changes],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _change_to_json(change: Change) -> dict[str, Any]:
    reason: Optional[str] = change.reason or None
    return {
        "part": change.part,
        "status": change.status,
        "gone": [{"ids": list(item.ids), "about": item.about} for item in change.gone],
        "come": [{"ids": list(item.ids), "about": item.about} for item in change.come],
        "reason": reason,
        "lost": change.lost,
    }
