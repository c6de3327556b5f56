"""Building the checks of a module: inheritance resolved, every mistake gathered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Optional

from envcheck.rulebook.checks import build_check, check_hints, check_id, dependencies, own_fields
from envcheck.rulebook.model import Check
from envcheck.rulebook.rulebook import is_abstract
from envcheck.rulebook.source import Node, RuleError, RuleErrors, nearest

if TYPE_CHECKING:
    from envcheck.rulebook.rulebook import Rulebook

Entries = dict[str, tuple[Node, dict[str, Node]]]
"""By id: the entry that defines the check, and its fields with the inherited ones."""


def build_checks(rulebook: Rulebook, name: str, problems: Optional[Collection[str]]) -> tuple[Check, ...]:
    """The checks of a module in order. Raises RuleErrors with everything that is wrong."""
    entries = _entries(rulebook, name)
    if not entries:
        raise rulebook.header(name)["checks"].error("a module without a check would pass on every host")
    return _Builder(entries, problems).checks()


def _entries(rulebook: Rulebook, name: str, below: tuple[str, ...] = ()) -> Entries:
    """The checks of a module by id, in order, each with the fields it inherits."""
    header = rulebook.header(name)
    entries: Entries = {}
    catalogue: Entries = {}
    if "extends" in header:
        parent = _parent(rulebook, header["extends"], (*below, name))
        catalogue = _entries(rulebook, parent, (*below, name))
        if not is_abstract(rulebook.header(parent)):
            entries = dict(catalogue)
    seen: set[str] = set()
    for node in header["checks"].list():
        key = check_id(node)
        if key in seen:
            raise node.error(f"check {key!r} stands here twice")
        seen.add(key)
        if node.kind == "scalar" and key not in catalogue:
            raise node.error(f"no check {key!r} to inherit{nearest(key, catalogue)}")
        inherited = catalogue[key][1] if key in catalogue else {}
        entries[key] = (node, {**inherited, **own_fields(node)})
    return entries


def _parent(rulebook: Rulebook, node: Node, below: tuple[str, ...]) -> str:
    name = node.string()
    if name not in rulebook.names:
        raise node.error(f"no rule set {name!r} to extend{nearest(name, rulebook.names)}")
    if name in below:
        raise node.error(f"{name!r} extends itself: {' > '.join((*below, name))}")
    return name


class _Builder:
    """Builds the checks of a module and gathers every error on the way."""

    def __init__(self, entries: Entries, problems: Optional[Collection[str]]) -> None:
        self.entries = entries
        self.problems = problems
        self.facts = {key: fields["fact"] for key, (_, fields) in entries.items() if "fact" in fields}

    def checks(self) -> tuple[Check, ...]:
        checks: list[Check] = []
        errors: list[RuleError] = []
        for key, (node, fields) in self.entries.items():
            try:
                checks.append(self.check(key, node, fields))
            except RuleError as error:
                errors.append(error)
        errors = errors or list(_cycles(checks, self.entries))
        if errors:
            raise RuleErrors(errors)
        return tuple(checks)

    def check(self, key: str, node: Node, fields: dict[str, Node]) -> Check:
        check = build_check(node, key, fields)
        if self.problems is not None:
            check_hints(fields, self.problems)
        return check._replace(requires=dependencies(fields, key, self.facts))


def _cycles(checks: Sequence[Check], entries: Entries) -> Iterator[RuleError]:
    requires = {check.id: [dependency.check for dependency in check.requires] for check in checks}
    for start, direct in requires.items():
        reached: set[str] = set()
        todo = list(direct)
        while todo:
            name = todo.pop()
            if name not in reached:
                reached.add(name)
                todo.extend(requires[name])
        if start in reached:
            yield entries[start][0].error(f"check {start!r} requires itself by way of others")
            return
