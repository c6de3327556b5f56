"""Where a service on another host is said to be: given with the request, else in service.conf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Optional, TypeVar

from envcheck.facts import Fact, Known, first
from envcheck.host.base import Absent, Host
from envcheck.probes.formats import service_conf
from envcheck.record import Record
from envcheck.values import Endpoint, parse_port

T = TypeVar("T")

_LIMIT = 1 << 16


class Place(Record):
    """Where it is said to be."""

    state: Literal["set", "not-set"]
    detail: str

    def __str__(self) -> str:
        return self.detail


class Said(Record):
    """A place, and who says so; `place` is None where nobody does, or nothing that can be used."""

    place: Optional[Endpoint]
    source: str
    why: str = ""


def said(host: Host, given: Optional[Endpoint], option: str, path: str, prefix: str) -> Said:
    """The place that was given as `--set OPTION`, else the one that the file at `path` names.

    `prefix` begins the names of its settings: LICENSE_SERVER. Raises Unreadable.
    """
    if given is not None:
        return Said(given, f"--set {option}")
    if not path:
        return Said(None, "", f"not set: --set {option}=IP:PORT")
    try:
        text = host.read(path, _LIMIT)
    except Absent:
        return Said(None, path, f"not set: --set {option}=IP:PORT, and there is no {path}")
    values = {line.name: line.value for line in service_conf.settings(text)}
    address = values.get(f"{prefix}_HOST", "")
    try:
        place = Endpoint(service_conf.usable_host(address), parse_port(values.get(f"{prefix}_PORT", "")))
    except ValueError as error:
        return Said(None, path, f"{path} names none that can be used: {error}")
    return Said(place, path)


def facts(
    find: Callable[[], Said], path: str, by: str, ask: Callable[[Endpoint], T]
) -> tuple[Fact[Place], Fact[T]]:
    """Whether `find`, which may read the file at `path`, tells a place, and what `ask` hears there.

    `by` is the source of the answer.
    """
    found: Fact[Said] = first((path or "settings", find))
    if not isinstance(found, Known):
        return found, found
    where = found.value
    place = Place("set" if where.place else "not-set", str(where.place) if where.place else where.why)
    return Known(place, where.source), first((by, lambda: ask(_usable(where))))


def _usable(where: Said) -> Endpoint:
    if where.place is None:
        raise ValueError(where.why)
    return where.place
