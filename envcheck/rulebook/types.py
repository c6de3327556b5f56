"""The types of facts as rules see them: what a path names and what it may be compared with."""

from __future__ import annotations

import builtins
import logging
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, Literal, Optional, Union, get_args, get_origin, get_type_hints

from envcheck import probes
from envcheck.errors import RequestError
from envcheck.facts import Known, Unknown
from envcheck.record import Record
from envcheck.values import Bytes, Hertz, Version

log = logging.getLogger(__name__)


class Type(Record):
    """A fact's type. `fields` of a record, `item` of a list, `choices` of an enumeration.

    A number is `whole` if its fact is an int, and never below `least`.
    """

    kind: Literal["text", "flag", "number", "version", "size", "frequency", "record", "list", "broken"]
    fields: Optional[Mapping[str, Type]] = None
    item: Optional[Type] = None
    choices: tuple[str, ...] = ()
    whole: bool = False
    least: Optional[int] = None

    def __str__(self) -> str:
        if self.kind == "list":
            return f"list of {self.item}s"
        return f"one of {', '.join(self.choices)}" if self.choices else self.kind


BROKEN = Type("broken")
"""Of the facts of a probe that cannot be used: nothing can be said of them, and they are unknown."""

_SCALARS: dict[object, Type] = {
    str: Type("text"),
    bool: Type("flag"),
    int: Type("number", whole=True),
    float: Type("number"),
    Version: Type("version"),
    Bytes: Type("size", whole=True, least=0),
    Hertz: Type("frequency", whole=True, least=0),
}


_AROUND = (("Fact[", "]"), ("Optional[", "]"), ("Union[", ", Unknown, None]"), ("Union[", ", Unknown]"))
"""What stands around a fact's type without changing it."""


@cache
def probe_type(name: str) -> Type:
    """The facts of a probe, as a record; BROKEN for a package's that cannot be used.

    Raises LookupError for an unknown probe.
    """
    if not probes.is_outside(name):
        return type_of(probes.facts_class(name))
    if name not in probes.names():
        raise LookupError(name)
    try:
        return _resolved(name)
    except RequestError:
        raise
    except Exception:
        log.exception("the facts of probe %s", name)
        return BROKEN


def why_broken(name: str) -> str:
    """What keeps the facts of a package's probe from being used; empty where nothing does."""
    try:
        _resolved(name)
    except Exception as error:  # noqa: BLE001 - whatever its annotations make it
        return str(error)
    return ""


def _resolved(name: str) -> Type:
    found = type_of(probes.facts_class(name))
    _resolve(found)
    return found


def _resolve(found: Type) -> None:
    """Raise what is wrong with any of the types in a record, which are else looked up when needed."""
    for field in found.fields or ():
        assert found.fields is not None  # noqa: S101 - it has some
        _resolve(found.fields[field])
    if found.item is not None:
        _resolve(found.item)


def type_of(annotation: Any) -> Type:  # noqa: ANN401 - any annotation of a fact
    """The type that an annotation of a fact's field means. Raises TypeError for others."""
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    origin = get_origin(annotation)
    if origin is Literal:
        return Type("text", choices=tuple(get_args(annotation)))
    if origin is tuple:
        return Type("list", item=type_of(get_args(annotation)[0]))
    if origin is Union:
        return type_of(_without_unknown(annotation))
    if origin is Known:
        return type_of(get_args(annotation)[0])
    if isinstance(annotation, type) and hasattr(annotation, "__annotations__"):
        return Type("record", fields=_Fields(annotation))
    raise TypeError(f"{annotation!r} is no type of a fact")


def fields_of(record: type) -> Mapping[str, Type]:
    """The fields of a record's class, each with its type."""
    return _Fields(record)


class _Fields(Mapping[str, Type]):
    """The fields of a record, each with its type when that is asked for: rules name one in three."""

    def __init__(self, record: type) -> None:
        self._annotations = record.__annotations__
        self._names = vars(sys.modules[record.__module__])
        self._types: dict[str, Type] = {}

    def __getitem__(self, field: str) -> Type:
        if field not in self._types:
            self._types[field] = type_of(self._annotation(field))
        return self._types[field]

    def _annotation(self, field: str) -> object:
        """What the annotation names; nearly all are read here: typing takes 0.1 ms for each."""
        text = self._annotations[field]
        found = self._read(_inside(text)) if isinstance(text, str) else None  # it is none of a stand-in
        if found is not None:
            return found
        alone = SimpleNamespace(__annotations__={field: text})
        return get_type_hints(alone, self._names)[field]

    def _read(self, text: str) -> object:
        """A class, a tuple of one or some literal texts; None for anything else."""
        if text.startswith("tuple[") and text.endswith(", ...]"):
            item = self._read(text[len("tuple[") : -len(", ...]")])
            return tuple[item, ...] if isinstance(item, type) else None  # type: ignore[valid-type]
        if text.startswith("Literal['") and text.endswith("']"):
            choices = text[len("Literal['") : -len("']")].split("', '")
            return None if any("'" in word or "\\" in word for word in choices) else Literal[tuple(choices)]
        named = self._names.get(text, getattr(builtins, text, None)) if text.isidentifier() else None
        return named if isinstance(named, type) or get_origin(named) is Literal else None

    def __contains__(self, field: object) -> bool:
        return field in self._annotations  # Mapping's own would ask for the type

    def __iter__(self) -> Iterator[str]:
        return iter(self._annotations)

    def __len__(self) -> int:
        return len(self._annotations)


def _inside(annotation: str) -> str:
    """The annotation without what stands around a fact's type."""
    if annotation.startswith("Annotated[") and annotation.endswith(")]"):
        annotation = annotation[len("Annotated[") :].partition(", doc(")[0]
    for start, end in _AROUND if "[" in annotation else ():
        if annotation.startswith(start) and annotation.endswith(end):
            return annotation[len(start) : -len(end)]
    return annotation


def _without_unknown(annotation: object) -> object:
    kept = [a for a in get_args(annotation) if a is not Unknown and a is not type(None)]
    if len(kept) != 1:
        raise TypeError(f"{annotation!r} is no type of a fact")
    return kept[0]
