"""What a known problem looks like in a log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from envcheck.record import Record
from envcheck.rulebook.model import Condition
from envcheck.rulebook.requirement import Requirement
from envcheck.text import Text

Certainty = Literal["sure", "hint"]


class Phrase(Record):
    """Words that stand in a log, in whatever case, as `envcheck.problems.pattern` reads them.

    A blank stands for any run of blanks, and for a line break with the blanks around it.
    """

    text: str
    pattern: bool = False
    """Whether the text is a bounded pattern; else every character stands for itself."""


class Near(Record):
    """One of these phrases, within so many lines before or after the line of the match."""

    any: tuple[Phrase, ...]
    lines: int
    """0: in the line of the match itself; at most 50, and at most 8 KiB each way are looked at."""


class Unless(Record):
    """What makes the check's answer no confirmation, and what is then said."""

    require: Requirement
    """Of the same fact."""
    text: Text


class Confirmation(Record):
    """A check and what its fact must be for the problem to be this one."""

    check: str
    """The id of the check that a person would run, as rule sets call it."""
    condition: Condition
    unless: Optional[Unless] = None


class Signature(Record):
    """One way in which a problem shows.

    A line matches where one of `any` begins in it, every one of `near` stands near it, and
    none of `excludes` does.
    """

    problem: str
    """The id of the problem."""
    any: tuple[Phrase, ...]
    near: tuple[Near, ...] = ()
    excludes: tuple[Near, ...] = ()
    files: tuple[str, ...] = ()
    """Shell patterns of names or paths of files, or a kind (`kernel`, `container`); none: every log."""
    certainty: Certainty = "sure"
    """`hint`: others say the same for other reasons; it is the problem only if confirmed."""
    confirmed_by: tuple[Confirmation, ...] = ()
    """Checks that confirm it on the host. All must hold; one that does not speaks against it."""
    meanings: Mapping[str, Text] = {}
    """What the text means that a pattern's one group `(…)` has caught, as an Xid's number."""
    matches: tuple[str, ...] = ()
    """Texts that must match; for the tests."""
    silent: tuple[str, ...] = ()
    """Texts that must not match; for the tests."""
    origin: Optional[str] = None
    """`file:line` of where it was read."""
