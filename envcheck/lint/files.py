"""The files that are looked at: rule sets and bases of known problems, among those they refer to."""

from __future__ import annotations

import os
from collections.abc import Sequence

from envcheck.errors import RequestError
from envcheck.record import Record
from envcheck.rulebook import shipped_rules
from envcheck.rulebook.rulebook import PROBLEMS
from envcheck.rulebook.source import RuleErrors, read_regular

ENDING = ".yaml"
_LIKE_RULES = (".yml", ".YAML", ".YML", ".json")


class Folder(Record):
    """Files of one directory to be looked at, and where what they refer to is sought."""

    path: str
    modules: tuple[str, ...]
    """Files of rule sets."""
    problems: bool
    """Whether its base of known problems is looked at."""
    searched: tuple[str, ...]
    """The directories that are one set with it, the shipped one first."""
    ignored: tuple[str, ...] = ()
    """Files that look like rule sets but are never read."""


def folders(paths: Sequence[str], rules: Sequence[str] = ()) -> list[Folder]:
    """What is to be looked at; no path means the shipped rules. Raises RequestError.

    All of it is one set, with the directories `rules`, which are not looked at themselves.
    """
    spelt: dict[str, str] = {}  # a directory that is named twice is known by its first name
    for directory in (shipped_rules(), *rules):
        spelt.setdefault(os.path.realpath(directory), directory)
    named: dict[str, list[str]] = {}
    for path in paths or (shipped_rules(),):
        if not path:
            raise RequestError("'' is no path: name a rule file or a directory of rule files")
        whole = os.path.isdir(path)
        folder = path if whole else os.path.dirname(path) or "."
        names = _listed(path) if whole else [os.path.basename(path)]
        named.setdefault(spelt.setdefault(os.path.realpath(folder), folder), []).extend(names)
    searched = tuple(spelt.values())
    return [_folder(folder, list(dict.fromkeys(names)), searched) for folder, names in named.items()]


def _listed(path: str) -> list[str]:
    try:
        names = sorted(os.listdir(path))
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror or error}") from error
    found = [name for name in names if name.endswith((ENDING, *_LIKE_RULES)) and not name.startswith(".")]
    if not any(name.endswith(ENDING) for name in found):
        raise RequestError(f"{path}: no rule file here; they are named MODULE{ENDING}, or {PROBLEMS}")
    return found


def _folder(folder: str, names: Sequence[str], searched: tuple[str, ...]) -> Folder:
    for name in names:
        _check_readable(os.path.join(folder, name))
    rules = [name for name in names if name.endswith(ENDING) and name != PROBLEMS]
    return Folder(
        folder,
        modules=tuple(os.path.join(folder, name) for name in rules),
        problems=PROBLEMS in names,
        searched=searched,
        ignored=tuple(os.path.join(folder, name) for name in names if not name.endswith(ENDING)),
    )


def _check_readable(path: str) -> None:
    try:
        read_regular(path)
    except RuleErrors:  # as one that is too large: a finding
        return
    except ValueError as error:
        raise RequestError(f"{path!r}: {error}") from error
