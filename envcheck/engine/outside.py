"""Asking the probes of packages: each in a process of its own, its answer checked before it counts."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Optional

from envcheck import probes
from envcheck.apart import Apart, Ended
from envcheck.facts import Known, Unknown
from envcheck.host.base import Answer, Host, Question
from envcheck.rulebook.requirement import show
from envcheck.rulebook.types import Type, probe_type, why_broken
from envcheck.values import Bytes, Hertz, Version

LEAST_SECONDS = 5.0
SHARE = 0.25
"""How long a probe may take: this share of the run's timeout, but these seconds at the least."""
DIGITS = 30
LARGEST = 10**DIGITS
"""What a number is less than: one of 5,000 digits cannot even be shown."""
FACTS_LIMIT = 1 << 20
"""Bytes of all facts of a probe: they are there to be read."""


def limit(timeout: float) -> float:
    """The seconds that packages' probes have in a run of that timeout: no more is lost by one that hangs."""
    return min(timeout, max(LEAST_SECONDS, SHARE * timeout))


class Facts:
    """The facts of a probe by name, as its own class has them."""

    def __init__(self, facts: Mapping[str, object]) -> None:
        vars(self).update(facts)

    def __iter__(self) -> Iterator[object]:
        return iter(vars(self).values())

    def __repr__(self) -> str:
        return f"Facts({vars(self)!r})"


class Part(Facts):
    """A record, with the words in which it shows itself."""

    def __init__(self, text: str, fields: Mapping[str, object]) -> None:
        super().__init__(fields)
        self._text = text

    def __str__(self) -> str:
        return self._text


class Asking:
    """A probe of a package at work."""

    def __init__(self, host: Host, probe: str, settings: object) -> None:
        self._host = host
        self._probe = probe
        self._apart: Optional[Apart] = None
        self._failure = ""
        try:
            self._apart = Apart(partial(_ask, host, probe, settings), host.close)
        except OSError as error:
            self._failure = f"probe {probe} cannot be asked: {error.strerror}"

    def facts(self, deadline: float) -> object:
        """Its facts, or an Unknown; waits until `deadline` (of time.monotonic) at the latest."""
        if self._apart is None:
            return Unknown(self._failure)
        try:
            told = self._apart.answer(deadline)
        except Ended as error:
            return Unknown(f"probe {self._probe} failed: {error}")
        kinds = [type(part) for part in told] if isinstance(told, tuple) else []
        if kinds not in ([Facts, dict], [Unknown, dict]):  # others may have written into the pipe
            return Unknown(f"probe {self._probe} failed: its answer is none")
        facts, answers = told
        for question, answer in answers.items():
            self._host.answers.setdefault(question, answer)
        return facts

    def end(self) -> None:
        """Stop it, if it still runs."""
        if self._apart is not None:
            self._apart.end()


def _ask(host: Host, probe: str, settings: object) -> tuple[object, Mapping[Question, Answer]]:
    """In the process of its own: the facts, and what the host answered for them."""
    known = set(host.answers)
    facts: object
    try:
        collect = probes.collector(probe)
        facts = _checked(
            collect(host) if settings is None else collect(host, probes.own_settings(probe, settings)), probe
        )
    except probes.BrokenProbe as error:
        facts = Unknown(str(error))
    except BaseException as error:  # noqa: BLE001 - it is not our code; what the host answered is kept
        facts = Unknown(f"probe {probe} failed: {_said(error)}")
    return facts, {question: answer for question, answer in host.answers.items() if question not in known}


def _said(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _checked(found: object, probe: str) -> Facts:
    types = probe_type(probe).fields
    if types is None:
        raise TypeError(f"its facts cannot be known: {why_broken(probe)}")
    if not isinstance(found, probes.own_facts_class(probe)):
        raise TypeError(f"it answered a {type(found).__name__}")
    facts = Facts({name: _fact(getattr(found, name), types[name], f"{probe}.{name}") for name in types})
    if len(pickle.dumps(facts)) > FACTS_LIMIT:
        raise ValueError(f"its facts are more than {FACTS_LIMIT >> 20} MiB")
    return facts


def _fact(fact: object, wanted: Type, name: str) -> object:
    try:
        if isinstance(fact, Unknown):
            return Unknown(str(fact.reason), bool(fact.denied), bool(fact.recorded))
        if isinstance(fact, Known):
            return Known(_plain(fact.value, wanted), str(fact.source), bool(fact.at_least))
    except Exception as error:  # noqa: BLE001 - it is not our code
        return Unknown(f"{name} is not what it is said to be: {_said(error)}")
    return Unknown(f"{name} is neither Known nor Unknown but a {type(fact).__name__}")


def _plain(value: Any, wanted: Type) -> object:  # noqa: ANN401 - whatever the probe answered
    """The value in types of our own. Raises TypeError or ValueError where it is of another type."""
    if wanted.kind == "list":
        if not isinstance(value, tuple):
            raise TypeError(f"a tuple is wanted, not a {type(value).__name__}")
        assert wanted.item is not None  # noqa: S101 - that is what a list is
        return tuple(_plain(item, wanted.item) for item in value)
    if wanted.kind == "record":
        return _part(value, wanted.fields or {})
    if not isinstance(value, _CLASSES[wanted.kind]) or isinstance(value, bool) != (wanted.kind == "flag"):
        raise TypeError(f"a {wanted} is wanted, not a {type(value).__name__}")
    if wanted.whole and not isinstance(value, int):
        raise TypeError(f"a whole number is wanted, not a {type(value).__name__}")
    if isinstance(value, (int, float)) and not -LARGEST < value < LARGEST:  # nor what is no number
        raise ValueError(f"a number of at most {DIGITS} digits is wanted")
    plain = _PLAIN[wanted.kind](value)
    if wanted.choices and plain not in wanted.choices:
        raise ValueError(f"{plain!r} is none of {', '.join(wanted.choices)}")
    return plain


def _part(value: Any, fields: Mapping[str, Type]) -> Part:  # noqa: ANN401
    parts: dict[str, object] = {}
    for name in fields:
        part = getattr(value, name)
        parts[name] = None if part is None else _plain(part, fields[name])
    own: object = type(value).__str__
    words = (
        str(value)
        if own is not object.__str__
        else ", ".join(f"{name} {show(part)}" for name, part in parts.items())
    )
    return Part(words, parts)


_CLASSES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "flag": (bool,),
    "number": (int, float),
    "version": (Version,),
    "size": (Bytes,),
    "frequency": (Hertz,),
}
_PLAIN: Mapping[str, Any] = {
    "text": str.__str__,
    "flag": bool,
    "number": lambda value: int(value) if isinstance(value, int) else float(value),
    "version": lambda value: Version(str.__str__(value.text)),
    "size": Bytes,
    "frequency": Hertz,
}
