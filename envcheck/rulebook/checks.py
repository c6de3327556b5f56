"""Checks as they are written in a rule file, turned into the model and checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Optional, cast

from envcheck.lazy import regex
from envcheck.results import Level
from envcheck.rulebook.claims import read_claim
from envcheck.rulebook.grammar import fact_type, parse_requirement
from envcheck.rulebook.model import Check, Condition, Dependency, HintRule, Shown, WhyUnknown
from envcheck.rulebook.parameters import NO_PARAMETERS, Scope
from envcheck.rulebook.source import Node, RuleErrors, each, is_id, nearest, quoted, refuse

if TYPE_CHECKING:
    from envcheck.rulebook.requirement import Requirement
    from envcheck.rulebook.types import Type

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
    "needs",
    "waivable",
    "claims",
)
WHY_UNKNOWN = ("unknown", "denied")
LEVELS = ("required", "recommended")

_NO_ID = regex(r"[^a-z0-9]+")


def check_id(node: Node) -> str:
    """The id of an entry of `checks`: an id alone, or a mapping with the key `id`."""
    named = node if node.kind == "scalar" else node.by_key().get("id")
    if named is None:
        raise node.error("the key 'id' is missing")
    if not is_id(named.string()):
        meant = _NO_ID.sub("-", named.text.lower()).strip("-")
        advice = f"; did you mean {quoted(meant)}?" if meant else ""
        raise named.error(f"{quoted(named.text)} is no id: lower-case words joined by hyphens{advice}")
    return named.text


def own_fields(node: Node) -> dict[str, Node]:
    """What an entry says itself; an id alone says nothing more."""
    return {} if node.kind == "scalar" else node.fields(KEYS)


def build_check(node: Node, name: str, fields: Mapping[str, Node], scope: Scope = NO_PARAMETERS) -> Check:
    """A check from its fields, inherited ones included. Raises RuleErrors with all that is wrong."""
    values: dict[str, Any] = {}
    errors = [
        node.error(f"check {name!r} has no {key!r}, and inherits none")
        for key in ("title", "fact", "require")
        if key not in fields
    ]
    for key in fields.keys() & _READERS.keys() if "fact" in fields else ():
        try:
            values[key] = _READERS[key](fields, scope)
        except RuleErrors as error:
            errors += error.errors
    refuse(errors)
    condition = Condition(fields["fact"].text, values["require"])
    claim = read_claim(fields["claims"], condition.require, scope) if "claims" in fields else None
    return Check(
        id=name,
        title=values["title"],
        condition=condition,
        requirement=values["requirement"] if "requirement" in values else condition.require.text(),
        level=values.get("level", "required"),
        requires=(),
        when=values.get("when", ()),
        hints=values.get("hints", ()),
        show=values.get("show", ()),
        source=values.get("source", ""),
        claim=claim,
    )


def dependencies(
    fields: Mapping[str, Node],
    name: str,
    facts: Mapping[str, Optional[Node]],
    scope: Scope = NO_PARAMETERS,
) -> tuple[Dependency, ...]:
    """The checks that this one requires, by the `facts` of all checks of the module."""
    return tuple(each(lambda item: _dependency(item, name, facts, scope), _items(fields, "requires")))


def check_hints(fields: Mapping[str, Node], problems: Optional[Collection[str]]) -> None:
    """Raise RuleErrors for hints that are no known problems, where those are known."""
    if problems is not None:
        each(lambda item: _check_hint(item, problems), _items(fields, "hints"))


def _check_hint(item: Node, problems: Collection[str]) -> None:
    named = item if item.kind == "scalar" else _single(item, "problem")[0]
    if named.string() not in problems:
        raise named.error(f"unknown problem {quoted(named.text)}{nearest(named.text, problems)}")


def _condition(fields: Mapping[str, Node], scope: Scope) -> Condition:
    return Condition(fields["fact"].string(), _requirement(fields, scope))


def _requirement(fields: Mapping[str, Node], scope: Scope) -> Requirement:
    return parse_requirement(fields["require"], _asked(fields["fact"], scope), scope)


def _asked(fact: Node, scope: Scope) -> Type:
    """The type of a fact; what its probe is asked with is then used."""
    wanted = fact_type(fact)
    scope.ask(fact)
    return wanted


def _conditions(node: Node, scope: Scope) -> list[Condition]:
    nodes = node.list() if node.kind == "list" else [node]
    return each(lambda item: _condition(item.fields(("fact", "require"), ("fact", "require")), scope), nodes)


def _level(node: Node) -> Level:
    if node.string() not in LEVELS:
        raise node.error(f"unknown level {quoted(node.text)}{nearest(node.text, LEVELS)}")
    return cast(Level, node.text)


def _items(fields: Mapping[str, Node], key: str) -> list[Node]:
    return fields[key].list() if key in fields else []


def _single(item: Node, what: str) -> tuple[Node, Node]:
    entries = item.items()
    if len(entries) != 1:
        raise item.error(f"one {what} and what it depends on is wanted here: `- {what}: requirement`")
    return entries[0]


def _hint(item: Node, fact: Node, scope: Scope) -> HintRule:
    if item.kind == "scalar":
        return HintRule(item.string())
    problem, wanted = _single(item, "problem")
    if wanted.text in WHY_UNKNOWN:
        return HintRule(problem.string(), when_unknown=cast("WhyUnknown", wanted.text))
    return HintRule(problem.string(), Condition(fact.text, parse_requirement(wanted, fact_type(fact), scope)))


def _dependency(item: Node, name: str, facts: Mapping[str, Optional[Node]], scope: Scope) -> Dependency:
    named, wanted = (item, None) if item.kind == "scalar" else _single(item, "check")
    if named.string() == name:
        raise named.error(f"check {name!r} requires itself")
    if named.text not in facts:
        raise named.error(f"no check {quoted(named.text)} in this module{nearest(named.text, facts)}")
    fact = facts[named.text]
    if wanted is None or fact is None:
        return Dependency(named.text, None)
    return Dependency(named.text, Condition(fact.text, parse_requirement(wanted, fact_type(fact), scope)))


def _shown(item: Node, scope: Scope) -> Shown:
    fields = item.fields(("fact", "label"), required=("fact", "label"))
    _asked(fields["fact"], scope)
    return Shown(fields["fact"].text, scope.bilingual(fields["label"]))


def _hints(fields: Mapping[str, Node], scope: Scope) -> tuple[HintRule, ...]:
    return tuple(each(lambda item: _hint(item, fields["fact"], scope), fields["hints"].list()))


_READERS: Mapping[str, Callable[[Mapping[str, Node], Scope], object]] = {
    "title": lambda fields, scope: scope.bilingual(fields["title"]),
    "require": _requirement,
    "requirement": lambda fields, scope: scope.bilingual(fields["requirement"]),
    "level": lambda fields, _: _level(fields["level"]),
    "when": lambda fields, scope: tuple(_conditions(fields["when"], scope)),
    "hints": _hints,
    "show": lambda fields, scope: tuple(each(lambda item: _shown(item, scope), fields["show"].list())),
    "source": lambda fields, _: fields["source"].string(),
    "waivable": lambda fields, _: fields["waivable"].flag(),
    "needs": lambda fields, scope: each(lambda item: scope.find(item, item.string()), fields["needs"].list()),
}
"""What each key of a check means, by the fields of the check and the parameters."""
