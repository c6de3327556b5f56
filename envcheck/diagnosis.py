"""What logs show: known problems with their evidence, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Optional

from envcheck.text import Text

Certainty = Literal["confirmed", "sure", "hint"]
"""confirmed: the log says it and the host agrees; sure: the log alone says it; hint: others say the same."""
Verdict = Literal["confirms", "contradicts", "unknown"]


@dataclass(frozen=True)
class Evidence:
    """A line of a log, with what stands before and after it."""

    log: str
    line: int
    """The first one is 1."""
    time: Optional[str]
    """As the line has it."""
    text: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Confirmation:
    """What a check's fact says of a problem."""

    check: str
    requirement: Text
    """What the fact is where it is this problem."""
    verdict: Verdict
    actual: Optional[Text]
    reason: Optional[Text]
    """Why the verdict is unknown."""


@dataclass(frozen=True)
class Meaning:
    """What a number or word in the matching lines means, as an Xid's."""

    caught: str
    count: int
    text: Optional[Text]


@dataclass(frozen=True)
class Finding:
    """A known problem that logs show."""

    problem: str
    title: Text
    certainty: Certainty
    count: int
    """Lines that show it, in all logs."""
    logs: tuple[tuple[str, int], ...]
    """Such lines by log."""
    first: Optional[str]
    last: Optional[str]
    """Times of the first and last such line, as these have them."""
    evidence: tuple[Evidence, ...]
    """The first ones."""
    meanings: tuple[Meaning, ...]
    confirmations: tuple[Confirmation, ...]


@dataclass(frozen=True)
class LogRead:
    """A log that was read."""

    name: str
    size: int
    """Bytes of its text."""


@dataclass(frozen=True)
class LogPassedOver:
    """A log that was not read, or not to its end, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Diagnosis:
    """What one run found. Immutable."""

    host: str
    started: str
    """ISO 8601 time with zone."""
    duration_s: float
    findings: tuple[Finding, ...]
    """The most certain ones first."""
    logs: tuple[LogRead, ...]
    passed_over: tuple[LogPassedOver, ...]
    distribution: Optional[str] = None
    """The distribution's id, by which commands are chosen."""
    log: Optional[str] = None
    """Path of the run's own full log, if one was kept."""

    @property
    def found(self) -> bool:
        """True when a known problem was found, and not mere hints."""
        return any(finding.certainty != "hint" for finding in self.findings)

    def to_json(self) -> str:
        """The diagnosis as JSON of the schema `envcheck.diagnosis/1`."""
        from envcheck.report import diagnosis_json

        return diagnosis_json.render(self)
