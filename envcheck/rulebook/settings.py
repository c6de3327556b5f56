"""The values that parameters take: their types, and reading them from a text.

A value comes from the command line, from a program, from a rule file's `default:` or from a
record; wherever from, it is read as a text of the parameter's type.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Union

from envcheck.record import Record
from envcheck.rulebook.requirement import show
from envcheck.values import Bytes, Endpoint, Hertz, Version, parse_address, parse_port

if TYPE_CHECKING:
    from envcheck.rulebook.model import Parameter

Value = object
"""What a parameter stands for: one of the types below, or a tuple of them for a list."""
Given = Union[str, tuple[str, ...]]
"""A value as it was written; of a list the items."""


class ValueType(Record):
    """A type of parameter: the kind of fact that it may be compared with, in words, and its reader."""

    kind: str
    words: str
    read: Callable[[str], Value]


def _text(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"{text!r} holds what cannot be printed")
    return text


def _path(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"{text!r} is no path")
    if text.startswith("~"):
        raise ValueError(f"{text!r}: no shell has put a home in place of ~ here; write it out")
    return os.path.abspath(text)


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text == "true"


def _integer(text: str) -> int:
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isdecimal() and digits.isascii() and len(text) <= _LONGEST_INTEGER):
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def _number(text: str) -> float:
    from envcheck.rulebook.grammar import read_number

    return read_number(text)


def _version(text: str) -> Version:
    from envcheck.rulebook.grammar import whole_version

    return whole_version(text)


_LONGEST_INTEGER = 20

TYPES: Mapping[str, ValueType] = {
    "text": ValueType("text", "a text", _text),
    "path": ValueType("text", "a path", _path),
    "address": ValueType("text", "a host name or an IP address", parse_address),
    "endpoint": ValueType("record", "HOST:PORT", Endpoint.parse),
    "port": ValueType("number", "a port", parse_port),
    "integer": ValueType("number", "a whole number", _integer),
    "number": ValueType("number", "a number", _number),
    "size": ValueType("size", "a size such as 32 GB", Bytes.parse),
    "frequency": ValueType("frequency", "a frequency such as 2.1 GHz", Hertz.parse),
    "version": ValueType("version", "a version such as 3.10", _version),
    "flag": ValueType("flag", "true or false", _flag),
}
"""By the word that stands in a rule file as `type:`."""


def read_value(parameter: Parameter, given: Given) -> Value:
    """The value that a text stands for. Raises ValueError, in words, where it does not fit."""
    if not parameter.many:
        if not isinstance(given, str):
            raise ValueError(f"one value is wanted, not {len(given)}")
        return _one(parameter, given)
    items = given.split(",") if isinstance(given, str) else given
    return tuple(_one(parameter, item) for item in items)


def _one(parameter: Parameter, text: str) -> Value:
    text = text.strip()
    if not text:
        raise ValueError("there is no value")
    if parameter.choices and text not in parameter.choices:
        from envcheck.rulebook.source import nearest

        raise ValueError(f"it is never {text!r}{nearest(text, parameter.choices)}")
    value: Any = TYPES[parameter.type].read(text)
    if parameter.least is not None and value < parameter.least:
        raise ValueError(f"{text!r} is less than {said(parameter.least)}")
    return value


def written(raw: object) -> Given:
    """A value out of a program as it would be written. Raises TypeError for what is none."""
    if isinstance(raw, (list, tuple)) and not isinstance(raw, Record):
        return tuple(map(_written, raw))
    return _written(raw)


def _written(raw: object) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Bytes):
        return f"{int(raw)} B"  # as it is shown it would be rounded
    if isinstance(raw, Hertz):
        return f"{int(raw)} Hz"
    if isinstance(raw, os.PathLike):
        return str(os.fspath(raw))
    if isinstance(raw, (str, int, float, Version, Endpoint)):
        return str(raw)
    raise TypeError(f"{raw!r} is no value of a parameter")


def said(value: Value) -> str:
    """A value as people read it; of a list the items with commas."""
    if isinstance(value, tuple) and not isinstance(value, Record):
        return ", ".join(map(show, value))
    return show(value)
