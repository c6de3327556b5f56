"""Waivers at work: which of them hold on this host today, and what is said of those that did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from envcheck.record import Record
from envcheck.results import Result, Text, Waiver
from envcheck.rulebook.model import TOGETHER, Grant

Waivers = Mapping[tuple[str, str], Waiver]
"""By module and check."""


class Held(Record):
    """The waivers that hold, and those whose last day is over."""

    waivers: Waivers
    expired: Waivers


def held(grants: Sequence[Grant], host: str) -> Held:
    """Of the waivers those for the host of that name, by today's date; the first of a check counts."""
    waivers: dict[tuple[str, str], Waiver] = {}
    expired: dict[tuple[str, str], Waiver] = {}
    for grant in grants:
        if _is_for(grant, host):
            late = grant.waiver.until is not None and grant.waiver.until < _today()
            (expired if late else waivers).setdefault((grant.module, grant.check), grant.waiver)
    return Held(waivers, expired)


def _is_for(grant: Grant, host: str) -> bool:
    from fnmatch import fnmatchcase

    return not grant.hosts or any(fnmatchcase(host, pattern) for pattern in grant.hosts)


def _today() -> str:
    from datetime import datetime

    return datetime.now().astimezone().date().isoformat()


def idle(grants: Sequence[Grant], modules: Sequence[str]) -> Iterator[Text]:
    """That what was asked to be waived is of modules that are not checked: a slip, perhaps."""
    for grant in grants:
        if grant.asked and grant.module not in (*modules, TOGETHER):
            name = f"{grant.module}.{grant.check}"
            yield Text(
                f"the waiver of {name} changes nothing: {grant.module} is not checked",
                f"{name} 的豁免不起作用：未检查 {grant.module}",
            )


def expired(results: Sequence[Result], waivers: Held) -> Iterator[Text]:
    """That misses count again."""
    for result in results if waivers.expired else ():
        waiver = waivers.expired.get((result.module, result.id))
        if waiver is not None and result.missed and result.waived is None:
            name = f"{result.module}.{result.id}"
            yield Text(
                f"the waiver of {name} held until {waiver.until}, it counts again ({waiver.reason})",
                f"{name} 的豁免有效期至 {waiver.until}，现重新计入结论（{waiver.reason}）",
            )
