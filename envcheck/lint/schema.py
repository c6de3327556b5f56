"""The JSON Schemas of rule sets and of known problems, for editors; made from what the loader goes by.

They say what an editor can say while one types: keys, facts, and of a requirement whether it
has the form that its fact's type takes. `envcheck lint` says the rest.
"""

from __future__ import annotations

import json
from typing import Any

from envcheck.lint.requirements import fact_paths, one_of, requirement_name, requirements
from envcheck.problems import loader, signatures
from envcheck.problems.base import FAMILIES
from envcheck.rulebook import checks, overlay, parameters, rulebook
from envcheck.rulebook.model import LogNames
from envcheck.rulebook.settings import TYPES

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
ID = "^[a-z0-9]+(-[a-z0-9]+)*$"


def text(which: str) -> str:
    """The schema of `rules` or `problems` as a document, with a line break at its end."""
    schema = rules() if which == "rules" else problems()
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def rules() -> Schema:
    """The schema of a rule set."""
    return {
        "$schema": DRAFT,
        "title": "Rule set of envcheck",
        "if": {"required": ["overlay"]},
        "then": _mapping(overlay.HEADER, _OVERLAY, ("overlay",)),
        "else": _mapping(rulebook.KEYS, _TOP, ("module", "title", "description", "checks")),
        "definitions": {
            **_COMMON,
            "fact": one_of(list(fact_paths())),
            "check": {
                "anyOf": [_ref("id"), {**_mapping(checks.KEYS, _CHECK, ("id",)), "allOf": [_ref("by-fact")]}]
            },
            "change": {
                **_mapping((*checks.KEYS, "remove"), {**_CHECK, "remove": {"const": True}}, ("id",)),
                "allOf": [_ref("by-fact")],
            },
            "condition": {
                **_mapping(("fact", "require"), _CHECK, ("fact", "require")),
                "allOf": [_ref("by-fact")],
            },
            "by-fact": {"allOf": _by_fact()},
            **requirements(),
        },
    }


def problems() -> Schema:
    """The schema of a base of known problems."""
    problem = _mapping(loader.KEYS, _PROBLEM, loader.REQUIRED)
    return {
        "$schema": DRAFT,
        "title": "Known problems of envcheck",
        **_mapping(("problems",), {"problems": _list(problem)}, ("problems",)),
        "definitions": {**_COMMON, "fact": one_of(list(fact_paths())), **_PHRASES},
    }


def _by_fact() -> list[Schema]:
    """What `require` and the conditions of `hints` look like, by the fact."""
    groups: dict[str, list[str]] = {}
    for path, type_ in fact_paths().items():
        groups.setdefault(requirement_name(path, type_), []).append(path)
    return [
        {
            "if": {"properties": {"fact": one_of(paths)}, "required": ["fact"]},
            "then": {"properties": {"require": _ref(name), "hints": _list(_hint(name))}},
        }
        for name, paths in groups.items()
    ]


def _hint(requirement: str) -> Schema:
    condition = {"anyOf": [{"enum": list(checks.WHY_UNKNOWN)}, _ref(requirement)]}
    return {"anyOf": [_ref("id"), {"type": "object", "maxProperties": 1, "additionalProperties": condition}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _list(items: Schema, least: int = 0) -> Schema:
    return (
        {"type": "array", "items": items, "minItems": least} if least else {"type": "array", "items": items}
    )


def _mapping(keys: tuple[str, ...], known: Schema, required: tuple[str, ...] = ()) -> Schema:
    """A mapping of these keys; one that has no schema here may hold anything."""
    return {
        "type": "object",
        "properties": {key: known.get(key, {}) for key in keys},
        "additionalProperties": False,
        "required": list(required),
    }


_TEXTS = _list(_ref("words"))
_NAMED = {"anyOf": [_ref("id"), {"type": "object", "minProperties": 1, "maxProperties": 1}]}
"""An id, or an id with a condition."""

_COMMON: Schema = {
    "words": {"type": ["string", "number", "boolean"], "minLength": 1},
    "id": {"type": ["string", "number"], "pattern": ID},
    "text": _mapping(("en", "zh"), {"en": _ref("words"), "zh": _ref("words")}, ("en", "zh")),
}

_CHECK: Schema = {
    "id": _ref("id"),
    "title": _ref("text"),
    "fact": _ref("fact"),
    "requirement": _ref("text"),
    "level": {"enum": list(checks.LEVELS)},
    "requires": _list(_NAMED),
    "when": {"anyOf": [_ref("condition"), _list(_ref("condition"))]},
    "hints": _list(_NAMED),
    "show": _list(
        _mapping(("fact", "label"), {"fact": _ref("fact"), "label": _ref("text")}, ("fact", "label"))
    ),
    "source": _ref("words"),
    "needs": _list(_ref("id")),
    "waivable": {"type": "boolean"},
}

_PARAMETER: Schema = {
    "title": _ref("text"),
    "text": _ref("text"),
    "type": {"anyOf": [{"enum": list(TYPES)}, {**_list({"enum": list(TYPES)}, 1), "maxItems": 1}]},
    "default": {"anyOf": [_ref("words"), _TEXTS]},
    "choices": _list(_ref("words"), 1),
    "min": _ref("words"),
}

_TOP: Schema = {
    "module": _ref("id"),
    "title": _ref("text"),
    "description": _ref("text"),
    "extends": _ref("id"),
    "abstract": {"type": "boolean"},
    "notes": _list(
        _mapping(("text", "unless"), {"text": _ref("text"), "unless": _list(_ref("id"))}, ("text",))
    ),
    "logs": _mapping(LogNames._fields, dict.fromkeys(LogNames._fields, _TEXTS)),
    "params": {"type": "object", "additionalProperties": _mapping(parameters.KEYS, _PARAMETER)},
    "checks": _list(_ref("check"), 1),
    "verify": _list(_ref("check"), 1),
}

_OVERLAY: Schema = {
    "overlay": _ref("id"),
    "params": _TOP["params"],
    "checks": _list(_ref("change")),
    "verify": _list(_ref("change")),
}

_COMMANDS = _mapping((*FAMILIES, "any"), dict.fromkeys((*FAMILIES, "any"), _list(_ref("words"), 1)))
_STEP = _mapping(
    ("text", "commands", "see"), {"text": _ref("text"), "commands": _COMMANDS, "see": _ref("id")}
)
_PHRASES: Schema = {
    "phrase": {"anyOf": [_ref("words"), _mapping(("pattern",), {"pattern": _ref("words")}, ("pattern",))]},
    "near": _mapping(
        ("any", "lines"),
        {
            "any": _list(_ref("phrase"), 1),
            "lines": {"type": "integer", "minimum": 0, "maximum": signatures.MAX_LINES},
        },
        ("any", "lines"),
    ),
}
_NEAR = _list({"anyOf": [_ref("phrase"), _ref("near")]}, 1)
_CONFIRMATION = ("check", "fact", "require")
_SIGNATURE: Schema = {
    "any": _list(_ref("phrase"), 1),
    "near": _NEAR,
    "excludes": _NEAR,
    "files": _list(_ref("words"), 1),
    "certainty": {"enum": list(signatures.CERTAINTIES)},
    "confirmed-by": _list(
        _mapping(_CONFIRMATION, {"check": _ref("id"), "fact": _ref("fact")}, _CONFIRMATION), 1
    ),
    "meanings": {"type": "object", "additionalProperties": _ref("text")},
    "matches": _list(_ref("words"), 1),
    "silent": _list(_ref("words"), 1),
}
_PROBLEM: Schema = {
    "id": _ref("id"),
    "title": _ref("text"),
    "cause": _ref("text"),
    "steps": _list({**_STEP, "minProperties": 1}, 1),
    "reboot": {"type": "boolean"},
    "risk": {"enum": list(loader.RISKS)},
    "warning": _ref("text"),
    "source": _ref("words"),
    "signatures": _list(_mapping(signatures.KEYS, _SIGNATURE, ("any", "matches")), 1),
}
