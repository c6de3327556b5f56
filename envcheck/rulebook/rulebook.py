"""All rule sets at hand: found by module name, read when asked for, checked whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

from envcheck.errors import RequestError
from envcheck.results import Text
from envcheck.rulebook.checks import build_check, check_hints, check_id, dependencies, own_fields
from envcheck.rulebook.model import Check, ModuleInfo, Note, RuleSet
from envcheck.rulebook.source import Node, RuleError, RuleErrors, nearest, read_yaml

PROBLEMS = "problems.yaml"
KEYS = ("module", "title", "description", "extends", "abstract", "notes", "checks")
RESERVED = frozenset(
    (
        *(
            "list",
            "explain",
            "diagnose",
            "bundle",
            "verify",
            "machine",
            "lint",
            "test",
            "new",
            "fix",
            "fleet",
        ),
        *("show", "unpack", "redact", "record", "compare", "facts", "module"),
    )
)

Entries = dict[str, tuple[Node, dict[str, Node]]]
"""By id: the entry that defines the check, and its fields with the inherited ones."""


class UnknownModule(RequestError):
    """No rule set has that name."""


class Rulebook:
    """Rule sets in directories of `*.yaml` files, one a module, the file's name its name."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = tuple(directories)
        self._files: dict[str, Path] = {}
        self._headers: dict[str, dict[str, Node]] = {}
        for directory in directories:
            self._add(directory)

    def _add(self, directory: Path) -> None:
        try:
            files = sorted(path for path in directory.iterdir() if path.suffix == ".yaml")
        except OSError as error:
            raise RequestError(f"{directory}: {error.strerror or error}") from error
        for path in files:
            if path.name == PROBLEMS:
                continue
            if path.stem in self._files:
                raise RequestError(f"{path}: module {path.stem!r} is also in {self._files[path.stem]}")
            self._files[path.stem] = path

    def modules(self) -> tuple[ModuleInfo, ...]:
        """Every module that can be checked, sorted by name. Raises RequestError."""
        headers = {name: self._header(name) for name in sorted(self._files)}
        return tuple(
            ModuleInfo(
                name, header["title"].bilingual(), header["description"].bilingual(), str(self._files[name])
            )
            for name, header in headers.items()
            if not _is_abstract(header)
        )

    def rule_set(self, name: str, problems: Optional[Sequence[str]] = None) -> RuleSet:
        """The checked rule set of a module.

        With `problems`, the hints are checked against these ids. Raises UnknownModule with
        the nearest name, RuleErrors with everything that is wrong in the files it needs.
        """
        if name not in self._files or _is_abstract(self._header(name)):
            known = [info.name for info in self.modules()]
            raise UnknownModule(f"unknown module {name!r}{nearest(name, known)}")
        header = self._header(name)
        checks = _Builder(self._entries(name), problems).checks()
        return RuleSet(
            module=name,
            title=header["title"].bilingual(),
            description=header["description"].bilingual(),
            checks=checks,
            notes=tuple(_notes(header)),
            origin=str(self._files[name]),
        )

    def _header(self, name: str) -> dict[str, Node]:
        if name not in self._headers:
            node = read_yaml(self._files[name])
            header = node.fields(KEYS, required=("module", "title", "description", "checks"))
            _check_name(header["module"], name)
            self._headers[name] = header
        return self._headers[name]

    def _entries(self, name: str, below: tuple[str, ...] = ()) -> Entries:
        """The checks of a module by id, in order, each with the fields it inherits."""
        header = self._header(name)
        entries: Entries = {}
        catalogue: Entries = {}
        if "extends" in header:
            parent = self._parent(header["extends"], (*below, name))
            catalogue = self._entries(parent, (*below, name))
            if not _is_abstract(self._header(parent)):
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

    def _parent(self, node: Node, below: tuple[str, ...]) -> str:
        name = node.string()
        if name not in self._files:
            raise node.error(f"no rule set {name!r} to extend{nearest(name, self._files)}")
        if name in below:
            raise node.error(f"{name!r} extends itself: {' > '.join((*below, name))}")
        return name


class _Builder:
    """Builds the checks of a module and gathers every error on the way."""

    def __init__(self, entries: Entries, problems: Optional[Sequence[str]]) -> None:
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
        return replace(check, requires=dependencies(fields, key, self.facts))


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


def _check_name(node: Node, stem: str) -> None:
    if node.string() != stem:
        raise node.error(f"the module is named {node.text!r} but the file {stem + '.yaml'!r}")
    if node.text in RESERVED:
        raise node.error(f"{node.text!r} is a command: no module may bear its name")


def _is_abstract(header: dict[str, Node]) -> bool:
    return "abstract" in header and header["abstract"].flag()


def _notes(header: dict[str, Node]) -> Iterator[Note]:
    for node in header["notes"].list() if "notes" in header else ():
        fields = node.fields(("text", "unless"), required=("text",))
        unless = fields["unless"].list() if "unless" in fields else []
        yield Note(Text(*fields["text"].bilingual()), tuple(name.string() for name in unless))
