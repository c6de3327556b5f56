"""A setting of the kernel that a rule names."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, doc, map_fact
from envcheck.host.base import Host
from envcheck.probes.shared import sysctls
from envcheck.record import Record


class Settings(Record):
    """Which setting is meant: `net.ipv4.ip_forward`."""

    sysctl: str


class Sysctl(Record):
    """Asked with `sysctl`: of a rule `sysctl[net.ipv4.ip_forward].value`."""

    value: Annotated[
        Fact[str],
        doc(
            "its value in force, as text",
            zh="当前生效的值（文本）",
            sources="/proc/sys; of a record sysctl -a too",
            example="1",
        ),
    ]
    number: Annotated[
        Fact[int],
        doc(
            "the same as a whole number, which has an order; unknown where it is none",
            zh="当前生效的值（整数，可比较大小）；不是整数时未知",
            sources="/proc/sys; of a record sysctl -a too",
            example=4096,
        ),
    ]


def collect(host: Host, settings: Settings) -> Sysctl:
    """Read it."""
    value = sysctls.value(host, settings.sysctl)
    return Sysctl(value, map_fact(value, _number))


def _number(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= _DIGITS):
        raise ValueError(f"{text[:_SHOWN]!r} is no whole number")
    return int(text)


_DIGITS = 20
_SHOWN = 40
