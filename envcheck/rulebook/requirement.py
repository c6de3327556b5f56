"""The requirement language: what a rule wants of a fact, and the verdict on a value.

    ">= 17.12"  "> 1833 MHz"  ">= 7, < 8"     compared as what the fact is; a comma means and
    x86_64   64   true                         equality
    [disabled, permissive]                     one of these
    {state: working, version: ">= 384.66"}     the fields of a record, all of them
    {any: …}  {every: …}  {none: …}            the elements of a list
    {count: ">= 2"}                            their number
    {not: …}                                   the opposite
    ">= $faces"   $port                        with the value of a parameter (`parameters`)

Evaluation knows three verdicts. What cannot be known never becomes a pass, and it becomes
a fail only where the rest decides: one part that fails fails the whole.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Literal

from envcheck.facts import Known, Unknown
from envcheck.record import Record
from envcheck.text import Text

Verdict = Literal["pass", "fail", "unknown"]

_BEST_FIRST: tuple[Verdict, ...] = ("pass", "unknown")
_WORST_FIRST: tuple[Verdict, ...] = ("fail", "unknown")

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_UPWARDS = (">", ">=")
"""What a value that is only known to be at least so much can prove."""


class Unset(Record):
    """Stands where a parameter's value would, while it has none: what needs it is never judged."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}"


class Outcome(Record):
    """A verdict, what to show as the actual value, and for unknown the reason."""

    verdict: Verdict
    actual: str = ""
    reason: str = ""
    denied: bool = False


class Requirement(ABC):
    """Something wanted of a value."""

    @abstractmethod
    def judge(self, fact: Known[Any]) -> Outcome:
        """The verdict on a known value."""

    @abstractmethod
    def text(self) -> Text:
        """The requirement as people read it."""

    def outcome(self, value: object) -> Outcome:
        """The verdict on a fact or a part of one; None and Unknown are unknown."""
        if isinstance(value, Unknown):
            return Outcome("unknown", "", value.reason, value.denied)
        if value is None:
            return Outcome("unknown", "", "not reported")
        return self.judge(value if isinstance(value, Known) else Known(value, ""))

    def meets(self, value: object) -> bool:
        """Whether the verdict of `outcome` is a pass, without the words for people."""
        if value is None or isinstance(value, Unknown):
            return False
        return self._holds(value if isinstance(value, Known) else Known(value, ""))

    def _holds(self, fact: Known[Any]) -> bool:
        return self.judge(fact).verdict == "pass"


class Unjudged(Requirement):
    """Of a fact whose probe cannot be used: it is unknown, whatever is required."""

    def judge(self, fact: Known[Any]) -> Outcome:  # noqa: ARG002 - there never is one
        return Outcome("unknown", "", "its probe cannot be used")

    def text(self) -> Text:
        return Text("cannot be read without its probe", "缺少探针，无法解读")


class Compare(Requirement):
    """One comparison with a value of the fact's own type."""

    def __init__(self, comparison: str, operand: object) -> None:
        self.comparison = comparison
        self.operand = operand

    def judge(self, fact: Known[Any]) -> Outcome:
        holds = COMPARISONS[self.comparison](fact.value, self.operand)
        shown = show(fact.value)
        if not fact.at_least or (holds and self.comparison in _UPWARDS):
            return Outcome("pass" if holds else "fail", shown)
        return Outcome("unknown", f">= {shown}", f"only known to be at least {shown} ({fact.source})")

    def _holds(self, fact: Known[Any]) -> bool:
        holds = COMPARISONS[self.comparison](fact.value, self.operand)
        return holds and (not fact.at_least or self.comparison in _UPWARDS)

    def text(self) -> Text:
        said = _in_both(show(self.operand))
        return said if self.comparison == "==" else Text(*(f"{self.comparison} {each}" for each in said))


class AllOf(Requirement):
    """Several requirements of the same value, all of them."""

    def __init__(self, parts: list[Requirement]) -> None:
        self.parts = parts

    def judge(self, fact: Known[Any]) -> Outcome:
        return _all([part.judge(fact) for part in self.parts], show(fact.value))

    def _holds(self, fact: Known[Any]) -> bool:
        return all(part.meets(fact) for part in self.parts)

    def text(self) -> Text:
        return _joined([part.text() for part in self.parts], ", ", "，")


class OneOf(Requirement):
    """Alternatives."""

    def __init__(self, parts: list[Requirement]) -> None:
        self.parts = parts

    def judge(self, fact: Known[Any]) -> Outcome:
        if self._holds(fact):
            return Outcome("pass", show(fact.value))
        for outcome in [part.judge(fact) for part in self.parts]:
            if outcome.verdict == "unknown":
                return outcome._replace(actual=show(fact.value))
        return Outcome("fail", show(fact.value))

    def _holds(self, fact: Known[Any]) -> bool:
        return any(part.meets(fact) for part in self.parts)

    def text(self) -> Text:
        return _joined([part.text() for part in self.parts], " or ", " 或 ")


class Not(Requirement):
    """The opposite of a requirement."""

    def __init__(self, part: Requirement) -> None:
        self.part = part

    def judge(self, fact: Known[Any]) -> Outcome:
        outcome = self.part.judge(fact)
        opposite: dict[Verdict, Verdict] = {"pass": "fail", "fail": "pass", "unknown": "unknown"}
        return outcome._replace(verdict=opposite[outcome.verdict])

    def text(self) -> Text:
        part = self.part.text()
        return Text(f"not {part.en}", f"非 {part.zh}")


class Fields(Requirement):
    """Requirements of a record's fields, all of them."""

    def __init__(self, parts: dict[str, Requirement]) -> None:
        self.parts = parts

    def judge(self, fact: Known[Any]) -> Outcome:
        if _shows_itself(fact.value) and self._holds(fact):  # most often: no need for words of its parts
            return Outcome("pass", show(fact.value))
        outcomes = {name: part.outcome(getattr(fact.value, name)) for name, part in self.parts.items()}
        return _all(
            [
                outcome._replace(reason=f"{_words(name)}: {outcome.reason}") if outcome.reason else outcome
                for name, outcome in outcomes.items()
            ],
            show(fact.value) if _shows_itself(fact.value) else _listed(outcomes),
        )

    def _holds(self, fact: Known[Any]) -> bool:
        return all(part.meets(getattr(fact.value, name)) for name, part in self.parts.items())

    def text(self) -> Text:
        named = [
            Text(*map("{} {}".format, _in_both(_words(name)), part.text()))
            for name, part in self.parts.items()
        ]
        return _joined(named, ", ", "，")


class AnyElement(Requirement):
    """At least one element of a list."""

    def __init__(self, part: Requirement) -> None:
        self.part = part

    def judge(self, fact: Known[Any]) -> Outcome:
        outcomes = [(element, self.part.outcome(element)) for element in fact.value]
        for verdict in _BEST_FIRST:
            chosen = [(e, o) for e, o in outcomes if o.verdict == verdict]
            if chosen:
                return _which(chosen, verdict)
        return Outcome("fail", _elements(fact.value))

    def text(self) -> Text:
        part = self.part.text()
        return Text(f"at least one: {part.en}", f"至少一个：{part.zh}")


class EveryElement(Requirement):
    """Every element of a list; the actual value names those that miss. An empty list fails."""

    def __init__(self, part: Requirement) -> None:
        self.part = part

    def judge(self, fact: Known[Any]) -> Outcome:
        outcomes = [(element, self.part.outcome(element)) for element in fact.value]
        for verdict in _WORST_FIRST:
            chosen = [(e, o) for e, o in outcomes if o.verdict == verdict]
            if chosen:
                return _which(chosen, verdict)
        return Outcome("pass" if outcomes else "fail", _elements(fact.value))

    def text(self) -> Text:
        part = self.part.text()
        return Text(f"every one: {part.en}", f"每一个：{part.zh}")


class NoElement(Requirement):
    """No element of a list; the actual value names those that are there all the same."""

    def __init__(self, part: Requirement) -> None:
        self.part = part

    def judge(self, fact: Known[Any]) -> Outcome:
        outcomes = [(element, self.part.outcome(element)) for element in fact.value]
        cases: tuple[tuple[Verdict, Verdict], ...] = (("pass", "fail"), ("unknown", "unknown"))
        for found, verdict in cases:
            chosen = [(e, o) for e, o in outcomes if o.verdict == found]
            if chosen:
                return _which(chosen, verdict)
        return Outcome("pass", "none")

    def text(self) -> Text:
        part = self.part.text()
        return Text(f"none: {part.en}", f"没有：{part.zh}")


class Count(Requirement):
    """The number of a list's elements."""

    def __init__(self, part: Requirement) -> None:
        self.part = part

    def judge(self, fact: Known[Any]) -> Outcome:
        outcome = self.part.judge(Known(len(fact.value), fact.source))
        number = len(fact.value)
        return outcome._replace(actual=f"{number}: {_elements(fact.value)}" if number else "none")

    def text(self) -> Text:
        part = self.part.text()
        return Text(f"number {part.en}", f"数量 {part.zh}")


def show(value: object) -> str:
    """A value as the report shows it."""
    if type(value) is str:  # most are
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Known):
        return show(value.value)
    if isinstance(value, tuple) and not _shows_itself(value):
        return _elements(value)
    return str(value)


def _all(outcomes: list[Outcome], actual: str) -> Outcome:
    for verdict in ("fail", "unknown"):
        for outcome in outcomes:
            if outcome.verdict == verdict:
                return outcome._replace(actual=actual)
    return Outcome("pass", actual)


def _which(chosen: list[tuple[object, Outcome]], verdict: Verdict) -> Outcome:
    """The verdict that these elements of a list make, naming them; an unknown one says why itself."""
    shown = _elements(element for element, _ in chosen)
    denied = any(outcome.denied for _, outcome in chosen)
    return Outcome(verdict, shown, _unclear(chosen) if verdict == "unknown" else "", denied)


def _unclear(chosen: list[tuple[object, Outcome]]) -> str:
    """Why these elements are unknown: one that stands for its own reason is that reason."""
    named = [(show(element), outcome.reason) for element, outcome in chosen]
    own = [shown for shown, reason in named if reason.endswith(shown)]
    others = [shown for shown, reason in named if not reason.endswith(shown)]
    return "; ".join([*own, f"not known of {'; '.join(others)}"] if others else own)


def _listed(outcomes: dict[str, Outcome]) -> str:
    return ", ".join(f"{_words(name)} {o.actual}" for name, o in outcomes.items() if o.actual)


def _elements(values: Iterable[object]) -> str:
    return "; ".join(show(value) for value in values) or "none"


def _in_both(text: str) -> Text:
    from envcheck.rulebook.chinese import word  # a check that says itself what it wants has no use for it

    return word(text)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shows_itself(value: object) -> bool:
    """Whether the class says how it is shown, rather than leaving it to dataclass or tuple."""
    return type(value).__str__ is not object.__str__ and type(value) is not tuple


def _joined(texts: list[Text], en: str, zh: str) -> Text:
    return Text(en.join(text.en for text in texts), zh.join(text.zh for text in texts))
