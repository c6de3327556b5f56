"""Requirements as they are written in a rule file, checked against the type of the fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Optional, cast

from envcheck.facts import split, subject
from envcheck.rulebook.parameters import NO_PARAMETERS, Scope
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
    Unjudged,
)
from envcheck.rulebook.source import Node, each, nearest, nearest_of, quoted
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


def parse_requirement(node: Node, wanted: Type, scope: Scope = NO_PARAMETERS) -> Requirement:
    """Read a requirement of a fact of type `wanted`. Raises RuleError where it does not fit.

    `scope` holds the parameters that may be named in it.
    """
    if wanted.kind == "broken":
        return Unjudged()
    if node.kind == "list":
        return _alternatives(node, wanted, scope)
    if node.kind == "map":
        return _mapping(node, wanted, scope)
    if wanted.kind == "record":
        names = ", ".join(cast(Mapping[str, Type], wanted.fields))
        raise node.error(f"this fact is a record: name its fields ({names})")
    if wanted.kind == "list":
        raise node.error("this fact is a list: say any, every, none or count")
    return _comparisons(node, wanted, scope)


def fact_type(node: Node) -> Type:
    """The type of the fact that a path (`probe`, `probe.field…`, `probe[about].field…`) names.

    Raises RuleError.
    """
    probe, fields = split(node.string())
    path = [probe, *fields]
    name = subject(probe)[0]
    if "[" in node.text and "]" not in node.text:
        raise node.error(f"the bracket of {quoted(node.text)} is not closed: probe[about].field is wanted")
    try:
        found = probe_type(name)
    except LookupError:
        raise node.error(f"unknown fact {quoted(node.text)}{_meant(node.text)}") from None
    if found.kind == "broken":
        return found
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


def _meant(text: str) -> str:
    """The fact that was meant by one of an unknown probe, for a message."""
    from envcheck import probes

    asked, fields = split(text)
    probe, about = subject(asked)
    whole, bracket, rest = text.partition("[")
    if bracket and rest.endswith("]") and "." in whole:
        name, _, field = whole.partition(".")
        return f"; what it is about stands behind the probe: {quoted(f'{name}[{rest}.{field}')}"
    near = nearest_of(probe, probes.names())
    if not near:
        return nearest(probe, probes.names())
    meant, type_ = [near if about is None else f"{near}[{about}]"], probe_type(near)
    for field in fields:
        near = nearest_of(field, type_.fields or ())
        if not near:
            break
        meant.append(near)
        type_ = cast(Mapping[str, Type], type_.fields)[near]
    return f"; did you mean {quoted('.'.join(meant))}?"


def _alternatives(node: Node, wanted: Type, scope: Scope) -> Requirement:
    if not node.children:
        raise node.error("a list of alternatives needs at least one")
    if wanted.kind == "list":
        raise node.error("this fact is a list: say any, every, none or count")
    return OneOf(each(lambda child: parse_requirement(child, wanted, scope), node.children))


def _mapping(node: Node, wanted: Type, scope: Scope) -> Requirement:
    entries = node.items()
    if not entries:
        raise node.error("an empty mapping requires nothing")
    if [key.text for key, _ in entries] == ["not"]:
        return Not(parse_requirement(entries[0][1], wanted, scope))
    if wanted.kind == "list":
        return _of_list(entries, cast(Type, wanted.item), scope)
    if wanted.kind != "record":
        raise node.error(f"this fact is a {wanted}: a mapping does not fit it")
    return _of_record(entries, cast(Mapping[str, Type], wanted.fields), scope)


def _of_list(entries: list[tuple[Node, Node]], item: Type, scope: Scope) -> Requirement:
    def read(entry: tuple[Node, Node]) -> Requirement:
        key, value = entry
        if key.text == "count":
            return Count(_comparisons(value, COUNT, scope))
        if key.text in LIST_WORDS:
            return LIST_WORDS[key.text](parse_requirement(value, item, scope))
        words = (*LIST_WORDS, "count")
        near = nearest(key.text, words)
        if key.text in (item.fields or ()):
            near = f": of which element? {{any: {{{key.text}: …}}}}, every or none"
        raise key.error(f"unknown word {quoted(key.text)} for a list{near}")

    parts = each(read, entries)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _of_record(entries: list[tuple[Node, Node]], fields: Mapping[str, Type], scope: Scope) -> Requirement:
    def read(entry: tuple[Node, Node]) -> tuple[str, Requirement]:
        key, value = entry
        if key.text not in fields:
            raise key.error(f"this fact has no field {quoted(key.text)}{nearest(key.text, fields)}")
        return key.text, parse_requirement(value, fields[key.text], scope)

    return Fields(dict(each(read, entries)))


def _comparisons(node: Node, wanted: Type, scope: Scope) -> Requirement:
    if node.kind != "scalar":
        raise node.error(f"a {wanted.kind} is wanted here, not {node.described()}")
    if wanted.kind == "flag" and not node.text.lstrip().startswith("$"):
        return Compare("==", _flag(node))
    if node.is_nothing():
        raise node.error("nothing is required here")
    if wanted.kind in ORDERED and len(node.text) > 10 * LONGEST:
        raise node.error(f"{quoted(node.text)} is longer than any requirement of a {wanted.kind}")
    texts = node.text.split(",") if wanted.kind in ORDERED else [node.text]
    parts = [_comparison(node, text, wanted, scope) for text in texts]
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _flag(node: Node) -> bool:
    if node.is_nothing():
        raise node.error("nothing is required here")
    return node.flag()


def _comparison(node: Node, text: str, wanted: Type, scope: Scope) -> Requirement:
    text = text.strip()
    operand = text.lstrip("<>=!~")
    sign, operand = text[: len(text) - len(operand)] or "==", operand.lstrip()
    if sign not in COMPARISONS:
        raise node.error(f"unknown operator {quoted(sign)}; known: {' '.join(COMPARISONS)}")
    if wanted.kind not in ORDERED and sign not in ("==", "!="):
        raise node.error(f"a {wanted} has no order: {sign!r} does not fit it")
    if operand.startswith("$$"):
        operand = operand[1:]
    elif operand.startswith("$"):
        return _parameter(node, sign, operand[1:], wanted, scope)
    return Compare(sign, _operand(node, operand, wanted))


def _parameter(node: Node, sign: str, name: str, wanted: Type, scope: Scope) -> Requirement:
    value = scope.operand(node, name, wanted)
    if not scope.find(node, name).many:
        return Compare(sign, value)
    if sign != "==":
        raise node.error(f"the parameter {name!r} is a list: {sign!r} does not fit it")
    values = value if type(value) is tuple else (value,)
    return OneOf([Compare("==", item) for item in values])


def _operand(node: Node, text: str, wanted: Type) -> object:
    if wanted.choices and text not in wanted.choices:
        raise node.error(f"the fact is never {quoted(text)}{nearest(text, wanted.choices)}")
    if wanted.kind in ORDERED and len(text) > LONGEST:
        raise node.error(f"{quoted(text)} is longer than any {wanted.kind}")
    try:
        if wanted.kind == "version":
            return whole_version(text)
        if wanted.kind == "size":
            return Bytes.parse(text)
        if wanted.kind == "frequency":
            return Hertz.parse(text)
        if wanted.kind == "number":
            return read_number(text)
    except ValueError as error:
        raise node.error(f"{error}{_how(node.text, text)}") from None
    return text


def _how(whole: str, operand: str) -> str:
    """How a comparison is written, for whoever wrote it otherwise."""
    if operand and not (operand[0].isalnum() or operand[0] in ".+-"):
        return f"; operators are {' '.join(COMPARISONS)}"
    if "," in whole or set("<>=&|") & set(operand) or " and " in operand:
        return '; a comma means and: ">= 7, < 8"'
    return ""


def whole_version(text: str) -> Version:
    """Read a version. A rule's is numbers only: a suffix there would silently not count.

    Raises ValueError.
    """
    version = Version(text)
    if not all(part.isdecimal() for part in text.split(".")):
        raise ValueError(f"{text!r}: write a version as numbers with dots")
    return version


def read_number(text: str) -> float:
    """Read a number, whole or not; raises ValueError for another text, and for no finite one."""
    value: Optional[float] = None
    for read in (int, float):
        try:
            value = read(text)
            break
        except ValueError:
            continue
    if not text.isascii() or "_" in text:  # Python reads 1_0 and full-width digits as numbers too
        value = None
    if value is None or value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise ValueError(f"{text!r} is no number")
    return value
