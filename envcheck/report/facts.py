"""The dictionary of facts: for people, and as JSON (schema `envcheck.facts/1`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Optional

from envcheck.facts import Known
from envcheck.rulebook.dictionary import fields_of, in_words, named
from envcheck.rulebook.requirement import show
from envcheck.text import Text

if TYPE_CHECKING:
    from envcheck.report.style import Style
    from envcheck.rulebook.dictionary import Described
    from envcheck.rulebook.types import Type

SCHEMA = "envcheck.facts/1"
INDENT = 4

_UNITS = Text("in", "单位")
_FIELDS = Text("its fields:", "字段：")
_SOURCES = Text("sources:", "来源：")
_RECORD = Text("in a written host:", "在样例主机中：")
_SAMPLE = Text("may hold:", "内容示例：")
_HERE = Text("here:", "本机：")
_FROM = Text("from", "来自")
_AT_LEAST = Text("at least", "至少")
_UNKNOWN = Text("unknown:", "未知：")
_EXAMPLE = Text("for example:", "示例：")


def render(facts: Sequence[Described], found: Mapping[str, object], style: Style) -> str:
    """The facts with what they are on this host, each under its name, with a line break at the end."""
    lines: list[str] = []
    for fact in facts:
        for number, text in enumerate(_lines(fact, found[fact.name], style)):
            lines += style.indented(text, INDENT if number else 0)
        for file, content in fact.samples.items():
            lines += style.indented(f"{file} {style.say(_SAMPLE)}", INDENT)
            lines.append(" " * 2 * INDENT + style.fit(content))  # to be copied: never broken
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _lines(fact: Described, value: object, style: Style) -> Iterator[str]:
    fields = fields_of(fact.type)
    units = f" ({style.say(_UNITS)} {', '.join(fact.units)})" if fact.units else ""
    yield f"{style.paint(style.fit(fact.name), '1')}: {style.say(_kind(fact.type))}{units}"
    yield style.say(fact.said)
    if fields:
        each_named = "; ".join(f"{name}: {in_words(each).say(style.lang)}" for name, each in fields.items())
        yield f"{style.say(_FIELDS)} {style.fit(each_named)}"
    yield f"{style.say(_SOURCES)} {style.say(fact.sought)}"
    if fact.record:
        yield f"{style.say(_RECORD)} {style.fit(fact.record)}"
    known = isinstance(value, Known)
    yield f"{style.say(_HERE)} {_known(value, style) if isinstance(value, Known) else _unknown(value, style)}"
    if not known and fact.example:
        yield f"{style.say(_EXAMPLE)} {style.fit(fact.example)}"


def _kind(type_: Type) -> Text:
    """The type without its fields, which have a line of their own."""
    if type_.kind == "list" and type_.item is not None:
        if type_.item.kind == "record":
            return named("list of records")
        return Text(*map("{}{}".format, named("list: "), in_words(type_.item)))
    return named("record") if type_.kind == "record" else in_words(type_)


def _known(value: Known[Any], style: Style) -> str:
    bound = f"{style.say(_AT_LEAST)} " if value.at_least else ""
    source = f" ({style.say(_FROM)} {style.fit(value.source)})" if value.source else ""
    return f"{bound}{style.fit(show(value.value))}{source}"


def _unknown(value: object, style: Style) -> str:
    return f"{style.say(_UNKNOWN)} {style.fit(_reason(value))}"


def _reason(value: object) -> str:
    return getattr(value, "reason", "") or "not reported"


def json(facts: Sequence[Described], found: Mapping[str, object], host: str) -> str:
    """The same as one JSON document, in English, with a line break at its end."""
    from json import dumps

    document = {
        "schema": SCHEMA,
        "host": host,
        "facts": [{**_described(fact), "here": _here(found[fact.name])} for fact in facts],
    }
    return dumps(document, indent=2, allow_nan=False) + "\n"


def _described(fact: Described) -> dict[str, object]:
    fields = fields_of(fact.type)
    return {
        "name": fact.name,
        "type": (_kind(fact.type) if fields else in_words(fact.type)).en,
        "choices": list(fact.type.choices) or None,
        "fields": {name: in_words(each).en for name, each in fields.items()} or None,
        "units": list(fact.units) or None,
        "description": fact.text,
        "sources": list(fact.sources),
        "example": fact.example or None,
        "record": fact.record or None,
        "samples": dict(fact.samples) or None,
    }


def _here(value: object) -> dict[str, Optional[object]]:
    if not isinstance(value, Known):
        return {"value": None, "at_least": False, "source": None, "reason": _reason(value)}
    return {"value": show(value.value), "at_least": value.at_least, "source": value.source, "reason": None}
