"""What shows that a host is a physical machine, once no sign of anything else was found."""

from __future__ import annotations

from functools import partial

from envcheck.facts import Unknown
from envcheck.host.base import Host, NotRecorded
from envcheck.probes.formats import virtual
from envcheck.probes.shared import described, hypervisors
from envcheck.probes.shared.signs import maybe


def evidence(host: Host) -> str | Unknown:
    """What shows the metal; Unknown where too little is known to exclude a VM.

    A DMI table of a maker of hardware does; else a CPU without hypervisor flag together with
    a PCI bus without a VM's devices (old VirtualBox sets no flag); else a tool that looked.
    """
    system = maybe(lambda: hypervisors.system(host))
    if system and any(system):
        return f"DMI: {' '.join(system).strip()}"
    if _cpu_is_real(host) and hypervisors.pci_known(host):
        return "no hypervisor flag and no virtual device on the PCI bus"
    for tool in ("virt-what", "systemd-detect-virt", "hostnamectl"):
        if maybe(partial(_found_nothing, host, tool)):
            return f"{tool} found no virtualization"
    if maybe(lambda: _is_lpar(host)):
        return "a logical partition of IBM Z"
    if host.live:
        return Unknown("neither DMI nor CPU and PCI bus could be read: a VM can't be excluded")
    return Unknown("not in this record: DMI, or CPU and PCI bus; a VM can't be excluded", recorded=False)


def _cpu_is_real(host: Host) -> bool:
    if maybe(lambda: hypervisors.cpu_is_virtual(host)) is False:
        return True
    flags = {} if host.live else maybe(lambda: described.lscpu(host)) or {}
    return "Flags" in flags  # that it names no hypervisor is known by now


def _found_nothing(host: Host, tool: str) -> bool:
    if host.live:
        raise NotRecorded(f"{tool} is only read in records")
    if tool == "virt-what":
        return virtual.virt_what_kind(host.run(tool).stdout) is None
    if tool == "systemd-detect-virt":
        return host.run(tool).stdout.strip() == "none"
    values = described.hostnamectl(host)
    return "Virtualization" not in values and values.get("Chassis", "") not in {"", "vm", "container"}


def _is_lpar(host: Host) -> bool:
    return "LPAR Number:" in host.read("/proc/sysinfo")
