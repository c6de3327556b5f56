"""Whether the host is a physical machine, and if not, what it runs in."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Known, Unknown, doc, map_fact
from envcheck.host.base import Host
from envcheck.probes.shared import containers, guests, hypervisors, metal
from envcheck.record import Record


class System(Record):
    """What the host is. `kind` is none for a physical machine, else kvm, vmware, lxc, wsl and so on."""

    physical: bool
    kind: str
    evidence: str

    def __str__(self) -> str:
        """Say what it is, and how that shows: `kvm (DMI: QEMU Standard PC)`."""
        return f"{'physical' if self.physical else self.kind} ({self.evidence})"


class Virtualization(Record):
    """What the host runs on."""

    physical: Annotated[
        Fact[bool],
        doc(
            "whether it is a physical machine: no VM, no container; Xen dom0 is physical",
            sources="container marks, DMI, /proc/xen, CPU flags, PCI bus, systemd-detect-virt",
        ),
    ]
    kind: Annotated[
        Fact[str],
        doc(
            "none, or the kind of hypervisor or container",
            sources="container marks, DMI, /proc/xen, CPU flags, PCI bus, systemd-detect-virt",
            example="kvm",
        ),
    ]
    wsl: Annotated[
        Fact[bool],
        doc(
            "whether it is Linux inside Windows (WSL)",
            zh="是否为 Windows 中的 Linux（WSL）",
            sources="kernel release, /proc/version",
            example=False,
        ),
    ]
    system: Annotated[
        Fact[System],
        doc(
            "all of that with the evidence",
            zh="虚拟化、容器与 WSL 的判断结果及依据",
            sources="container marks, DMI, /proc/xen, CPU flags, PCI bus, systemd-detect-virt",
        ),
    ]


def collect(host: Host) -> Virtualization:
    """Ask for signs of WSL, containers and hypervisors; and, where there are none, for metal."""
    system = _system(host)
    return Virtualization(
        map_fact(system, lambda found: found.physical),
        map_fact(system, lambda found: found.kind),
        containers.wsl(host),
        system,
    )


def _system(host: Host) -> Fact[System]:
    """A sign of a VM or container decides; that there is none proves nothing by itself."""
    sign = containers.sign(host)
    if sign is None:
        privileged = hypervisors.privileged(host)
        sign = hypervisors.sign(host, privileged)
        if sign is None and privileged is not None:
            return _known(True, "none", privileged.evidence)
    if sign is not None:
        return _known(False, *sign)
    evidence = metal.evidence(host)
    if not isinstance(evidence, Unknown):
        return _known(True, "none", evidence)
    sign = guests.sign(host)
    return evidence if sign is None else _known(False, *sign)


def _known(physical: bool, kind: str, evidence: str) -> Known[System]:
    return Known(System(physical, kind, evidence), evidence)
