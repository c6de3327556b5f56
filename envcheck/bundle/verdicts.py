"""The verdicts in a bundle's `report.json`, read as the text of somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from envcheck.host.json_text import parse
from envcheck.report.json import SCHEMA

NAME = "report.json"
MAX_SIZE = 16 << 20
_STATUSES = ("pass", "fail", "unknown", "skipped")


class Verdict(NamedTuple):
    """One result of a report."""

    module: str
    id: str
    required: bool
    status: str
    said: str
    """What was found, or why nothing was; may be empty."""
    hints: tuple[str, ...]
    waived: bool

    @property
    def missed(self) -> bool:
        """Whether it failed or could not be decided."""
        return self.status in ("fail", "unknown")


def read(content: bytes) -> tuple[Verdict, ...]:
    """The verdicts in their order. Raises ValueError, in words, where this is no report."""
    try:
        document = parse(content.decode("utf-8"))
        if document["schema"] != SCHEMA:
            raise ValueError(f"{NAME}: the schema is {document['schema']!r}, not {SCHEMA!r}")
        return tuple(map(_verdict, document["results"]))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{NAME} is damaged: {error}") from error


def conclusion(verdicts: Sequence[Verdict]) -> str:
    """`pass` or `fail`, whatever was waived when the bundle was made."""
    return "fail" if any(each.required and each.missed for each in verdicts) else "pass"


def by_module(verdicts: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    """The verdicts of each module, in the order of the report."""
    found: dict[str, list[Verdict]] = {}
    for each in verdicts:
        found.setdefault(each.module, []).append(each)
    return found


def _verdict(entry: Mapping[str, Any]) -> Verdict:
    status = entry["status"]
    if status not in _STATUSES:
        raise TypeError(f"{status!r} is no status")
    return Verdict(
        _text(entry["module"]),
        _text(entry["id"]),
        entry["level"] == "required",
        status,
        _text_or_none(entry["reason"]) or _text_or_none(entry["actual"]) or "",
        tuple(map(_text, entry["hints"])),
        entry.get("waived") is not None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _text_or_none(value: object) -> Optional[str]:
    return None if value is None else _text(value)
