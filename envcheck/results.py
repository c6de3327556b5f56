"""What a check found: the report and its results, for people and for programs."""

from __future__ import annotations

from typing import Literal, Optional

from envcheck.record import Record
from envcheck.text import Lang, Text

__all__ = ["Conclusion", "Lang", "Level", "Report", "Result", "Status", "Text", "Waiver"]

Level = Literal["required", "recommended"]
Status = Literal["pass", "fail", "unknown", "skipped"]
Conclusion = Literal["pass", "fail"]


class Waiver(Record):
    """Why a miss does not count, who said so and until when (ISO date, or None)."""

    reason: str
    by: Optional[str] = None
    until: Optional[str] = None


class Result(Record):
    """The verdict of one check of one module."""

    module: str
    id: str
    level: Level
    status: Status
    title: Text
    requirement: Text
    actual: Optional[Text]
    """The value found, as shown; None where there is none."""
    reason: Optional[Text]
    """Why the status is unknown or skipped."""
    source: Optional[str]
    """Where the fact came from."""
    hints: tuple[str, ...]
    """Ids of known problems that explain the miss."""
    waived: Optional[Waiver]
    duration_s: float

    @property
    def missed(self) -> bool:
        """Whether it belongs in the table of misses: failed or unknown, waived or not."""
        return self.status in ("fail", "unknown")

    @property
    def counts(self) -> bool:
        """Whether it alone makes the conclusion fail."""
        return self.missed and self.level == "required" and self.waived is None


class Report(Record):
    """The results of one run. Immutable; `host` is the name of what was checked."""

    modules: tuple[str, ...]
    host: str
    started: str
    """ISO 8601 time with zone."""
    duration_s: float
    results: tuple[Result, ...]
    log: Optional[str] = None
    """Path of the full log, if one was kept."""
    notes: tuple[Text, ...] = ()
    """Said at the top: not run as root, a deployment that another module covers, …"""
    distribution: Optional[str] = None
    """The host's distribution id, by which a hint's commands are chosen."""

    @property
    def passed(self) -> bool:
        """True when no required check failed or stayed unknown."""
        return not any(result.counts for result in self.results)

    @property
    def conclusion(self) -> Conclusion:
        """`pass` or `fail`."""
        return "pass" if self.passed else "fail"

    @property
    def failures(self) -> tuple[Result, ...]:
        """The misses: failed and unknown results, recommended ones included.

        Those of the module `*` are among them: what several modules together lack, such as room.
        """
        return tuple(result for result in self.results if result.missed)

    def to_json(self) -> str:
        """The report as JSON of the schema `envcheck.report/1`."""
        from envcheck.report import json

        return json.render(self)
