"""Checks as they are written in a rule file, turned into the model and checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast

from envcheck.lazy import regex
from envcheck.results import Level
from envcheck.rulebook.grammar import fact_type, parse_requirement
from envcheck.rulebook.model import Check, Condition, Dependency, HintRule, Shown, WhyUnknown
from envcheck.rulebook.source import Node, nearest

KEYS = (
    "id",
    "title",
    "fact",
    "require",
    "requirement",
    "level",
    "requires",
    "when",
    "hints",
    "show",
    "source",
)
WHY_UNKNOWN = ("unknown", "denied")
LEVELS = ("required", "recommended")

_ID = regex(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_id(node: Node) -> str:
    """The id of an entry of `checks`: an id alone, or a mapping with the key `id`."""
    named = node if node.kind == "scalar" else {key.text: value for key, value in node.items()}.get("id")
    if named is None:
        raise node.error("the key 'id' is missing")
    if not _ID.fullmatch(named.string()):
        raise named.error(f"{named.text!r} is no id: lower-case words joined by hyphens")
    return named.text


def own_fields(node: Node) -> dict[str, Node]:
    """What an entry says itself; an id alone says nothing more."""
    return {} if node.kind == "scalar" else node.fields(KEYS)


def build_check(node: Node, name: str, fields: Mapping[str, Node]) -> Check:
    """A check from its fields, inherited ones included. Raises RuleError."""
    for key in ("title", "fact", "require"):
        if key not in fields:
            raise node.error(f"check {name!r} has no {key!r}, and inherits none")
    condition = _condition(fields)
    return Check(
        id=name,
        title=fields["title"].bilingual(),
        condition=condition,
        requirement=fields["requirement"].bilingual()
        if "requirement" in fields
        else condition.require.text(),
        level=_level(fields),
        requires=(),
        when=tuple(_conditions(fields)),
        hints=tuple(_hint(item, fields["fact"]) for item in _items(fields, "hints")),
        show=tuple(_shown(item) for item in _items(fields, "show")),
        source=fields["source"].string() if "source" in fields else "",
    )


def dependencies(fields: Mapping[str, Node], name: str, facts: Mapping[str, Node]) -> tuple[Dependency, ...]:
    """The checks that this one requires, by the `facts` of all checks of the module."""
    return tuple(_dependency(item, name, facts) for item in _items(fields, "requires"))


def check_hints(fields: Mapping[str, Node], problems: Collection[str]) -> None:
    """Raise RuleError for a hint that is no known problem."""
    for item in _items(fields, "hints"):
        named = item if item.kind == "scalar" else item.items()[0][0]
        if named.text not in problems:
            raise named.error(f"unknown problem {named.text!r}{nearest(named.text, problems)}")


def _condition(fields: Mapping[str, Node]) -> Condition:
    fact = fields["fact"]
    return Condition(fact.string(), parse_requirement(fields["require"], fact_type(fact)))


def _conditions(fields: Mapping[str, Node]) -> list[Condition]:
    if "when" not in fields:
        return []
    node = fields["when"]
    nodes = node.list() if node.kind == "list" else [node]
    return [_condition(item.fields(("fact", "require"), required=("fact", "require"))) for item in nodes]


def _level(fields: Mapping[str, Node]) -> Level:
    if "level" not in fields:
        return "required"
    node = fields["level"]
    if node.string() not in LEVELS:
        raise node.error(f"unknown level {node.text!r}{nearest(node.text, LEVELS)}")
    return cast(Level, node.text)


def _items(fields: Mapping[str, Node], key: str) -> list[Node]:
    return fields[key].list() if key in fields else []


def _single(item: Node, what: str) -> tuple[Node, Node]:
    entries = item.items()
    if len(entries) != 1:
        raise item.error(f"one {what} and what it depends on is wanted here: `- {what}: requirement`")
    return entries[0]


def _hint(item: Node, fact: Node) -> HintRule:
    if item.kind == "scalar":
        return HintRule(item.string())
    problem, wanted = _single(item, "problem")
    if wanted.text in WHY_UNKNOWN:
        return HintRule(problem.string(), when_unknown=cast("WhyUnknown", wanted.text))
    return HintRule(problem.string(), Condition(fact.text, parse_requirement(wanted, fact_type(fact))))


def _dependency(item: Node, name: str, facts: Mapping[str, Node]) -> Dependency:
    named, wanted = (item, None) if item.kind == "scalar" else _single(item, "check")
    if named.text == name:
        raise named.error(f"check {name!r} requires itself")
    if named.string() not in facts:
        raise named.error(f"no check {named.text!r} in this module{nearest(named.text, facts)}")
    if wanted is None:
        return Dependency(named.text, None)
    fact = facts[named.text]
    return Dependency(named.text, Condition(fact.text, parse_requirement(wanted, fact_type(fact))))


def _shown(item: Node) -> Shown:
    fields = item.fields(("fact", "label"), required=("fact", "label"))
    fact_type(fields["fact"])
    return Shown(fields["fact"].text, fields["label"].bilingual())
