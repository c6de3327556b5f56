"""The running kernel."""

from __future__ import annotations

from dataclasses import dataclass, field

from envcheck.facts import Fact, doc, first, map_fact
from envcheck.host.base import Host
from envcheck.values import Version


@dataclass(frozen=True)
class Kernel:
    """The kernel that runs now, not one that is merely installed."""

    release: Fact[str] = field(
        metadata=doc("release of the running kernel, as `uname -r` prints it", example="3.10.0-957.el7.x86_64")
    )
    version: Fact[Version] = field(metadata=doc("its version number", example="3.10.0"))


def collect(host: Host) -> Kernel:
    """Ask /proc, else uname."""
    release: Fact[str] = first(
        ("/proc/sys/kernel/osrelease", lambda: host.read("/proc/sys/kernel/osrelease").strip()),
        ("uname -r", lambda: host.run("uname", "-r").stdout.strip()),
        ("uname -a", lambda: host.run("uname", "-a").stdout.split()[2]),
    )
    return Kernel(release, map_fact(release, Version))
