"""Every fact that a rule may name: what it is, its type and units, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Optional, cast, get_type_hints

from envcheck import probes
from envcheck.errors import RequestError
from envcheck.facts import Unknown, split, subject
from envcheck.probes._records import record_of, samples_of
from envcheck.record import Record
from envcheck.rulebook.chinese import TYPES, source
from envcheck.rulebook.parameters import wrong_subject
from envcheck.rulebook.requirement import show
from envcheck.rulebook.source import nearest, quoted
from envcheck.rulebook.types import Type, probe_type
from envcheck.text import Lang, Text
from envcheck.values import Bytes, Hertz

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
_WORDS = {
    "text": "text",
    "flag": "true or false",
    "version": "version",
    "size": "size",
    "frequency": "frequency",
}
_UNITS: Mapping[str, tuple[str, ...]] = {"size": tuple(Bytes.units), "frequency": tuple(Hertz.units)}


class Described(Record):
    """A fact as the author of a rule needs to know it."""

    name: str
    """As a rule names it, what its probe is asked about included where that was said."""
    type: Type
    text: str
    sources: tuple[str, ...]
    """Where it is sought, best first."""
    example: str
    """A value that it might have; empty where nobody wrote one."""
    record: str
    """The files of a written host that tell it; empty where nobody wrote them down."""
    zh: str = ""
    """The text in Chinese; empty where nobody wrote it."""

    @property
    def said(self) -> Text:
        """The text in both languages."""
        return Text(self.text, self.zh or self.text)

    @property
    def sought(self) -> Text:
        """Where it is sought, in both languages."""
        said = [source(each) for each in self.sources]
        return Text(", ".join(each.en for each in said), "、".join(each.zh for each in said))

    @property
    def probe(self) -> str:
        """The probe that answers it, with what it is asked about."""
        return split(self.name)[0]

    def of(self, facts: Any) -> object:  # noqa: ANN401 - what the probe answered
        """The fact among those that its probe answered; Unknown where it answered nothing."""
        return facts if isinstance(facts, Unknown) else getattr(facts, split(self.name)[1][0])

    @property
    def samples(self) -> Mapping[str, str]:
        """What may stand in the files of a written host whose form is our own, by file."""
        return samples_of(self.record)

    @property
    def units(self) -> tuple[str, ...]:
        """The units in which a rule may write it."""
        return _UNITS.get(self.type.kind, ())


def described(name: Optional[str] = None) -> tuple[Described, ...]:
    """The facts of that name: all, those of a probe, or one, brackets passed on.

    Raises RequestError with the nearest name.
    """
    every = [fact for probe in probes.names() for fact in _of_probe(probe)]
    if name is None:
        return tuple(every)
    asked, fields = split(name)
    probe, about = subject(asked)
    plain = ".".join((probe, *fields))
    chosen = [fact for fact in every if plain in (fact.name, fact.probe)]
    if not chosen:
        known = {fact.name: None for fact in every} | dict.fromkeys(probes.names())
        raise RequestError(f"unknown fact {quoted(name)}{nearest(plain, known)}")
    wrong = "" if about is None else wrong_subject(probe, about)
    if wrong:
        raise RequestError(wrong)
    return tuple(
        fact if about is None else fact._replace(name=asked + fact.name[len(probe) :]) for fact in chosen
    )


def in_words(type_: Type) -> Text:
    """A type as people read it: `list of records (name: text, memory: size)`."""
    if type_.kind == "list":
        return _after("list of ", in_words(cast("Type", type_.item)))
    if type_.kind == "record":
        inner = [(name, in_words(each)) for name, each in fields_of(type_).items()]
        lists = (", ".join(f"{name}: {said.say(lang)}" for name, said in inner) for lang in LANGUAGES)
        return Text(*(f"{each} ({fields})" for each, fields in zip(named("record"), lists)))
    if type_.choices:
        return _after("one of ", Text.same(", ".join(type_.choices)))
    if type_.kind == "number":
        return named("whole number" if type_.whole else "number")
    return named(_WORDS.get(type_.kind, type_.kind))


def named(kind: str) -> Text:
    """The name of a type, or what stands before a part of one."""
    return Text(kind, TYPES.get(kind, kind))


def _after(before: str, part: Text) -> Text:
    return Text(*map("{}{}".format, named(before), part))


def fields_of(type_: Type) -> Mapping[str, Type]:
    """The fields of a record, or of the records of a list; of anything else none."""
    inner = type_.item if type_.kind == "list" and type_.item is not None else type_
    return inner.fields or {}


def _of_probe(probe: str) -> Iterator[Described]:
    """The facts of a probe, as its class says them."""
    if probe_type(probe).kind == "broken":
        return
    hints = get_type_hints(probes.facts_class(probe), include_extras=True)
    for field, type_ in (probe_type(probe).fields or {}).items():
        said: Mapping[str, Any] = getattr(hints[field], "__metadata__", ({},))[0]
        example = said.get("example")
        yield Described(
            f"{probe}.{field}",
            type_,
            said.get("doc", ""),
            tuple(part.strip() for part in re.split("[,;] ", said.get("sources", "")) if part.strip()),
            "" if example is None else show(example),
            said.get("record") or record_of(f"{probe}.{field}"),
            said.get("zh", ""),
        )
