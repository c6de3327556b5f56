"""What a probe answers: a value with its source, or why there is none.

A probe is one module of `envcheck.probes`: a Record whose fields are of type
`Annotated[Fact[T], doc(…)]`, and a function `collect(host) -> ThatClass`. Rules name a fact
`<probe>.<field>`. A probe that mostly waits has `WAITS = True` and is asked first. One that is asked
*with* something has a Record named `Settings` and a function `collect(host, settings)`: each field
is a parameter that the rule set declares under its `params` (`some_file` as `some-file`), with its
type and, unless nothing can be asked without it, a default. A probe whose first setting is a path
has `ABOUT_PATH = True`. `T` is one of

    str, Literal[...], bool, int, float, Version, Bytes, Hertz,
    a Record of these, or tuple[T, ...] (a list)

A field of a record may be `Optional`: None means that this part was not to be had.
A record's `__str__` is what the report shows as the actual value.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, Optional, TypeVar, Union

from envcheck.host.base import NOT_RECORDED, Denied, NotRecorded, Unreadable
from envcheck.record import Record

log = logging.getLogger(__name__)
T = TypeVar("T")


class Known(Generic[T]):
    """A value and where it came from (`nvml`, `nvidia-smi -q -x`, `/proc/meminfo`, …).

    With `at_least` the value is only a lower bound: it can prove `> x`, never disprove it.
    """

    __slots__ = ("at_least", "source", "value")

    def __init__(self, value: T, source: str, at_least: bool = False) -> None:
        self.value = value
        self.source = source
        self.at_least = at_least

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        bound = ", at_least=True" if self.at_least else ""
        return f"Known({self.value!r}, {self.source!r}{bound})"

    def _key(self) -> tuple[object, ...]:
        return (self.value, self.source, self.at_least)


class Unknown(Record):
    """The value could not be had; `reason` says why, in a few words for the table.

    `denied` where the user who runs the check may not see it: root might. Not `recorded`
    where a record of a host simply lacks it.
    """

    reason: str
    denied: bool = False
    recorded: bool = True


Fact = Union[Known[T], Unknown]
Source = tuple[str, Callable[[], Any]]

_SHOWN_SOURCES = 3


@lru_cache(maxsize=4096)
def split(path: str) -> tuple[str, tuple[str, ...]]:
    """A path's probe, with what it is asked about, and its fields.

    `path[/var/log].status.owner` is `path[/var/log]` and `(status, owner)`.
    """
    end = path.rfind("]") + 1
    probe, *fields = path[end:].split(".")
    return path[:end] + probe, tuple(fields)


def subject(probe: str) -> tuple[str, Optional[str]]:
    """A probe's name and what stands in its brackets, None where it has none."""
    name, bracket, rest = probe.partition("[")
    return (name, rest[:-1]) if bracket and rest.endswith("]") else (probe, None)


def doc(
    text: str, *, zh: str = "", sources: str = "", example: object = None, record: str = ""
) -> dict[str, object]:
    """Metadata of a fact's field: what it is (with its unit), its sources, an example value.

    `zh` says the text in Chinese; without it a Chinese report shows the English one.

    `record` names the files of a written host that tell it; those of our own probes stand in
    `envcheck.probes._records`.
    """
    return {"doc": text, "zh": zh, "sources": sources, "example": example, "record": record}


def first(*sources: Source) -> Any:  # noqa: ANN401 - the caller's field says which Fact[T] it is
    """Ask the sources in order, best first, and keep the first answer.

    Each source is its name and a function that returns the value, or a Known or Unknown
    of its own. A source that has no answer raises `Unreadable`; one that cannot be
    understood raises ValueError, LookupError or TypeError. When none answers, the result
    is an Unknown with the reason of each.
    """
    reasons: list[str] = []
    unrecorded: list[str] = []
    denied = False
    for name, ask in sources:
        try:
            answer = ask()
        except Unreadable as error:
            plainly_missing = isinstance(error, NotRecorded) and str(error).endswith(NOT_RECORDED)
            (unrecorded if plainly_missing else reasons).append(name if plainly_missing else str(error))
            denied = denied or isinstance(error, Denied)
        except (ValueError, LookupError, TypeError) as error:
            log.warning("%s gave no usable answer", name, exc_info=True)
            reasons.append(f"{name}: {_puzzle(error)}")
        else:
            if isinstance(answer, Unknown):
                reasons.append(answer.reason)
                denied = denied or answer.denied
            elif isinstance(answer, Known):
                return answer
            else:
                return Known(answer, name)
    if unrecorded and not reasons:
        return Unknown(_unrecorded(unrecorded), recorded=False)
    return Unknown("; ".join(dict.fromkeys(reasons)) or "no source", denied)


def _puzzle(error: Exception) -> str:
    """What could not be understood; Python's own words for a missing part tell nobody anything."""
    if isinstance(error, KeyError) and error.args:
        return f"tells no {error.args[0]}"
    return "cut short, or of an unknown form" if isinstance(error, IndexError) else str(error)


def _unrecorded(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN_SOURCES]) + (", …" if len(names) > _SHOWN_SOURCES else "")
    return f"not in this record: {shown}"


def value_or(fact: Fact[T], default: T) -> T:
    """The fact's value, or `default` where it is unknown."""
    return fact.value if isinstance(fact, Known) else default


def map_fact(fact: Fact[Any], change: Callable[[Any], Any]) -> Any:  # noqa: ANN401
    """The fact with its value changed; Unknown stays, and a ValueError makes it Unknown."""
    if isinstance(fact, Unknown):
        return fact
    try:
        return Known(change(fact.value), fact.source, fact.at_least)
    except ValueError as error:
        return Unknown(f"{fact.source}: {error}")
