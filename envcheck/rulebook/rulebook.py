"""All rule sets at hand: found by module name, read when asked for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Optional

from envcheck.errors import RequestError
from envcheck.rulebook import compiled
from envcheck.rulebook.model import LogNames, ModuleInfo, Note, RuleSet
from envcheck.rulebook.source import Node, nearest, read_yaml

PROBLEMS = "problems.yaml"
KEYS = ("module", "title", "description", "extends", "abstract", "notes", "logs", "checks")
COMMANDS = (
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
)
SUBCOMMANDS = ("show", "unpack", "redact", "record", "compare", "facts", "module")
RESERVED = frozenset(COMMANDS + SUBCOMMANDS)
"""The words of the command line: no module or problem bears one of these names."""

Header = dict[str, Node]


class UnknownModule(RequestError):
    """No rule set has that name."""


class Rulebook:
    """Rule sets in directories of `*.yaml` files, one a module, the file's name its name.

    Raises RequestError for a directory that cannot be read and for a module found twice.
    """

    def __init__(self, directories: Sequence[str]) -> None:
        self.directories = tuple(directories)
        self._files: dict[str, str] = {}
        self._headers: dict[str, Header] = {}
        for directory in directories:
            self._add(directory)

    def _add(self, directory: str) -> None:
        try:
            names = sorted(os.listdir(directory))
        except OSError as error:
            raise RequestError(f"{directory}: {error.strerror or error}") from error
        for name in names:
            path = os.path.join(directory, name)
            stem, ending = os.path.splitext(name)
            if ending != ".yaml" or name == PROBLEMS:
                continue
            if stem in self._files:
                raise RequestError(f"{path}: module {stem!r} is also in {self._files[stem]}")
            self._files[stem] = path

    @property
    def names(self) -> AbstractSet[str]:
        """The names of all rule sets, abstract ones included."""
        return self._files.keys()

    def modules(self) -> tuple[ModuleInfo, ...]:
        """Every module that can be checked, sorted by name. Raises RequestError."""
        return tuple(
            ModuleInfo(
                name,
                header["title"].bilingual(),
                header["description"].bilingual(),
                self._files[name],
            )
            for name, header in ((name, self.header(name)) for name in sorted(self._files))
            if not is_abstract(header)
        )

    def rule_set(self, name: str, problems: Optional[Collection[str]] = None) -> RuleSet:
        """The checked rule set of a module.

        With `problems`, the hints are checked against these ids. Raises UnknownModule with
        the nearest name, RuleErrors with everything that is wrong in the files it needs.
        """
        from envcheck.rulebook.build import build_checks

        if name not in self._files or is_abstract(self.header(name)):
            known = [info.name for info in self.modules()]
            raise UnknownModule(f"unknown module {name!r}{nearest(name, known)}")
        header = self.header(name)
        return RuleSet(
            module=name,
            title=header["title"].bilingual(),
            description=header["description"].bilingual(),
            checks=build_checks(self, name, problems),
            notes=tuple(_notes(header)),
            origin=self._files[name],
            logs=self._logs(name),
        )

    def _logs(self, name: str) -> LogNames:
        """The logs that a module names, after those of the rule set that it extends."""
        header = self.header(name)
        inherited = self._logs(header["extends"].string()) if "extends" in header else LogNames()
        if "logs" not in header:
            return inherited
        fields = header["logs"].fields(LogNames._fields)
        own = {key: tuple(item.string() for item in node.list()) for key, node in fields.items()}
        return LogNames(*(old + own.get(key, ()) for key, old in inherited._asdict().items()))

    def header(self, name: str) -> Header:
        """The top-level keys of a rule file, its checks unread. Raises RequestError."""
        if name not in self._headers:
            path = self._files[name]
            tree = compiled.tree(path) or read_yaml(path)
            header = tree.fields(KEYS, required=("module", "title", "description", "checks"))
            _check_name(header["module"], name)
            self._headers[name] = header
        return self._headers[name]


def _check_name(node: Node, stem: str) -> None:
    if node.string() != stem:
        raise node.error(f"the module is named {node.text!r} but the file {stem + '.yaml'!r}")
    if node.text in RESERVED:
        raise node.error(f"{node.text!r} is a command: no module may bear its name")


def is_abstract(header: Header) -> bool:
    """Whether this is a catalogue of checks rather than a module."""
    return "abstract" in header and header["abstract"].flag()


def _notes(header: Header) -> Iterator[Note]:
    for node in header["notes"].list() if "notes" in header else ():
        fields = node.fields(("text", "unless"), required=("text",))
        unless = fields["unless"].list() if "unless" in fields else []
        yield Note(fields["text"].bilingual(), tuple(name.string() for name in unless))
