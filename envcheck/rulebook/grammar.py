"""Requirements as they are written in a rule file, checked against the type of the fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Optional, cast

from envcheck.lazy import regex
from envcheck.rulebook.requirement import (
    COMPARISONS,
    AllOf,
    AnyElement,
    Compare,
    Count,
    EveryElement,
    Fields,
    NoElement,
    Not,
    OneOf,
    Requirement,
)
from envcheck.rulebook.source import Node, each, nearest, quoted
from envcheck.rulebook.types import Type, probe_type
from envcheck.values import Bytes, Hertz, Version

ORDERED = ("number", "version", "size", "frequency")
COUNT = Type("number", whole=True, least=0)
LIST_WORDS: dict[str, Callable[[Requirement], Requirement]] = {
    "any": AnyElement,
    "every": EveryElement,
    "none": NoElement,
}

LONGEST = 100
"""Characters of a number, version or quantity: to read a longer one takes time for nothing."""

_COMPARISON = regex(r"\s*([<>=!~]+)?\s*(.*?)\s*", re.DOTALL)


def parse_requirement(node: Node, wanted: Type) -> Requirement:
    """Read a requirement of a fact of type `wanted`. Raises RuleError where it does not fit."""
    if node.kind == "list":
        return _alternatives(node, wanted)
    if node.kind == "map":
        return _mapping(node, wanted)
    if wanted.kind == "record":
        names = ", ".join(cast(Mapping[str, Type], wanted.fields))
        raise node.error(f"this fact is a record: name its fields ({names})")
    if wanted.kind == "list":
        raise node.error("this fact is a list: say any, every, none or count")
    return _comparisons(node, wanted)


def fact_type(node: Node) -> Type:
    """The type of the fact that a path (`probe` or `probe.field…`) names. Raises RuleError."""
    path = node.string().split(".")
    try:
        found = probe_type(path[0])
    except LookupError:
        from envcheck import probes

        raise node.error(f"unknown fact {quoted(node.text)}{nearest(path[0], probes.names())}") from None
    for depth, name in enumerate(path[1:], start=1):
        above = ".".join(path[:depth])
        if found.fields is None:
            raise node.error(f"{above!r} is a {found.kind}: it has no field {quoted(name)}")
        if name not in found.fields:
            raise node.error(
                f"unknown fact {quoted(node.text)}: {above!r} has no {quoted(name)}"
                f"{nearest(name, found.fields)}"
            )
        found = found.fields[name]
    return found


def _alternatives(node: Node, wanted: Type) -> Requirement:
    if not node.children:
        raise node.error("a list of alternatives needs at least one")
    if wanted.kind == "list":
        raise node.error("this fact is a list: say any, every, none or count")
    return OneOf(each(lambda child: parse_requirement(child, wanted), node.children))


def _mapping(node: Node, wanted: Type) -> Requirement:
    entries = node.items()
    if not entries:
        raise node.error("an empty mapping requires nothing")
    if [key.text for key, _ in entries] == ["not"]:
        return Not(parse_requirement(entries[0][1], wanted))
    if wanted.kind == "list":
        return _of_list(entries, cast(Type, wanted.item))
    if wanted.kind != "record":
        raise node.error(f"this fact is a {wanted}: a mapping does not fit it")
    return _of_record(entries, cast(Mapping[str, Type], wanted.fields))


def _of_list(entries: list[tuple[Node, Node]], item: Type) -> Requirement:
    def read(entry: tuple[Node, Node]) -> Requirement:
        key, value = entry
        if key.text == "count":
            return Count(_comparisons(value, COUNT))
        if key.text in LIST_WORDS:
            return LIST_WORDS[key.text](parse_requirement(value, item))
        words = (*LIST_WORDS, "count")
        raise key.error(f"unknown word {quoted(key.text)} for a list{nearest(key.text, words)}")

    parts = each(read, entries)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _of_record(entries: list[tuple[Node, Node]], fields: Mapping[str, Type]) -> Requirement:
    def read(entry: tuple[Node, Node]) -> tuple[str, Requirement]:
        key, value = entry
        if key.text not in fields:
            raise key.error(f"this fact has no field {quoted(key.text)}{nearest(key.text, fields)}")
        return key.text, parse_requirement(value, fields[key.text])

    return Fields(dict(each(read, entries)))


def _comparisons(node: Node, wanted: Type) -> Requirement:
    if node.kind != "scalar":
        raise node.error(f"a {wanted.kind} is wanted here, not {node.described()}")
    if wanted.kind == "flag":
        return Compare("==", node.flag())
    if not node.text.strip():
        raise node.error("nothing is required here")
    texts = node.text.split(",") if wanted.kind in ORDERED else [node.text]
    parts = [_comparison(node, text, wanted) for text in texts]
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _comparison(node: Node, text: str, wanted: Type) -> Requirement:
    match = _COMPARISON.fullmatch(text)
    sign, operand = (match[1] or "==", match[2]) if match else ("==", text)
    if sign not in COMPARISONS:
        raise node.error(f"unknown operator {quoted(sign)}{nearest(sign, COMPARISONS)}")
    if wanted.kind not in ORDERED and sign not in ("==", "!="):
        raise node.error(f"a {wanted} has no order: {sign!r} does not fit it")
    return Compare(sign, _operand(node, operand, wanted))


def _operand(node: Node, text: str, wanted: Type) -> object:
    if wanted.choices and text not in wanted.choices:
        raise node.error(f"the fact is never {quoted(text)}{nearest(text, wanted.choices)}")
    if wanted.kind in ORDERED and len(text) > LONGEST:
        raise node.error(f"{quoted(text)} is longer than any {wanted.kind}")
    try:
        if wanted.kind == "version":
            return _whole_version(text)
        if wanted.kind == "size":
            return Bytes.parse(text)
        if wanted.kind == "frequency":
            return Hertz.parse(text)
        if wanted.kind == "number":
            return _number(text)
    except ValueError as error:
        raise node.error(str(error)) from None
    return text


def _whole_version(text: str) -> Version:
    """A rule's version is numbers only: a suffix there would silently not count."""
    version = Version(text)
    if not re.fullmatch(r"\d+(\.\d+)*", text):
        raise ValueError(f"{text!r}: write a version as numbers with dots")
    return version


def _number(text: str) -> float:
    value: Optional[float] = None
    for read in (int, float):
        try:
            value = read(text)
            break
        except ValueError:
            continue
    if value is None or value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise ValueError(f"{text!r} is no number")
    return value
