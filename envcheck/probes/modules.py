"""Kernel modules that matter for the GPU driver."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Known, doc
from envcheck.host.base import Host, Unreadable
from envcheck.probes.shared.modules import loaded
from envcheck.record import Record


class Modules(Record):
    """Loaded modules."""

    nouveau: Annotated[
        Fact[bool],
        doc(
            "whether the Nouveau driver is in the kernel",
            zh="内核是否加载了 Nouveau 驱动",
            sources="/proc/modules, lsmod",
            example=False,
        ),
    ]
    nvidia: Annotated[
        Fact[bool], doc("whether NVIDIA's module is loaded", sources="/proc/modules, lsmod", example=True)
    ]


def collect(host: Host) -> Modules:
    """Read the kernel's list, else lsmod."""
    return Modules(_or_built_in(host, "nouveau"), loaded(host, "nvidia"))


def _or_built_in(host: Host, module: str) -> Fact[bool]:
    """A driver that is built into the kernel is not in its list of modules."""
    listed = loaded(host, module)
    try:
        if host.exists(f"/sys/module/{module}"):
            return Known(True, f"/sys/module/{module}")
    except Unreadable:
        pass
    return listed
