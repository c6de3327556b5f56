"""All rule sets at hand: found by module name, read when asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Optional

from envcheck.errors import RequestError
from envcheck.rulebook import compiled, kept
from envcheck.rulebook.model import LogNames, ModuleInfo, Note, Parameter, Part, RuleSet
from envcheck.rulebook.source import (
    Node,
    RuleError,
    each,
    nearest,
    parse_yaml,
    quoted,
    read_regular,
    read_yaml,
)

if TYPE_CHECKING:
    from envcheck.rulebook.build import Entries
    from envcheck.rulebook.model import Check
    from envcheck.rulebook.parameters import Scope
    from envcheck.rulebook.settings import Given

PROBLEMS = "problems.yaml"
KEYS = (
    *("module", "title", "description", "extends", "abstract", "notes", "logs", "params"),
    *("checks", "verify"),
)
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
SUBCOMMANDS = ("show", "unpack", "redact", "record", "compare", "facts", "requirements", "module")
MAX_EXTENDS = 8
"""Rule sets that extend one another; nobody follows more of them."""
RESERVED = frozenset(COMMANDS + SUBCOMMANDS)
"""The words of the command line: no module or problem bears one of these names."""

_CLAIM = rb"^module:[ ]+([a-z0-9-]+)[ \r]*$"

Header = dict[str, Node]


class UnknownModule(RequestError):
    """No rule set has that name."""


class Rulebook:
    """Rule sets in directories of `*.yaml` files, one a module, the file's name its name.

    Hidden files are an editor's, not the author's.

    Raises RequestError for a directory that cannot be read and for a module found twice.
    """

    def __init__(self, directories: Sequence[str]) -> None:
        self.directories = tuple(directories)
        self._files: dict[str, str] = {}
        self._headers: dict[str, Header] = {}
        self._overlays: dict[str, list[Header]] = {}
        self.built: dict[tuple[object, ...], Check] = {}
        """Checks, all but what they require, by id and fields; only those without parameters."""
        self.extended: dict[tuple[str, Part], Entries] = {}
        """What rule sets that others extend offer them."""
        for directory in directories:
            self._add(directory)
        for name, overlays in self._overlays.items():
            if name not in self._files:
                node = overlays[0]["overlay"]
                raise node.error(f"no rule set {quoted(name)} to change{nearest(name, self._files)}")

    def _add(self, directory: str) -> None:
        for name in self._listed(directory):
            path = os.path.join(directory, name)
            stem, ending = os.path.splitext(name)
            if ending != ".yaml" or name == PROBLEMS:
                continue
            overlay = None if directory == kept.shipped_rules() else _overlay(path)
            if overlay is not None:
                self._overlays.setdefault(overlay["overlay"].string(), []).append(overlay)
                continue
            if stem in self._files:
                other = f"{self._files[stem]}; to change that one, say `overlay: {stem}`"
                raise RuleError(path, 1, 1, f"module {stem!r} is also in {other}")
            self._files[stem] = path

    def _listed(self, directory: str) -> list[str]:
        try:
            return sorted(name for name in os.listdir(directory) if not name.startswith("."))
        except NotADirectoryError as error:
            raise RequestError(f"{directory}: no directory; name the one that holds the rule file") from error
        except OSError as error:
            raise RequestError(f"{directory or repr('')}: {error.strerror or error}") from error

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
                tuple(overlay["overlay"].file for overlay in self.overlays(name)),
                any("verify" in each for each in (header, *self.overlays(name))),
            )
            for name, header in ((name, self.header(name)) for name in sorted(self._files))
            if not is_abstract(header)
        )

    def rule_set(
        self,
        name: str,
        problems: Optional[Collection[str]] = None,
        given: Mapping[str, Given] = MappingProxyType({}),
        part: Part = "checks",
    ) -> RuleSet:
        """The checked rule set of a module: what it needs, or with `verify` what shows that it runs.

        With `problems`, the hints are checked against these ids. `given` are values of
        parameters; names that this module does not have are passed over. Raises UnknownModule
        with the nearest name, RuleErrors with everything that is wrong in the files it needs,
        RequestError for a value that does not fit.
        """
        from envcheck.rulebook.build import build_checks
        from envcheck.rulebook.parameters import Scope, values_of

        header = self.header(self.known(name))
        parameters = self.parameters(name)
        given = {key: value for key, value in given.items() if key in parameters}
        scope = Scope(parameters, values_of(parameters, given))
        parts: tuple[Callable[[], Any], ...] = (
            header["title"].bilingual,
            header["description"].bilingual,
            partial(build_checks, self, name, problems, scope, part),
            partial(read_notes, header if part == "checks" else {}, scope),
            partial(self.logs, name),
        )
        title, description, checks, notes, logs = each(_call, parts)
        return RuleSet(
            module=name,
            title=title,
            description=description,
            checks=checks,
            notes=notes,
            origin=self._files[name],
            logs=logs,
            settings=scope.values,
            given=given,
        )

    def known(self, name: str) -> str:
        """The name, if it is that of a module. Raises UnknownModule with the nearest one."""
        if name not in self._files or is_abstract(self.header(name)):
            modules = [info.name for info in self.modules()]
            near = nearest(name, modules)
            near += "; one of your own: --rules DIR"
            for path in (os.path.join(each, f"{name}.yml") for each in self.directories):
                near = (
                    f": {path} is not read, rule files are named MODULE.yaml"
                    if os.path.exists(path)
                    else near
                )
            raise UnknownModule(f"unknown module {quoted(name)}{near}")
        return name

    def parameters(self, name: str) -> Mapping[str, Parameter]:
        """The parameters of a module, those that it inherits included. Raises RequestError."""
        lineage = self.lineage(name)
        headers = [header for above in lineage for header in (self.header(above), *self.overlays(above))]
        nodes = [header["params"] for header in headers if "params" in header]
        if not nodes:
            return {}
        from envcheck.rulebook.parameters import build_all

        return build_all(nodes)

    def lineage(self, name: str) -> tuple[str, ...]:
        """The rule sets that a module extends, the farthest first, and itself. Raises RuleError."""
        names: tuple[str, ...] = (name,)
        while "extends" in self.header(names[-1]):
            names = (*names, self.parent(names[-1], names[:-1]))
        return names[::-1]

    def parent(self, name: str, below: tuple[str, ...] = ()) -> str:
        """The rule set that this one extends; `below` are those that extend it. Raises RuleError."""
        node = self.header(name)["extends"]
        parent = node.string()
        if parent not in self._files:
            raise node.error(f"no rule set {quoted(parent)} to extend{nearest(parent, self._files)}")
        if parent in (*below, name):
            raise node.error(f"{parent!r} extends itself: {' > '.join((*below, name, parent))}")
        if len(below) >= MAX_EXTENDS:
            raise node.error(f"more than {MAX_EXTENDS} rule sets extend one another")
        return parent

    def overlays(self, name: str) -> Sequence[Header]:
        """The overlays of a rule set in their order."""
        return self._overlays.get(name, ())

    def logs(self, name: str) -> LogNames:
        """The logs that a module names, after those of the rule set that it extends."""
        found = LogNames()
        for header in map(self.header, self.lineage(name)):
            fields = header["logs"].fields(LogNames._fields) if "logs" in header else {}
            own = {key: tuple(item.string() for item in node.list()) for key, node in fields.items()}
            found = LogNames(*(old + own.get(key, ()) for key, old in found._asdict().items()))
        return found

    def tree(self, name: str) -> Node:
        """A rule file as it is written. Raises RequestError."""
        path = self._files[name]
        return compiled.tree(path) or read_yaml(path)

    def header(self, name: str) -> Header:
        """The top-level keys of a rule file, its checks unread. Raises RequestError."""
        if name not in self._headers:
            header = self.tree(name).fields(KEYS, required=("module", "title", "description", "checks"))
            _check_name(header["module"], name)
            self._headers[name] = header
        return self._headers[name]


def _overlay(path: str) -> Optional[Header]:
    """The top-level keys of an overlay; None for another rule file. Raises RequestError."""
    content = read_regular(path)
    if b"overlay" not in content and b"\0" not in content:  # which is quicker than to parse it
        _check_claim(content, path)
        return None
    tree = parse_yaml(content, path)
    if tree.kind != "map" or "overlay" not in {key.text for key, _ in tree.items()}:
        return None
    from envcheck.rulebook.overlay import HEADER

    return tree.fields(HEADER, required=("overlay",))


def _check_claim(content: bytes, path: str) -> None:
    """Raise RuleError for a file that claims the name of another's module, whether it is asked for or not."""
    claim = re.search(_CLAIM, content, re.MULTILINE)
    stem = os.path.basename(path)[: -len(".yaml")]
    if claim is not None and claim[1].decode() != stem:
        line = content.count(b"\n", 0, claim.start()) + 1
        raise RuleError(path, line, claim.start(1) - claim.start() + 1, _misnamed(claim[1].decode(), stem))


def _misnamed(name: str, stem: str) -> str:
    return f"the module is named {quoted(name)} but the file {stem + '.yaml'!r}"


def _check_name(node: Node, stem: str) -> None:
    if node.string() != stem:
        raise node.error(_misnamed(node.text, stem))
    if node.text in RESERVED:
        raise node.error(f"{node.text!r} is a command: no module may bear its name")


def is_abstract(header: Header) -> bool:
    """Whether this is a catalogue of checks rather than a module."""
    return "abstract" in header and header["abstract"].flag()


def read_notes(header: Header, scope: Scope) -> tuple[Note, ...]:
    """The notes of a rule set, the parameters in them replaced. Raises RuleErrors."""

    def note(node: Node) -> Note:
        fields = node.fields(("text", "unless"), required=("text",))
        unless = fields["unless"].list() if "unless" in fields else []
        return Note(scope.bilingual(fields["text"]), tuple(each(Node.string, unless)))

    return tuple(each(note, header["notes"].list())) if "notes" in header else ()


def _call(part: Callable[[], Any]) -> Any:  # noqa: ANN401 - each part is something of its own
    return part()
