"""The report as one JSON document, schema `envcheck.report/1` (`report.schema.json`)."""

from __future__ import annotations

import json
from typing import Any, Optional

from envcheck.results import Report, Result, Text, Waiver

SCHEMA = "envcheck.report/1"


def render(report: Report) -> str:
    """The document, in English and ASCII whatever the locale, with a line break at its end."""
    return json.dumps(_document(report), indent=2, allow_nan=False) + "\n"


def line(report: Report) -> str:
    """The same document on one line, for the log: json does this in C, an eighth of the work."""
    return json.dumps(_document(report), allow_nan=False)


def _document(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "conclusion": report.conclusion,
        "modules": list(report.modules),
        "host": report.host,
        "started": report.started,
        "duration_s": round(report.duration_s, 4),
        "log": report.log,
        "results": [_result(result) for result in report.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "module": result.module,
        "id": result.id,
        "level": result.level,
        "status": result.status,
        "title": result.title.en,
        "requirement": result.requirement.en,
        "actual": _english(result.actual),
        "reason": _english(result.reason),
        "source": result.source,
        "hints": list(result.hints),
        "waived": _waiver(result.waived),
        "duration_s": round(result.duration_s, 4),
    }


def _english(text: Optional[Text]) -> Optional[str]:
    return None if text is None else text.en


def _waiver(waiver: Optional[Waiver]) -> Optional[dict[str, Optional[str]]]:
    return None if waiver is None else {"reason": waiver.reason, "by": waiver.by, "until": waiver.until}
