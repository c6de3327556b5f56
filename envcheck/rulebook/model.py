"""What a rule set is once it is read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Optional

from envcheck.record import Record
from envcheck.text import Text
from envcheck.values import Bytes

if TYPE_CHECKING:
    from envcheck.results import Level, Waiver
    from envcheck.rulebook.requirement import Requirement
    from envcheck.rulebook.settings import Given


Part = Literal["checks", "verify"]
"""Of a rule set: what is checked before the module is installed, and what shows afterwards that it runs."""
WhyUnknown = Literal["unknown", "denied"]
"""Nothing is known of a fact: there was no answer, or the user may not have it."""


class Condition(Record):
    """A requirement of one fact."""

    fact: str
    require: Requirement


class Shown(Record):
    """A further fact to show beside the actual value."""

    fact: str
    label: Text


class Dependency(Record):
    """A check of the same module that must not have missed for this one to be decided.

    With `unless`, a miss does not block where the other check's fact still meets it: an
    engine that is too old can be asked for its storage driver all the same.
    """

    check: str
    unless: Optional[Condition]


class HintRule(Record):
    """A known problem to point to: always, where the fact meets `when`, or where it is unknown."""

    problem: str
    when: Optional[Condition] = None
    when_unknown: Optional[WhyUnknown] = None


class Parameter(Record):
    """What a rule set leaves open, to be set when it is checked."""

    name: str
    type: str
    """A word of `settings.TYPES`."""
    many: bool
    """Whether it is a list of these."""
    title: Text
    text: Optional[Text] = None
    choices: tuple[str, ...] = ()
    """All that it may be, where that is not anything of its type."""
    least: object = None
    """Below this it is never, None where its type alone says what it may be."""
    default: object = None
    """Its value while nothing is set; None where it then has none."""


class Claim(Record):
    """What a check claims for its module alone: ports, or `free` bytes where the fact `space` says."""

    ports: tuple[int, ...] = ()
    space: str = ""
    free: Bytes = Bytes(0)


TOGETHER = "*"
"""Bears the results about several modules together, where a module's name stands."""
SPACE, PORTS = "combined-space", "ports-clash"
"""The checks of several modules together."""


class Check(Record):
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
    unset: tuple[str, ...] = ()
    """Parameters that it needs and that have no value: it is skipped."""
    claim: Optional[Claim] = None


class Note(Record):
    """Said at the top of the report, unless one of the modules `unless` is checked too."""

    text: Text
    unless: tuple[str, ...]


class LogNames(Record):
    """The logs that tell what became of a module, for the bundle."""

    files: tuple[str, ...] = ()
    """Shell patterns of paths; one without a leading slash is sought in the working directory.
    A folder stands for the files in it."""
    containers: tuple[str, ...] = ()
    """Shell patterns of the names or images of containers."""
    in_containers: tuple[str, ...] = ()
    """Paths inside containers, of whatever name: one that has such a file is the module's."""


class RuleSet(Record):
    """What one module needs of a host."""

    module: str
    title: Text
    description: Text
    checks: tuple[Check, ...]
    notes: tuple[Note, ...]
    origin: str
    """The file it was read from."""
    logs: LogNames = LogNames()
    settings: Mapping[str, object] = MappingProxyType({})
    """The value of each parameter that has one."""
    given: Mapping[str, Given] = MappingProxyType({})
    """Of these the ones that do not stand in the rule set, as they were written."""


class Grant(Record):
    """A waiver of one check, on the hosts whose names fit one of the patterns; without any on all."""

    module: str
    check: str
    waiver: Waiver
    hosts: tuple[str, ...] = ()
    asked: bool = False
    """Whether it was given with the request itself, and not in a file."""


class ModuleInfo(Record):
    """What `list` shows of a module."""

    name: str
    title: Text
    description: Text
    origin: str
    overlays: tuple[str, ...] = ()
    """The files that change it, in their order."""
    verifiable: bool = False
    """Whether it has checks for after its installation."""
