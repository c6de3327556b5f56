"""Which names and numbers betray a hypervisor or a container. Nothing here asks the host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Optional

from envcheck.lazy import regex
from envcheck.probes.formats.dmi import Structure

_DMI = (  # vendor and product of the system (DMI type 1), in lower case: the first that fits
    ("virtualbox", r"innotek|virtualbox"),
    ("vmware", r"vmware"),
    ("hyper-v", r"microsoft corporation \| (?:.* )?virtual machine"),
    ("xen-domu", r"^xen\b|\bhvm domu\b"),
    ("parallels", r"parallels"),
    ("bhyve", r"bhyve"),
    ("kvm", r"qemu|bochs|\bkvm\b|^red hat\b|\bovirt\b|rhev|\bnutanix ahv|virtuozzo|\bzstack\b|smartdc hvm"),
    ("kvm", r"fusion(?:compute|sphere)|\bjvirt\b|h3c cas\b|\bsmtx\b|easystack|opennebula|proxmox"),
    ("kvm", r"standard pc \(|openstack|cloudstack|kubevirt|cloud hypervisor|droplet|vserver|^linode|^vultr"),
    ("vm", r"virtual (?:machine|platform|server)|apple virtualization|^openbsd \| vmm"),
)
_CLOUDS = regex(
    r"amazon ec2|ali(?:baba )?cloud|google compute engine|tencent ?cloud|oraclecloud|upcloud|scaleway"
    r"|baidu cloud|huawei ?cloud|volcengine|jd ?cloud|ucloud|kingsoft cloud|ksyun|qingcloud|ctyun|ecloud"
    r"|ibm cloud|exoscale|cloudsigma|yandex"
)
_DMI_VERSION = regex(r"pc-(?:i440fx|q35)|virt-\d|rhel ?\d[\d.]* pc|rhel-?\d[\w.]*-pc", re.IGNORECASE)
"""The boards that QEMU emulates, told as the system's version also where a cloud gave it other names."""
_PCI = {
    "80ee": "virtualbox",
    "1af4": "kvm",
    "1b36": "kvm",
    "15ad": "vmware",
    "5853": "xen-domu",
    "1ab8": "parallels",
}
_PCI_DEVICES = {("1414", "5353"): "hyper-v", ("1234", "1111"): "kvm"}
_PCI_WORDS = (
    ("virtualbox", ("innotek", "virtualbox"), regex(r"innotek|virtualbox")),
    ("vmware", ("vmware",), regex(r"\bvmware\b")),
    ("xen-domu", ("xensource", "xen platform device"), regex(r"\bxensource\b|xen platform device")),
    ("hyper-v", ("hyper-v",), regex(r"hyper-v")),
    ("kvm", ("virtio", "qemu", "qxl"), regex(r"\bvirtio\b|\bqemu\b|\bqxl\b")),
)
"""In lower case. One of the words is looked for first, which is quick: a list may be long."""
_LSPCI_IDS = regex(r"\[([0-9a-f]{4}):([0-9a-f]{4})\]")
_CGROUP = regex(
    r"(?:/|^)(lxc|lxc\.payload|lxc\.monitor|docker|kubepods|libpod|containerd|crio|garden|ecs|buildkit)"
    r"(?:[./-]|\.slice|$)",
    re.MULTILINE,
)
_CONTAINERS = frozenset(
    {"lxc", "lxc-libvirt", "docker", "podman", "systemd-nspawn", "openvz", "rkt", "container"}
    | {"container-other", "wsl", "proot", "pouch", "oci", "linux_vserver", "linux_vserver-guest"}
)
_HYPERVISORS = {
    "microsoft": "hyper-v",
    "oracle": "virtualbox",
    "xen": "xen-domu",
    "qemu": "kvm",
    "amazon": "kvm",
}


def is_container(kind: str) -> bool:
    """Whether a kind shares its kernel with a host, so that the host is another one."""
    return kind in _CONTAINERS


@lru_cache(maxsize=16)
def dmi_kind(vendor: str, product: str) -> Optional[str]:
    """The hypervisor that a system of this vendor and product is made of, if it is none of metal."""
    text = f"{vendor} | {product}".lower()
    return next((kind for kind, pattern in _DMI if re.search(pattern, text)), None)


def dmi_version_kind(version: str, family: str) -> Optional[str]:
    """The hypervisor by the system's version and family in the same table, where its names do not tell."""
    if _DMI_VERSION.match(version.strip()):
        return "kvm"
    return "vm" if family.strip().lower() == "virtual machine" else None


def is_cloud(vendor: str, product: str) -> bool:
    """Whether a cloud provider sells it, as a VM or as bare metal under the same name."""
    return bool(_CLOUDS.search(f"{vendor} | {product}".lower()))


def system_of(structures: Iterable[Structure]) -> tuple[str, str]:
    """Vendor and product of the system: of DMI type 1, and of no other. Raises ValueError."""
    system = _system_of(structures)
    return system.text("Manufacturer"), system.text("Product Name")


def version_of(structures: Iterable[Structure]) -> tuple[str, str]:
    """Version and family of the system, likewise."""
    system = _system_of(structures)
    return system.text("Version"), system.text("Family")


def _system_of(structures: Iterable[Structure]) -> Structure:
    for structure in structures:
        if structure.type == 1:
            return structure
    raise ValueError("dmidecode shows no system information")


def pci_kind(ids: Iterable[tuple[str, str]]) -> Optional[str]:
    """The hypervisor that makes one of these devices (vendor and device, four hex digits each)."""
    for vendor, device in ids:
        kind = _PCI.get(vendor) or _PCI_DEVICES.get((vendor, device))
        if kind:
            return kind
    return None


def lspci_kind(text: str) -> Optional[str]:
    """The hypervisor that the output of lspci betrays, by numbers or by words."""
    text = text.lower()
    return pci_kind(_LSPCI_IDS.findall(text)) or next(
        (
            kind
            for kind, words, pattern in _PCI_WORDS
            if any(word in text for word in words) and pattern.search(text)
        ),
        None,
    )


def cgroup_kind(text: str) -> Optional[str]:
    """The container whose control groups these are, of process 1."""
    match = _CGROUP.search(text)
    if match is None:
        return None
    name = match[1].partition(".")[0]
    return {"lxc": "lxc", "libpod": "podman", "docker": "docker"}.get(name, "container")


def hypervisor_kind(vendor: str) -> str:
    """The kind for a hypervisor as lscpu or systemd names it (`KVM`, `Microsoft`, `oracle`)."""
    name = vendor.strip().lower()
    return _HYPERVISORS.get(name, name)


def virt_what_kind(text: str) -> Optional[str]:
    """What virt-what found; None where it printed nothing (a physical machine).

    Raises ValueError where it contradicts itself or could not look.
    """
    facts = text.split()
    if not facts:
        return None
    if any(":" in word for word in facts):
        raise ValueError("virt-what could not look")
    if "xen-dom0" in facts:
        others = set(facts) - {"xen", "xen-dom0"}
        if others and others <= _CLOUDS_OF_VIRT_WHAT:  # somebody else's machine, whatever Xen it shows
            return facts[-1]
        if others:
            raise ValueError(f"virt-what names both a Xen dom0 and {facts[-1]}")
        return "xen-dom0"
    specific = [word for word in facts if word in _VIRT_WHAT or is_container(word)]
    return _VIRT_WHAT.get(specific[0], specific[0]) if specific else facts[0]


_CLOUDS_OF_VIRT_WHAT = {"aws", "alibaba_cloud", "google_cloud", "ibm_cloud", "nutanix_ahv"}
_VIRT_WHAT = {
    "kvm": "kvm",
    "qemu": "kvm",
    "vmware": "vmware",
    "virtualbox": "virtualbox",
    "hyperv": "hyper-v",
    "xen-domu": "xen-domu",
    "xen-domU": "xen-domu",
    "xen-hvm": "xen-domu",
    "xen": "xen-domu",
}
