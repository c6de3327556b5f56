"""`report.txt`: the report as a person reads it, redacted before it is laid out.

A table cuts what is too long for a column: what is left of an address is none that a
redactor would know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Optional

from envcheck.bundle import verdicts
from envcheck.host.json_text import parse
from envcheck.results import Lang, Report, Result, Text, Waiver
from envcheck.text import Found

if TYPE_CHECKING:
    from envcheck.bundle.redact import Redactor

Words = Callable[[str], str]

_COLUMNS = 100


def render(report: Report, lang: Lang, rules: Sequence[str] = ()) -> str:
    """The report as text; `rules` are directories of further rule sets, whose hints it may name."""
    from envcheck.problems import load_problems
    from envcheck.report import table
    from envcheck.rulebook import open_rulebook

    return table.render(
        report,
        lang=lang,
        width=_COLUMNS,
        colour=False,
        brief=False,
        problems=load_problems(open_rulebook(rules).directories),
    )


def redacted(report: Report, redactor: Redactor) -> Report:
    """The report with everything redacted that may have come from the host."""
    words = partial(_redacted, redactor)
    return report._replace(
        host=words(report.host),
        log=report.log and words(report.log),
        notes=tuple(note.changed(words) for note in report.notes),
        results=tuple(_result(words, result) for result in report.results),
    )


def read(content: bytes) -> Report:
    """The report in a `report.json`: in English in both languages, without notes. Raises ValueError."""
    verdicts.read(content)
    try:
        document = parse(content.decode("utf-8"))
        return Report(
            tuple(map(_said, document["modules"])),
            _said(document["host"]),
            _said(document["started"]),
            float(document["duration_s"]),
            tuple(map(_read_result, document["results"])),
            log=_maybe(document["log"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{verdicts.NAME} is damaged: {error}") from error


def _redacted(redactor: Redactor, text: str) -> str:
    return redactor.text(text.encode("utf-8", "backslashreplace")).decode("utf-8", "backslashreplace")


def _result(words: Words, result: Result) -> Result:
    waived = result.waived
    return result._replace(
        title=result.title.changed(words),
        requirement=result.requirement.changed(words),
        actual=result.actual and result.actual.changed(words),
        reason=result.reason and result.reason.changed(words),
        source=result.source and words(result.source),
        waived=waived and Waiver(words(waived.reason), waived.by and words(waived.by), waived.until),
    )


def _read_result(entry: Mapping[str, Any]) -> Result:
    return Result(
        module=entry["module"],
        id=entry["id"],
        level=entry["level"],
        status=entry["status"],
        title=Text.same(_said(entry["title"])),
        requirement=Text.same(_said(entry["requirement"])),
        actual=_text(entry["actual"]),
        reason=_text(entry["reason"]),
        source=_maybe(entry["source"]),
        hints=tuple(entry["hints"]),
        waived=_waiver(entry["waived"]),
        duration_s=float(entry["duration_s"]),
    )


def _waiver(entry: Optional[Mapping[str, Any]]) -> Optional[Waiver]:
    if entry is None:
        return None
    return Waiver(_said(entry["reason"]), _maybe(entry["by"]), _maybe(entry["until"]))


def _text(value: object) -> Optional[Text]:
    said = _maybe(value)
    return None if said is None else Found.of(said)


def _said(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _maybe(value: object) -> Optional[str]:
    return None if value is None else _said(value)
