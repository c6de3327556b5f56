"""A rule set looked at as a whole: all that the loader refuses, and what it can read but nobody meant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from envcheck.lint.checks import CHECKS, Module
from envcheck.rulebook import Rulebook
from envcheck.rulebook.build import entries_of
from envcheck.rulebook.grammar import parse_requirement
from envcheck.rulebook.parameters import Scope
from envcheck.rulebook.rulebook import KEYS, Header, is_abstract
from envcheck.rulebook.source import Node, RuleError, RuleErrors, nearest, parse_yaml, quoted

_SOUND = b"{title: {en: x, zh: x}, description: {en: x, zh: x}, checks: []}"


class Lenient(Rulebook):
    """Rule sets of which as much is read as can be, to find the next mistake behind the first."""

    def __init__(self, directories: tuple[str, ...]) -> None:
        self.broken: dict[str, list[RuleError]] = {}
        """What is wrong with the top-level keys, by module."""
        super().__init__(directories)

    def known(self, name: str) -> str:
        """The name. Catalogues are read as modules are."""
        return name

    def header(self, name: str) -> Header:
        """The top-level keys that can be used; what is missing is made up."""
        try:
            return super().header(name)
        except RuleErrors as error:
            self.broken[name] = error.errors
            self._headers[name] = {**_fields(parse_yaml(_SOUND, "")), **self._usable(name)}
            return self._headers[name]

    def _usable(self, name: str) -> Header:
        try:
            return _fields(self.tree(name))
        except RuleErrors:
            return {}


def _fields(node: Node) -> Header:
    return {key.text: value for key, value in node.items() if key.text in KEYS}


def findings(rulebook: Lenient, name: str, problems: Collection[str]) -> list[RuleError]:
    """What is wrong or senseless in a rule set."""
    header = rulebook.header(name)
    errors = list(rulebook.broken.get(name, ()))
    parts: list[Callable[[], object]] = [partial(is_abstract, header)]
    if not errors or header["checks"].children:
        parts.append(partial(rulebook.rule_set, name, problems))
    for part in parts:
        try:
            part()
        except RuleErrors as error:
            errors += error.errors
    return errors or list(_senseless(rulebook, name))


def _senseless(rulebook: Lenient, name: str) -> Iterator[RuleError]:
    header = rulebook.header(name)
    scope = Scope(rulebook.parameters(name), {})  # a value may be set anew: none is relied on
    module = Module(
        header["checks"].file, entries_of(rulebook, name), partial(parse_requirement, scope=scope)
    )
    for check in CHECKS:
        yield from check(module)
    for note in header["notes"].list() if "notes" in header else ():
        for other in note.fields(("text", "unless")).get("unless", Node("list", "", 0, 0)).list():
            if other.text not in rulebook.names:
                near = nearest(other.text, rulebook.names)
                yield other.error(f"no module {quoted(other.text)} is known{near}")
