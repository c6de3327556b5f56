"""Signs of hypervisors, and of the privileged hosts that they run on."""

from __future__ import annotations

import re
from typing import Optional

from envcheck.host.base import Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import cpuinfo, virtual
from envcheck.probes.shared import described
from envcheck.probes.shared.signs import Sign, first_sign, maybe

_XEN = "/sys/hypervisor"
_ZERO_UUID = "00000000-0000-0000-0000-000000000000"
_DMI = "/sys/class/dmi/id"
_PCI_LIST = "/proc/bus/pci/devices"
_PCI = "/sys/bus/pci/devices"
_VM00 = regex(r"^VM\d\d Control Program:\s*(\S.*?)\s*$", re.MULTILINE)
_PSERIES = regex(r"emulated by qemu|User Mode Linux", re.IGNORECASE)
_NO_VENDOR = frozenset({"", "none", "-"})


def privileged(host: Host) -> Optional[Sign]:
    """The sign of a host that runs right beside its hypervisor and owns the hardware."""
    return first_sign(
        (lambda: _xen_dom0(host), lambda: _virt_what_dom0(host), lambda: _hyper_v_root(host)),
    )


def sign(host: Host, privileged_sign: Optional[Sign]) -> Optional[Sign]:
    """The sign that the host is a VM; None where none is seen.

    What a privileged host would show too (flags, /proc/xen) does not count for it.
    """
    hardware = (
        lambda: _by_dmi(host),
        lambda: _by_pci(host),
        lambda: _by_firmware(host),
    )
    if privileged_sign is not None:
        return first_sign(hardware)
    return first_sign(
        (
            *hardware,
            lambda: _by_xen(host),
            lambda: _by_cpu(host),
            lambda: _by_lscpu(host),
            lambda: _by_tools(host),
        )
    )


def system(host: Host) -> tuple[str, str]:
    """Vendor and product of the system, by DMI type 1; raises Unreadable, ValueError."""
    try:
        vendor = host.read(f"{_DMI}/sys_vendor").strip()
        product = maybe(lambda: host.read(f"{_DMI}/product_name").strip())
    except Unreadable:
        return virtual.system_of(described.dmi_table(host))
    return vendor, product or ""


def _version(host: Host) -> tuple[str, str]:
    """Version and family of the system, likewise; empty where they are not told."""
    version = maybe(lambda: host.read(f"{_DMI}/product_version"))
    if version is None and not host.live:
        return maybe(lambda: virtual.version_of(described.dmi_table(host))) or ("", "")
    return version or "", maybe(lambda: host.read(f"{_DMI}/product_family")) or ""


def cpu_is_virtual(host: Host) -> Optional[bool]:
    """The hypervisor flag of the CPU; None where it is not known. Raises Unreadable, ValueError."""
    return cpuinfo.hypervisor_flag(cpuinfo.read(host.read("/proc/cpuinfo")))


def pci_known(host: Host) -> bool:
    """Whether the devices on the PCI bus are known, so that the absence of a VM's counts."""
    return bool(maybe(lambda: _pci_ids(host))) or bool(_lspci_texts(host))


def _xen_dom0(host: Host) -> Optional[Sign]:
    capabilities = maybe(lambda: host.read("/proc/xen/capabilities"))
    if capabilities is not None:
        return Sign("xen-dom0", "Xen dom0: /proc/xen/capabilities") if "control_d" in capabilities else None
    if (
        maybe(lambda: host.read(f"{_XEN}/type").strip()) == "xen"
        and maybe(lambda: host.read(f"{_XEN}/uuid").strip()) == _ZERO_UUID
    ):
        return Sign("xen-dom0", f"Xen dom0: {_XEN}/uuid")
    values = _recorded_lscpu(host)
    if values.get("Virtualization type") == "none":
        return Sign("xen-dom0", f"beside its hypervisor {values.get('Hypervisor vendor', '')}: lscpu")
    return None


def _virt_what_dom0(host: Host) -> Optional[Sign]:
    found = virtual.virt_what_kind(_recorded(host, "virt-what"))
    return Sign("xen-dom0", "Xen dom0: virt-what") if found == "xen-dom0" else None


def _hyper_v_root(host: Host) -> Optional[Sign]:
    """With the Hyper-V role the hardware's owner sees the hypervisor too; its guests see no real vendor."""
    if not (maybe(lambda: cpu_is_virtual(host)) or _recorded_lscpu(host)):
        return None
    vendor, product = system(host)
    if not vendor or virtual.dmi_kind(vendor, product) or virtual.is_cloud(vendor, product):
        return None
    if described.lscpu(host).get("Hypervisor vendor") != "Microsoft":
        return None
    return Sign("hyper-v-root", f"Hyper-V role on {vendor} {product}")


def _by_dmi(host: Host) -> Optional[Sign]:
    vendor, product = system(host)
    kind = virtual.dmi_kind(vendor, product)
    if kind is None and virtual.is_cloud(vendor, product):
        bare = ".metal" in product or maybe(lambda: cpu_is_virtual(host)) is False
        kind = None if bare else "kvm"
    elif kind is None:
        kind = virtual.dmi_version_kind(*_version(host))
    return Sign(kind, f"DMI: {vendor} {product}".strip()) if kind else None


def _by_pci(host: Host) -> Optional[Sign]:
    kind = virtual.pci_kind(maybe(lambda: _pci_ids(host)) or ())
    for text in () if kind else _lspci_texts(host):
        kind = kind or virtual.lspci_kind(text)
    return Sign(kind, f"a device of {kind} on the PCI bus") if kind else None


def _pci_ids(host: Host) -> list[tuple[str, str]]:
    """Vendor and device of all; the list of /proc is one file where /sys has two for each."""
    listed = maybe(lambda: host.read(_PCI_LIST))
    if listed:
        codes = [line.split()[1] for line in listed.splitlines()]
        return [(code[:4].lower(), code[4:].lower()) for code in codes]
    slots = host.names(_PCI)
    return [(_hex(host, slot, "vendor"), _hex(host, slot, "device")) for slot in slots]


def _hex(host: Host, slot: str, attribute: str) -> str:
    return host.read(f"{_PCI}/{slot}/{attribute}").strip().lower().removeprefix("0x")


def _lspci_texts(host: Host) -> list[str]:
    return [text for text in host.recorded("lspci", "lspci_*").values() if text.strip()]


def _by_firmware(host: Host) -> Optional[Sign]:
    """On s390 and POWER, which have no DMI."""
    control = maybe(lambda: _VM00.search(host.read("/proc/sysinfo")))
    if control:
        return Sign("kvm" if "KVM" in control[1] else "zvm", f"/proc/sysinfo: {control[1]}")
    compatible = maybe(lambda: host.read("/proc/device-tree/hypervisor/compatible").strip("\0\n "))
    if compatible:
        return Sign(
            "kvm" if "kvm" in compatible else "xen-domu", f"/proc/device-tree/hypervisor: {compatible}"
        )
    emulated = maybe(lambda: _PSERIES.search(host.read("/proc/cpuinfo")))
    return Sign("kvm" if "qemu" in emulated[0].lower() else "uml", "/proc/cpuinfo") if emulated else None


def _by_xen(host: Host) -> Optional[Sign]:
    if maybe(lambda: host.read(f"{_XEN}/type").strip()) == "xen":
        return Sign("xen-domu", f"{_XEN}/type")
    capabilities = maybe(lambda: host.read("/proc/xen/capabilities"))
    if capabilities is not None or maybe(lambda: host.exists("/proc/xen")):
        return Sign("xen-domu", "/proc/xen")
    return None


def _by_cpu(host: Host) -> Optional[Sign]:
    return Sign("vm", "the CPU's hypervisor flag") if cpu_is_virtual(host) else None


def _by_lscpu(host: Host) -> Optional[Sign]:
    values = _recorded_lscpu(host)
    vendor = values.get("Hypervisor vendor", "")
    if vendor.lower() not in _NO_VENDOR and values.get("Virtualization type") != "none":
        return Sign(virtual.hypervisor_kind(vendor), f"lscpu: hypervisor {vendor}")
    return Sign("vm", "lscpu: hypervisor flag") if "hypervisor" in values.get("Flags", "").split() else None


def _recorded_lscpu(host: Host) -> dict[str, str]:
    """A live host's CPU flags say as much, and at once."""
    return {} if host.live else maybe(lambda: described.lscpu(host)) or {}


def _by_tools(host: Host) -> Optional[Sign]:
    return first_sign(
        (
            lambda: _tool_sign("virt-what", virtual.virt_what_kind(_recorded(host, "virt-what"))),
            lambda: _tool_sign("systemd-detect-virt", _recorded(host, "systemd-detect-virt").strip()),
            lambda: _tool_sign("hostnamectl", described.hostnamectl(host)["Virtualization"]),
            lambda: _tool_sign("hostnamectl: chassis", _chassis(described.hostnamectl(host))),
        )
    )


def _chassis(values: dict[str, str]) -> str:
    word = values.get("Chassis", "").split(" ")[0]
    return word if word in {"vm", "container"} else "none"


def _tool_sign(tool: str, found: Optional[str]) -> Optional[Sign]:
    return Sign(virtual.hypervisor_kind(found), tool) if found and found != "none" else None


def _recorded(host: Host, command: str) -> str:
    """The output of a tool that a record may hold, and that a live host is not asked to run."""
    if host.live:
        raise NotRecorded(f"{command} is only read in records")
    return host.run(command).stdout
