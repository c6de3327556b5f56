"""Reading the base of known problems, with every error where it stands."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Optional, Protocol, cast

from envcheck.problems.base import FAMILIES, Problem, Risk, Step
from envcheck.rulebook import compiled, shipped_rules
from envcheck.rulebook.rulebook import PROBLEMS, RESERVED
from envcheck.rulebook.source import (
    Node,
    RuleError,
    RuleErrors,
    each,
    is_id,
    nearest,
    parse_yaml,
    read_yaml,
    refuse,
)

if TYPE_CHECKING:
    from envcheck.problems.signature import Signature

KEYS = ("id", "title", "cause", "steps", "reboot", "risk", "warning", "source", "signatures")
REQUIRED = ("id", "title", "cause", "steps", "risk", "source")
RISKS = ("none", "low", "high")

_SECTION = rb"(?m)^- id: ([a-z0-9-]+)$"
_SIGNATURES = b"\n  signatures:\n"
"""Begins the last part of an entry of the shipped file, which a check's hints have no use for."""


class _Entry(Protocol):
    """What gives an entry's mapping; its signatures may be missing unless the `whole` is asked for."""

    def __call__(self, whole: bool = False) -> Node: ...


Entries = dict[str, _Entry]
"""By id."""


def load_problems(directories: Sequence[str]) -> Problems:
    """The known problems of these directories' `problems.yaml`, where they have one.

    The shipped file, which the tests prove, is read entry by entry as asked for; any
    other is checked whole. Raises RequestError with everything that is wrong.
    """
    entries: Entries = {}
    errors: list[RuleError] = []
    foreign: list[str] = []
    for directory in directories:
        path = os.path.join(directory, PROBLEMS)
        if not os.path.lexists(path):
            continue
        if directory == shipped_rules():
            kept = compiled.entries(path)
            entries.update(_sections(_content(path), path) if kept is None else _given(kept))
        else:
            foreign += _listed(read_yaml(path), entries, errors)
    return _checked(Problems(entries), foreign, errors)


def load(text: str, where: str) -> dict[str, Problem]:
    """Read a whole file of known problems; `where` is its name in errors. Raises RequestError."""
    entries: Entries = {}
    errors: list[RuleError] = []
    ids = _listed(parse_yaml(text.encode(), where), entries, errors)
    return dict(_checked(Problems(entries), ids, errors))


class Problems(Mapping[str, Problem]):
    """Known problems by id, each parsed when it is first asked for: most runs need few.

    Safe from several threads: at worst an entry is parsed twice, to the same end.
    """

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._read: dict[str, Problem] = {}

    def __getitem__(self, problem: str) -> Problem:
        if problem not in self._read:
            self._read[problem] = _problem(self._entries[problem](), self._entries)
        return self._read[problem]

    def signatures(self, problem: str) -> tuple[Signature, ...]:
        """What the problem looks like in a log; none for many. Raises KeyError, RequestError."""
        fields = self._entries[problem](whole=True).fields(KEYS)
        if "signatures" not in fields:
            return ()
        from envcheck.problems.signatures import signatures_of  # a check needs none of it

        return tuple(signatures_of(fields["signatures"], problem))

    def all_signatures(self) -> tuple[Signature, ...]:
        """The signatures of all problems, in their order. Raises RequestError."""
        return tuple(signature for problem in self for signature in self.signatures(problem))

    def __contains__(self, problem: object) -> bool:
        return problem in self._entries  # Mapping's own would parse the entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _checked(problems: Problems, ids: Sequence[str], errors: list[RuleError]) -> Problems:
    for read in (problems.__getitem__, problems.signatures):
        try:
            each(read, ids)
        except RuleErrors as error:
            errors += error.errors
    refuse(errors)
    return problems


def _content(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def _sections(content: bytes, file: str) -> Iterator[tuple[str, _Entry]]:
    """The entries of a file whose every entry begins with `- id: NAME` in the first column.

    Nothing else of a YAML list can begin so, hence an entry may be parsed by itself.
    """
    starts = list(re.finditer(_SECTION, content))
    ends = [match.start() for match in starts[1:]] + [len(content)]
    for match, end in zip(starts, ends):
        yield match[1].decode(), partial(_parse_section, content, match.start(), end, file)


def _given(kept: Mapping[str, Callable[[], Node]]) -> Iterator[tuple[str, _Entry]]:
    """The entries of the shipped file as they are kept, each packed by itself."""
    for name, give in kept.items():
        yield name, partial(_given_whole, give)


def _given_whole(give: Callable[[], Node], whole: bool = False) -> Node:  # noqa: ARG001 - it is whole
    return give()


def _parse_section(content: bytes, start: int, end: int, file: str, whole: bool = False) -> Node:
    signatures = -1 if whole else content.find(_SIGNATURES, start, end)
    if signatures >= 0:
        end = signatures + 1
    blank_lines = b"\n" * content.count(b"\n", 0, start)  # so that errors name the right line
    return parse_yaml(blank_lines + content[start:end], file).list()[0]


def _listed(node: Node, entries: Entries, errors: list[RuleError]) -> list[str]:
    """Add the entries of a parsed file to `entries`; returns their ids."""
    added = []
    for item in node.fields(("problems",), required=("problems",))["problems"].list():
        try:
            name = _name(item, entries)
        except RuleErrors as error:
            errors += error.errors
        else:
            entries[name] = partial(_itself, item)
            added.append(name)
    return added


def _itself(node: Node, whole: bool = False) -> Node:  # noqa: ARG001 - it is whole
    return node


def _name(item: Node, entries: Entries) -> str:
    node = item.by_key(REQUIRED).get("id")
    if node is None:
        raise item.error("the key 'id' is missing")
    name = node.string()
    if not is_id(name):
        raise node.error(f"{name!r}: an id is words of small letters and digits joined by hyphens")
    if name in RESERVED:
        raise node.error(f"{name!r} is a command: no problem may bear its name")
    if name in entries:
        other = entries[name]()
        raise node.error(f"problem {name!r} stands also in {other.file}, line {other.line}")
    return name


def _problem(node: Node, entries: Entries) -> Problem:
    errors: list[RuleError] = []
    read: dict[str, Any] = {"reboot": False, "warning": None}
    try:
        node.fields(KEYS, REQUIRED)
    except RuleErrors as error:
        errors += error.errors
    fields = node.by_key()
    for key in (key for key in _READERS if key in fields):
        try:
            read[key] = _READERS[key](fields[key], entries)
        except RuleErrors as error:
            errors += error.errors
    if read.get("risk") == "high" and "warning" not in fields:
        errors.append(fields["risk"].error("a high risk needs a warning"))
    refuse(errors)
    return Problem(**read)


def _steps(node: Node, entries: Optional[Entries]) -> tuple[Step, ...]:
    """The steps of a problem. Without `entries` none may refer to another problem."""
    if not node.list():
        raise node.error("a problem without a step is no way out")
    return tuple(chain.from_iterable(each(lambda item: list(_step(item, entries)), node.list())))


def _step(item: Node, entries: Optional[Entries]) -> Iterator[Step]:
    fields = item.fields(("text", "commands", "see"))
    if "see" in fields:
        yield from _taken_over(item, fields, entries)
    elif fields:
        text = fields["text"].bilingual() if "text" in fields else None
        yield Step(text, _commands(fields["commands"]) if "commands" in fields else {})
    else:
        raise item.error("a step is a text, commands or both")


def _taken_over(item: Node, fields: Mapping[str, Node], entries: Optional[Entries]) -> Iterator[Step]:
    name = fields["see"].string()
    if len(fields) > 1:
        raise item.error("`see` stands alone in a step")
    if entries is None:
        raise fields["see"].error("a problem that others see refers to none itself")
    if name not in entries:
        raise fields["see"].error(f"unknown problem {name!r}{nearest(name, entries)}")
    steps = entries[name]().by_key().get("steps")
    if steps is None:
        raise fields["see"].error(f"problem {name!r} has no steps")
    for step in _steps(steps, None):
        yield step._replace(origin=name)


def _commands(node: Node) -> dict[str, tuple[str, ...]]:
    families = (*FAMILIES, "any")
    if node.kind == "list":
        raise node.error("commands for which family? {any: [COMMAND]}, or rhel, debian, suse apart")
    fields = node.fields(families)
    if not fields:
        raise node.error(f"commands for which family? known: {', '.join(families)}")
    return {family: tuple(_command(item) for item in _filled(lines)) for family, lines in fields.items()}


def _filled(node: Node) -> list[Node]:
    if not node.list():
        raise node.error("at least one command is wanted here")
    return node.list()


def _command(node: Node) -> str:
    command = node.string()
    if not command.strip() or not command.isprintable():
        raise node.error("a command is one line without control characters")
    return command


def _risk(node: Node) -> Risk:
    return cast(Risk, _one_of(node, RISKS))


_READERS: Mapping[str, Callable[[Node, Entries], object]] = {
    "id": lambda node, _: node.string(),
    "title": lambda node, _: node.bilingual(),
    "cause": lambda node, _: node.bilingual(),
    "steps": _steps,
    "reboot": lambda node, _: node.flag(),
    "risk": lambda node, _: _risk(node),
    "warning": lambda node, _: node.bilingual(),
    "source": lambda node, _: node.string(),
}
"""What each key of an entry means; its signatures are read by themselves."""


def _one_of(node: Node, known: Sequence[str]) -> str:
    if node.string() not in known:
        raise node.error(f"{node.text!r} is none of {', '.join(known)}{nearest(node.text, known)}")
    return node.text
