"""Building the checks of a module: inheritance resolved, every mistake gathered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Optional

from envcheck.errors import RequestError
from envcheck.rulebook.checks import build_check, check_hints, check_id, dependencies, own_fields
from envcheck.rulebook.model import Check, Dependency, Part
from envcheck.rulebook.overlay import NEW, apply, changed, still_required
from envcheck.rulebook.parameters import NO_PARAMETERS, Scope
from envcheck.rulebook.rulebook import is_abstract
from envcheck.rulebook.source import MAX_ERRORS, Node, RuleError, RuleErrors, each, nearest, refuse

if TYPE_CHECKING:
    from envcheck.rulebook.rulebook import Rulebook

Entry = tuple[Node, dict[str, Node]]
"""The entry that defines a check, and its fields with the inherited ones."""


_EXTENDS_NOTHING = ": this rule set extends none; `extends: common` offers the checks of the catalogue"
MAX_CHAIN = 100
"""Checks that require one another in a row; whoever decides the first decides all of them."""


class Entries(dict[str, Entry]):
    """The checks of a module by id, in order, with what is wrong with their entries."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[RuleError] = []
        self.broken: set[str] = set()
        """Ids of entries that cannot be used. What refers to one of them is not at fault."""
        self.removed: dict[str, Node] = {}
        """Ids of checks that an overlay took away, and where."""


def build_checks(
    rulebook: Rulebook,
    name: str,
    problems: Optional[Collection[str]],
    scope: Scope = NO_PARAMETERS,
    part: Part = "checks",
) -> tuple[Check, ...]:
    """The checks of a module in order. Raises RuleErrors with everything that is wrong.

    Raises RequestError for a module that cannot be verified after its installation.
    """
    entries = entries_of(rulebook, name, part=part)
    if not entries and not entries.errors:
        if part == "verify":
            raise RequestError(f"{name!r} has no checks for after its installation: nothing to verify")
        raise rulebook.header(name)["checks"].error("a module without a check would pass on every host")
    return _Builder(rulebook, entries, problems, scope).checks()


def entries_of(rulebook: Rulebook, name: str, below: tuple[str, ...] = (), part: Part = "checks") -> Entries:
    """The checks of a module by id, in order, each with the fields it inherits. Raises RuleErrors.

    Those that verify it inherit from such checks of the rule set that it extends, but only where
    they are named: what runs differs more than what is needed. A name alone may also be that of
    a check before the installation.
    """
    header = rulebook.header(name)
    found, catalogue = Entries(), Entries()
    if "extends" in header:
        parent = rulebook.parent(name, below)
        catalogue = _extended(rulebook, parent, (*below, name), part)
        found.errors += catalogue.errors
        found.broken |= catalogue.broken
        if part == "checks" and not is_abstract(rulebook.header(parent)):
            found.update(catalogue)
    nodes = header[part].list() if part in header else []
    if part == "verify" and any(node.kind == "scalar" for node in nodes):
        catalogue = _with_earlier(catalogue, entries_of(rulebook, name, below))
    seen: set[str] = set()
    for node in nodes:
        try:
            _add(node, found, catalogue if catalogue or "extends" in header else None, seen)
        except RuleErrors as error:
            found.errors += error.errors
            if len(found.errors) >= MAX_ERRORS:
                break
    for overlay in rulebook.overlays(name):
        apply(overlay, name, found, part)
    found.errors += still_required(found) if found.removed else ()
    return found


def _extended(rulebook: Rulebook, name: str, below: tuple[str, ...], part: Part) -> Entries:
    """The checks of a rule set that others extend, not to be changed."""
    found = rulebook.extended.get((name, part))
    if found is None:
        found = rulebook.extended[name, part] = entries_of(rulebook, name, below, part)
    return found


def _with_earlier(catalogue: Entries, earlier: Entries) -> Entries:
    """And the checks before the installation; what is wrong with one of them is said there."""
    both = Entries()
    both.update({**earlier, **catalogue})
    both.broken = catalogue.broken | earlier.broken
    both.removed = catalogue.removed
    return both


def _add(node: Node, found: Entries, extended: Optional[Entries], seen: set[str]) -> None:
    key = ""
    catalogue = Entries() if extended is None else extended
    try:
        key = check_id(node)
        if key in seen:
            raise node.error(f"check {key!r} stands here twice")
        seen.add(key)
        if key in catalogue.removed and (node.kind == "scalar" or not own_fields(node).keys() >= set(NEW)):
            raise catalogue.removed[key].error(f"check {key!r} cannot be removed: {node.file} takes it up")
        if node.kind == "scalar" and key not in catalogue and key not in catalogue.broken:
            near = _EXTENDS_NOTHING if extended is None else nearest(key, catalogue)
            raise node.error(f"no check {key!r} to inherit{near}")
        inherited = catalogue[key][1] if key in catalogue else {}
        found[key] = (node, changed(inherited, own_fields(node)))
    except RuleErrors:
        found.broken.update((key,) if key else map(_text, node.children[1::2]))
        raise


def _text(node: Node) -> str:
    return node.text.lower()


class _Builder:
    """Builds the checks of a module and gathers every error on the way."""

    def __init__(
        self, rulebook: Rulebook, entries: Entries, problems: Optional[Collection[str]], scope: Scope
    ) -> None:
        self.known = rulebook.built
        self.entries = entries
        self.problems = problems
        self.scope = scope
        self.facts = {key: fields.get("fact") for key, (_, fields) in entries.items()}
        self.facts.update(dict.fromkeys(entries.broken - self.facts.keys()))

    def built(self, node: Node, key: str, fields: Mapping[str, Node], scope: Scope) -> Check:
        """The check but for what it requires; what several modules have alike is built once."""
        parts = (key, *fields.values())
        check = self.known.get(parts)
        if check is None:
            check = build_check(node, key, fields, scope)
            if not scope.consulted:
                self.known[parts] = check
        return check

    def checks(self) -> tuple[Check, ...]:
        errors = list(self.entries.errors)
        checks: list[Check] = []
        try:
            checks = each(self.check, self.entries.items())
        except RuleErrors as error:
            errors += error.errors
        refuse(errors)
        refuse(list(_cycles(checks, self.entries)))
        return tuple(checks)

    def check(self, item: tuple[str, Entry]) -> Check:
        key, (node, fields) = item
        scope = self.scope.fresh()
        parts: Iterable[Any] = (
            partial(self.built, node, key, fields, scope),
            partial(check_hints, fields, self.problems),
            partial(dependencies, fields, key, self.facts, scope),
        )
        check: Check
        requires: tuple[Dependency, ...]
        check, _, requires = each(_call, parts)
        return check._replace(requires=requires, unset=scope.unset)


def _call(part: Any) -> Any:  # noqa: ANN401 - each part returns something of its own
    return part()


def _cycles(checks: Iterable[Check], entries: Mapping[str, Entry]) -> Iterator[RuleError]:
    """The first check that requires itself by way of others, or too many of them, if there is one."""
    requires = {check.id: [dependency.check for dependency in check.requires] for check in checks}
    done: dict[str, int] = {}  # and how many checks stand one behind the other from there on
    for start, direct in requires.items():
        path = {} if start in done else {start: iter(direct)}
        while path:
            here, rest = next(reversed(path.items()))
            after = next((name for name in rest if name not in done), None)
            if after is None:
                done[here] = 1 + max((done[name] for name in requires[here]), default=0)
                del path[here]
                if done[here] > MAX_CHAIN:
                    node = entries[here][1]["requires"]
                    yield node.error(f"more than {MAX_CHAIN} checks require one another in a row")
                    return
            elif after in path:
                way = list(path)[list(path).index(after) :]
                circle = " > ".join(map(repr, (*way, after)))
                yield entries[after][1]["requires"].error(f"check {after!r} requires itself: {circle}")
                return
            else:
                path[after] = iter(requires[after])
