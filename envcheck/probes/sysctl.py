"""A setting of the kernel that a rule names."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, doc
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


def collect(host: Host, settings: Settings) -> Sysctl:
    """Read it."""
    return Sysctl(sysctls.value(host, settings.sysctl))
