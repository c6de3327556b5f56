"""What is senseless in the checks of a module, though the loader can read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Optional

from envcheck.lint.possible import together, truth
from envcheck.lint.senseless import Parse, senseless
from envcheck.record import Record
from envcheck.rulebook.build import Entries
from envcheck.rulebook.checks import WHY_UNKNOWN
from envcheck.rulebook.grammar import fact_type
from envcheck.rulebook.source import Node, RuleError


class Module(Record):
    """The checks of a module that the loader has found sound, as they are written."""

    file: str
    entries: Entries
    parse: Parse

    def own(self) -> Iterator[tuple[str, dict[str, Node]]]:
        """The id and fields of every check that this file writes or changes."""
        for name, (node, fields) in self.entries.items():
            if node.file == self.file and node.kind == "map":
                yield name, fields


def check_requirements(module: Module) -> Iterator[RuleError]:
    """Checks that can never pass or never fail."""
    for _, fields in module.own():
        if module.file in (fields["fact"].file, fields["require"].file):
            fact = fields["fact"]
            yield from senseless(fields["require"], fact.text, fact_type(fact), module.parse)


def check_conditions(module: Module) -> Iterator[RuleError]:
    """`when:` that holds on every host or on none."""
    for name, fields in module.own():
        for condition in _list_or_one(fields.get("when")):
            parts = condition.fields(("fact", "require"))
            if condition.file != module.file:
                continue
            held = truth(module.parse(parts["require"], fact_type(parts["fact"])), fact_type(parts["fact"]))
            if held != "sometimes":
                always = f"holds for every value of {parts['fact'].text}: leave it out"
                never = f"holds for no value of {parts['fact'].text}: check {name!r} would always be skipped"
                yield parts["require"].error(f"`when` {always if held == 'always' else never}")


def check_hints(module: Module) -> Iterator[RuleError]:
    """Hints that are never shown: their condition cannot hold where the check misses."""
    for name, fields in module.own():
        wanted = fact_type(fields["fact"])
        require = module.parse(fields["require"], wanted)
        yield from _said_twice(fields.get("hints"), module.file)
        for problem, value in _mappings(fields.get("hints")):
            if value.file != module.file or value.text in WHY_UNKNOWN:
                continue
            hint = module.parse(value, wanted)
            if truth(hint, wanted) == "never":
                yield value.error(
                    f"no value of {fields['fact'].text} meets this: {problem.text!r} is never shown"
                )
            elif not together(hint, require, wanted):
                yield value.error(f"where this holds check {name!r} passes: {problem.text!r} is never shown")


def _said_twice(hints: Optional[Node], file: str) -> Iterator[RuleError]:
    seen: set[str] = set()
    for item in hints.list() if hints is not None and hints.file == file else ():
        if item.kind == "scalar" and item.text in seen:
            yield item.error(f"problem {item.text!r} is hinted at here twice")
        seen.add(item.text)


def check_dependencies(module: Module) -> Iterator[RuleError]:
    """`requires:` that never blocks, or that is said twice."""
    levels = {name: fields.get("level") for name, (_, fields) in module.entries.items()}
    for _, fields in module.own():
        seen: set[str] = set()
        for named, unless in _dependencies(fields.get("requires")):
            if named.file != module.file:
                continue
            level = levels[named.text]
            if level is not None and level.text == "recommended":
                yield named.error(f"check {named.text!r} is only recommended: it never blocks another")
            elif unless is not None and _always(module, named.text, unless):
                yield unless.error(f"every value of the fact of {named.text!r} meets this: it never blocks")
            if named.text in seen:
                yield named.error(f"check {named.text!r} is required here twice")
            seen.add(named.text)


def check_ids(module: Module) -> Iterator[RuleError]:
    """Two ids that differ by their hyphens only."""
    yield from alike([(name, node) for name, (node, _) in module.entries.items()], "check", module.file)


def alike(named: Sequence[tuple[str, Node]], what: str, file: str) -> Iterator[RuleError]:
    """Names that differ by their hyphens only; said of the later one, if it stands in `file`."""
    seen: dict[str, str] = {}
    for name, node in named:
        first = seen.setdefault(name.replace("-", ""), name)
        if first != name and node.file == file:
            yield node.error(f"{what} {name!r} is named like {first!r}: one of the two names is to say more")


def _always(module: Module, name: str, unless: Node) -> bool:
    wanted = fact_type(module.entries[name][1]["fact"])
    return truth(module.parse(unless, wanted), wanted) == "always"


def _list_or_one(node: Optional[Node]) -> Sequence[Node]:
    if node is None:
        return ()
    return node.list() if node.kind == "list" else (node,)


def _mappings(node: Optional[Node]) -> Iterator[tuple[Node, Node]]:
    for item in node.list() if node is not None else ():
        yield from item.items() if item.kind == "map" else ()


def _dependencies(node: Optional[Node]) -> Iterator[tuple[Node, Optional[Node]]]:
    for item in node.list() if node is not None else ():
        yield item.items()[0] if item.kind == "map" else (item, None)


CHECKS: Sequence[Callable[[Module], Iterator[RuleError]]] = (
    check_requirements,
    check_conditions,
    check_hints,
    check_dependencies,
    check_ids,
)
"""What is looked at once the loader finds nothing wrong."""
