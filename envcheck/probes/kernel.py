"""The running kernel."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, doc, first, map_fact
from envcheck.host.base import Host
from envcheck.probes.shared import described
from envcheck.record import Record
from envcheck.values import Version


class Kernel(Record):
    """The kernel that runs now, not one that is merely installed."""

    release: Annotated[
        Fact[str],
        doc(
            "release of the running kernel, as `uname -r` prints it",
            sources="/proc/sys/kernel/osrelease, uname -r, uname -a, hostnamectl",
            example="3.10.0-957.el7.x86_64",
        ),
    ]
    version: Annotated[
        Fact[Version],
        doc(
            "its version number",
            zh="内核版本号",
            sources="/proc/sys/kernel/osrelease, uname -r, uname -a, hostnamectl",
            example="3.10.0",
        ),
    ]


def collect(host: Host) -> Kernel:
    """Ask /proc, else uname, else what hostnamectl once printed."""
    release: Fact[str] = first(
        ("/proc/sys/kernel/osrelease", lambda: host.read("/proc/sys/kernel/osrelease").strip()),
        ("uname -r", lambda: host.run("uname", "-r").stdout.split()[0]),
        ("uname -a", lambda: host.run("uname", "-a").stdout.split()[2]),
        ("hostnamectl", lambda: described.hostnamectl(host)["Kernel"].split()[-1]),
    )
    return Kernel(release, map_fact(release, Version))
