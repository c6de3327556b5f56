"""The physical disks as /sys/block shows them."""

from __future__ import annotations

from typing import Optional

from envcheck.host.base import Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats.block_names import may_be_disk
from envcheck.record import Record
from envcheck.values import Bytes

_BLOCK = "/sys/block"
_SECTOR = 512  # whatever the disk's own sectors are
_USB = regex(r"/usb\d+/")
# A disk that NVMe reaches over several paths is kept below /virtual/, and yet is one.
_VIRTUAL = regex(r"/devices/virtual/(?!nvme-subsystem/)")
_TRANSPORTS = (
    ("/nvme", "nvme"),
    ("/virtio", "virtio"),
    ("/ata", "ata"),
    ("/vmbus", "hyper-v"),
    ("/mmc", "mmc"),
)


class Found(Record):
    """One physical disk."""

    name: str
    size: Bytes
    model: str
    transport: str


def disks(host: Host) -> tuple[Found, ...]:
    """Each physical disk once, in the order of names; raises Unreadable, ValueError."""
    names = host.names(_BLOCK)
    seen: set[object] = set()
    found = []
    for name in names:
        disk = _disk(host, name)
        if disk is None:
            continue
        identity = _identity(host, disk)
        if identity not in seen:
            seen.add(identity)
            found.append(disk)
    if not found and not host.live:
        raise NotRecorded("/sys/block of this record shows no disk")
    return _without_second_paths(host, names, found)


def _disk(host: Host, name: str) -> Optional[Found]:
    """The disk of this name, None if it is none, or not one that is built in."""
    if not may_be_disk(name):
        return None
    path = host.resolve(f"{_BLOCK}/{name}")
    if _USB.search(path) or _VIRTUAL.search(path):
        return None
    if "1" in (_text(host, name, "removable"), _text(host, name, "hidden")):
        return None
    if _text(host, name, "device/type") == "SD":
        return None  # a memory card, though its reader does not call it removable
    size = Bytes(int(host.read(f"{_BLOCK}/{name}/size")) * _SECTOR)
    if size == 0:
        return None  # a card reader without card
    transport = next((word for part, word in _TRANSPORTS if part in path), "")
    return Found(name, size, _text(host, name, "device/model"), transport)


def _identity(host: Host, disk: Found) -> object:
    """What two paths to one disk have in common."""
    wwid = _text(host, disk.name, "device/wwid") or _text(host, disk.name, "wwid")
    return (wwid, disk.size) if wwid else disk.name


def _without_second_paths(host: Host, names: tuple[str, ...], found: list[Found]) -> tuple[Found, ...]:
    """Of the paths below one multipath device keep the first."""
    dropped: set[str] = set()
    for name in names:
        if name.startswith("dm-") and _text(host, name, "dm/uuid").startswith("mpath-"):
            slaves = host.names(f"{_BLOCK}/{name}/slaves")
            kept = next((disk.name for disk in found if disk.name in slaves), None)
            dropped.update(slave for slave in slaves if slave != kept)
    return tuple(disk for disk in found if disk.name not in dropped)


def _text(host: Host, name: str, attribute: str) -> str:
    """An attribute that not every device has; empty where it has none."""
    try:
        return " ".join(host.read(f"{_BLOCK}/{name}/{attribute}", 4096).split())
    except Unreadable:
        return ""
