"""A diagnosis as one JSON document, schema `envcheck.diagnosis/1` (`diagnosis.schema.json`)."""

from __future__ import annotations

import json
from typing import Any, Optional

from envcheck.diagnosis import Confirmation, Diagnosis, Evidence, Finding
from envcheck.text import Text

SCHEMA = "envcheck.diagnosis/1"


def render(diagnosis: Diagnosis) -> str:
    """The document, in English and ASCII whatever the locale, with a line break at its end."""
    document = {
        "schema": SCHEMA,
        "found": diagnosis.found,
        "host": diagnosis.host,
        "distribution": diagnosis.distribution,
        "started": diagnosis.started,
        "duration_s": round(diagnosis.duration_s, 4),
        "log": diagnosis.log,
        "findings": [_finding(each) for each in diagnosis.findings],
        "logs": [{"name": each.name, "size": each.size} for each in diagnosis.logs],
        "passed_over": [{"name": each.name, "reason": each.reason} for each in diagnosis.passed_over],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "problem": finding.problem,
        "title": finding.title.en,
        "certainty": finding.certainty,
        "count": finding.count,
        "first": finding.first,
        "last": finding.last,
        "logs": [{"name": name, "count": count} for name, count in finding.logs],
        "evidence": [_evidence(each) for each in finding.evidence],
        "meanings": [
            {"caught": each.caught, "count": each.count, "text": _english(each.text)}
            for each in finding.meanings
        ],
        "confirmations": [_confirmation(each) for each in finding.confirmations],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "log": evidence.log,
        "line": evidence.line,
        "time": evidence.time,
        "text": evidence.text,
        "before": list(evidence.before),
        "after": list(evidence.after),
    }


def _confirmation(confirmation: Confirmation) -> dict[str, Any]:
    return {
        "check": confirmation.check,
        "requirement": confirmation.requirement.en,
        "verdict": confirmation.verdict,
        "actual": _english(confirmation.actual),
        "reason": _english(confirmation.reason),
    }


def _english(text: Optional[Text]) -> Optional[str]:
    return None if text is None else text.en
