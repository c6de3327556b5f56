"""A rule set looked at as a whole: all that the loader refuses, and what it can read but nobody meant."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import Optional

from envcheck.lint.checks import CHECKS, Module
from envcheck.rulebook import Rulebook
from envcheck.rulebook.build import build_checks, entries_of
from envcheck.rulebook.grammar import parse_requirement
from envcheck.rulebook.model import Part
from envcheck.rulebook.parameters import Scope
from envcheck.rulebook.rulebook import KEYS, Header, is_abstract, read_notes
from envcheck.rulebook.source import Node, RuleError, RuleErrors, nearest, parse_yaml, quoted

PARTS: tuple[Part, ...] = ("checks", "verify")
_SOUND = b"{title: {en: x, zh: x}, description: {en: x, zh: x}, checks: []}"


class Lenient(Rulebook):
    """Rule sets of which as much is read as can be, to find the next mistake behind the first."""

    def __init__(self, directories: Sequence[str], skipped: Collection[str] = ()) -> None:
        self.broken: dict[str, list[RuleError]] = {}
        """What is wrong with the top-level keys, by module."""
        self.skipped = skipped
        super().__init__(directories)

    def _listed(self, directory: str) -> list[str]:
        return [
            name for name in super()._listed(directory) if os.path.join(directory, name) not in self.skipped
        ]

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

    def changed_by(self, path: str) -> Optional[str]:
        """The rule set that a file changes, if it is an overlay."""
        found = ((name, each) for name, overlays in self._overlays.items() for each in overlays)
        return next((name for name, overlay in found if overlay["overlay"].file == path), None)

    def _usable(self, name: str) -> Header:
        try:
            return _fields(self.tree(name))
        except RuleErrors:
            return {}


def _fields(node: Node) -> Header:
    return {key.text: value for key, value in node.items() if key.text in KEYS}


def read(directories: Sequence[str]) -> tuple[Lenient, list[RuleError]]:
    """The rule sets of these directories, without the files that cannot stand among them; and why not."""
    errors: list[RuleError] = []
    while True:
        try:
            return Lenient(directories, {error.file for error in errors}), errors
        except RuleErrors as error:
            errors += error.errors


def findings(rulebook: Lenient, path: str, problems: Collection[str]) -> list[RuleError]:
    """What is wrong or senseless in a file: a rule set, or an overlay of one."""
    name = os.path.splitext(os.path.basename(path))[0]
    target = rulebook.changed_by(path)
    if target is not None:
        errors = [error for error in _refused(rulebook, target, problems) if error.file == path]
        return errors or [*_idle(rulebook, target, path), *_senseless(rulebook, target, path)]
    return _refused(rulebook, name, problems) or list(_senseless(rulebook, name, path))


def _idle(rulebook: Lenient, target: str, path: str) -> Iterator[RuleError]:
    """An overlay without a change."""
    (header,) = (each for each in rulebook.overlays(target) if each["overlay"].file == path)
    if not any(header[key].children for key in ("params", *PARTS) if key in header):
        yield header["overlay"].error("this overlay changes nothing: it names no check and no parameter")


def _refused(rulebook: Lenient, name: str, problems: Collection[str]) -> list[RuleError]:
    """What the loader refuses in a rule set."""
    header = rulebook.header(name)
    errors = list(rulebook.broken.get(name, ()))
    parts: list[Callable[[], object]] = [partial(is_abstract, header)]
    if not errors or header["checks"].children:
        parts.append(partial(rulebook.rule_set, name, problems))
    if any("verify" in each for each in (header, *rulebook.overlays(name))):
        parts.append(partial(rulebook.rule_set, name, problems, part="verify"))
    for part in parts:
        try:
            part()
        except RuleErrors as error:
            errors += error.errors
    return errors


class _Using(Scope):
    """Parameters, of which it is kept which are used anywhere."""

    def fresh(self) -> Scope:
        """Itself: what one check uses is used."""
        return self


def _unused(rulebook: Lenient, name: str, path: str) -> Iterator[RuleError]:
    """Parameters of this file that nothing uses, where no other rule set might."""
    header = rulebook.header(name)
    others = [rulebook.header(other) for other in rulebook.names]
    if is_abstract(header) or any(name == each["extends"].text for each in others if "extends" in each):
        return
    scope = _Using(rulebook.parameters(name), {})
    for part in PARTS:
        if entries_of(rulebook, name, part=part):
            build_checks(rulebook, name, None, scope, part)
    read_notes(header, scope)
    for each in (header, *rulebook.overlays(name)):
        for key, _ in each["params"].items() if "params" in each and each["params"].file == path else ():
            if key.text not in {*scope.used, *scope.asked}:
                yield key.error(f"nothing uses the parameter {key.text!r}: ${key.text} stands nowhere")


def _senseless(rulebook: Lenient, name: str, path: str) -> Iterator[RuleError]:
    """What can be read in this file but makes no sense. Nothing is relied on that can be set anew."""
    scope = Scope(rulebook.parameters(name), {})
    try:
        for part in PARTS:
            entries = entries_of(rulebook, name, part=part)
            module = Module(path, entries, partial(parse_requirement, scope=scope))
            for check in CHECKS:
                yield from check(module)
        yield from _unused(rulebook, name, path)
    except RuleErrors:
        return  # of another file, that is looked at by itself
    notes = rulebook.header(name).get("notes")
    for note in notes.list() if notes is not None and notes.file == path else ():
        unless = {key.text: value for key, value in note.items()}.get("unless")
        for other in unless.list() if unless is not None else ():
            if other.text not in rulebook.names:
                near = nearest(other.text, rulebook.names)
                yield other.error(f"no module {quoted(other.text)} is known{near}")
