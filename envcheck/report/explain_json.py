"""Explanations as one JSON document, schema `envcheck.explain/1`; in English, as every JSON report."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from envcheck.explain import CheckTopic, CombinedTopic
from envcheck.rulebook.model import TOGETHER

if TYPE_CHECKING:
    from envcheck.explain import InModule, Knowledge, ProblemTopic, Topic
    from envcheck.problems.signature import Signature
    from envcheck.rulebook.dictionary import Described

SCHEMA = "envcheck.explain/1"


def render(topics: Iterable[Topic]) -> str:
    """The explanations: those of checks under `checks`, those of problems under `problems`."""
    document: dict[str, list[Any]] = {"checks": [], "problems": []}
    for topic in topics:
        if isinstance(topic, CheckTopic):
            document["checks"].append(_check(topic))
        elif isinstance(topic, CombinedTopic):
            document["checks"].append(_combined(topic))
        else:
            document["problems"].append(_problem(topic))
    return _written(document)


def render_all(knowledge: Knowledge) -> str:
    """All checks by module and all problems, each with its title only."""
    checks = [
        {"module": module, "id": check.id, "level": check.level, "title": check.title.en}
        for module, of_module in knowledge.checks.items()
        for check in of_module.values()
    ]
    problems = [{"id": each.id, "title": each.title.en} for each in knowledge.problems.values()]
    return _written({"checks": checks, "problems": problems})


def _written(document: dict[str, Any]) -> str:
    return json.dumps({"schema": SCHEMA, **document}, indent=2) + "\n"


def _check(topic: CheckTopic) -> dict[str, Any]:
    return {
        "id": topic.id,
        "modules": [_wanted(wanted) for wanted in topic.wanted],
        "facts": [_fact(fact) for fact in topic.probed],
        "problems": [
            {**_problem(meant.topic), "when": [text.en for text in meant.when]} for meant in topic.problems
        ],
    }


def _combined(topic: CombinedTopic) -> dict[str, Any]:
    """As a check of the module `*`, with what the checks of the modules claim."""
    return {
        "id": topic.id,
        "modules": [
            {
                "module": TOGETHER,
                "title": topic.title.en,
                "level": "required",
                "requirement": topic.requirement.en,
                "requires": [],
                "source": topic.source,
            }
        ],
        "facts": [],
        "problems": [],
        "claims": [{"check": each.check, "claims": each.what.en} for each in topic.claims],
    }


def _fact(fact: Described) -> dict[str, Any]:
    return {
        "fact": fact.name,
        "doc": fact.text,
        "sources": list(fact.sources),
        "example": fact.example or None,
    }


def _wanted(wanted: InModule) -> dict[str, Any]:
    check = wanted.check
    return {
        "module": wanted.module,
        "title": check.title.en,
        "level": check.level,
        "requirement": check.requirement.en,
        "requires": [dependency.check for dependency in check.requires],
        "source": check.source,
    }


def _problem(topic: ProblemTopic) -> dict[str, Any]:
    problem = topic.problem
    return {
        "id": problem.id,
        "title": problem.title.en,
        "cause": problem.cause.en,
        "steps": [
            {
                "text": step.text and step.text.en,
                "commands": {key: list(of) for key, of in step.commands.items()},
            }
            for step in problem.steps
        ],
        "reboot": problem.reboot,
        "risk": problem.risk,
        "warning": problem.warning and problem.warning.en,
        "source": problem.source,
        "checks": list(topic.checks),
        "signatures": [_signature(signature) for signature in topic.signatures],
    }


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "certainty": signature.certainty,
        "phrases": [phrase.text for phrase in signature.any],
        "files": list(signature.files),
        "confirmed_by": [each.check for each in signature.confirmed_by],
        "meanings": {caught: text.en for caught, text in signature.meanings.items()},
        "examples": list(signature.matches),
    }
