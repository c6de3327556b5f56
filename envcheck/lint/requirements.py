"""The part of the schema that speaks of facts: which there are, and what a requirement of each looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from envcheck import probes
from envcheck.rulebook.grammar import COUNT, LIST_WORDS, ORDERED
from envcheck.rulebook.requirement import COMPARISONS
from envcheck.rulebook.types import Type, probe_type
from envcheck.values import Bytes, Hertz

Schema = dict[str, Any]

_PARAMETER = r"\$[a-z][a-z0-9]*(-[a-z0-9]+)*"
_SIGN = f"({'|'.join(map(re.escape, COMPARISONS))})"
_DECIMAL = r"(\d+(\.\d+)?|\.\d+)"
_OPERANDS = {
    "number": r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?",
    "version": r"\d+(\.\d+)*",
    "size": rf"{_DECIMAL}\s*({'|'.join(Bytes.units)})",
    "frequency": rf"{_DECIMAL}\s*({'|'.join(Hertz.units)})",
}


def fact_paths() -> dict[str, Type]:
    """Everything that `fact:` may name, with its type: probes, facts, and fields of records."""
    return dict(path for probe in probes.names() for path in _below(probe, probe_type(probe)))


def one_of(paths: Sequence[str]) -> Schema:
    """What names one of these facts; of a probe that is asked about something, also with brackets."""
    asked: dict[str, list[str]] = {}
    for path in paths:
        probe, dot, fields = path.partition(".")
        if probes.settings_class(probe) is not None:
            asked.setdefault(probe, []).append(re.escape(dot + fields))
    named = [
        {"type": "string", "pattern": rf"^{probe}\[.+\]({'|'.join(fields)})$"}
        for probe, fields in asked.items()
    ]
    return {"anyOf": [{"enum": list(paths)}, *named]} if named else {"enum": list(paths)}


def _below(path: str, type_: Type) -> Iterator[tuple[str, Type]]:
    yield path, type_
    for name, field in (type_.fields or {}).items():
        yield from _below(f"{path}.{name}", field)


def requirements() -> Schema:
    """By name: what a requirement of each type of fact looks like."""
    found: Schema = {"require.count": _scalar(COUNT)}
    for path, type_ in fact_paths().items():
        _add(path, type_, found)
    return found


def requirement_name(path: str, type_: Type) -> str:
    """The name of what a requirement of this fact looks like; plain types share one each."""
    return f"require.{type_.kind if _is_plain(type_) else path}"


def _is_plain(type_: Type) -> bool:
    return type_.kind not in ("record", "list") and not type_.choices


def _add(path: str, type_: Type, found: Schema) -> Schema:
    """Add what a requirement of this type looks like, and return a reference to it."""
    name = requirement_name(path, type_)
    this = {"$ref": f"#/definitions/{name}"}
    if name in found:
        return this
    found[name] = {}  # its place, before those of its parts
    negated = {
        "type": "object",
        "properties": {"not": this},
        "required": ["not"],
        "additionalProperties": False,
    }
    alternatives = {"type": "array", "items": this, "minItems": 1}
    if type_.kind == "list" and type_.item is not None:
        item = _add(f"{path}.element", type_.item, found)
        words = {**dict.fromkeys(LIST_WORDS, item), "count": {"$ref": "#/definitions/require.count"}}
        found[name] = {"anyOf": [_object(words), negated]}
    elif type_.kind == "record":
        fields = {key: _add(f"{path}.{key}", field, found) for key, field in (type_.fields or {}).items()}
        found[name] = {"anyOf": [_object(fields), alternatives, negated]}
    else:
        found[name] = {"anyOf": [_scalar(type_), alternatives, negated]}
    return this


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def _scalar(type_: Type) -> Schema:
    if type_.kind == "flag":
        return {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": f"^{_PARAMETER}$"}]}
    if type_.kind in ORDERED:
        one = rf"\s*{_SIGN}?\s*({_OPERANDS[type_.kind]}|{_PARAMETER})\s*"
        pattern = {"type": "string", "pattern": f"^{one}(,{one})*$"}
        numbers = {"type": "number"}  # 384.66 without quotes; the loader reads it as it is written
        return {"anyOf": [pattern, numbers]} if type_.kind in ("number", "version") else pattern
    if type_.choices:
        choices = "|".join(map(re.escape, type_.choices))
        return {
            "anyOf": [
                {"enum": list(type_.choices)},
                {
                    "type": "string",
                    "pattern": rf"^\s*[=!]=\s*({choices})\s*$|^\s*([=!]=)?\s*{_PARAMETER}\s*$",
                },
            ]
        }
    return {"type": ["string", "number", "boolean"], "minLength": 1}
