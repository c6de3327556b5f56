"""What a rule set is once it is read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from envcheck.results import Level, Text
from envcheck.rulebook.requirement import Requirement


@dataclass(frozen=True)
class Condition:
    """A requirement of one fact."""

    fact: str
    require: Requirement


@dataclass(frozen=True)
class Shown:
    """A further fact to show beside the actual value."""

    fact: str
    label: Text


@dataclass(frozen=True)
class Dependency:
    """A check of the same module that must not have missed for this one to be decided.

    With `unless`, a miss does not block where the other check's fact still meets it: an
    engine that is too old can be asked for its storage driver all the same.
    """

    check: str
    unless: Optional[Condition]


@dataclass(frozen=True)
class HintRule:
    """A known problem to point to: always, where the fact meets `when`, or where it is unknown."""

    problem: str
    when: Optional[Condition] = None
    when_unknown: bool = False


@dataclass(frozen=True)
class Check:
    """One requirement of a module."""

    id: str
    title: Text
    condition: Condition
    requirement: Text
    level: Level
    requires: tuple[Dependency, ...]
    when: tuple[Condition, ...]
    """Where one of these does not hold, the check is skipped: not applicable."""
    hints: tuple[HintRule, ...]
    show: tuple[Shown, ...]
    source: str
    """Where the manual says it."""


@dataclass(frozen=True)
class Note:
    """Said at the top of the report, unless one of the modules `unless` is checked too."""

    text: Text
    unless: tuple[str, ...]


@dataclass(frozen=True)
class RuleSet:
    """What one module needs of a host."""

    module: str
    title: Text
    description: Text
    checks: tuple[Check, ...]
    notes: tuple[Note, ...]
    origin: str
    """The file it was read from."""


@dataclass(frozen=True)
class ModuleInfo:
    """What `list` shows of a module."""

    name: str
    title: Text
    description: Text
    origin: str
