"""The physical disks as the outputs of lsblk in a record show them."""

from __future__ import annotations

import re

from envcheck.host.base import NOT_RECORDED, Host, NotRecorded
from envcheck.lazy import regex
from envcheck.probes.formats import lsblk
from envcheck.probes.formats.block_names import may_be_disk
from envcheck.probes.shared.disks_by_sysfs import Found
from envcheck.values import Bytes

_USB_LINK = regex(r"\b(?:usb-\S+|\S+-usb-\S+) -> \.\./\.\./([a-z]+)$", re.MULTILINE)


def disks(host: Host) -> tuple[Found, ...]:
    """Each physical disk once, from the most telling output; raises NotRecorded, ValueError."""
    readable = []
    for text in host.recorded("lsblk", "lsblk_*", "lsblk.*").values():
        try:
            readable.append(lsblk.read(text))
        except ValueError:
            continue
    if not readable:
        raise NotRecorded(f"an output of lsblk with sizes and types {NOT_RECORDED}")
    return _physical(max(readable, key=_telling), _usb_by_links(host))


def _telling(devices: tuple[lsblk.BlockDevice, ...]) -> tuple[bool, bool, bool]:
    """Transports tell USB disks; sizes in bytes are exact where others are rounded."""
    return (
        any(device.transport is not None for device in devices),
        any(device.removable is not None for device in devices),
        any(device.size % 1024**2 for device in devices),
    )


def _physical(devices: tuple[lsblk.BlockDevice, ...], usb: frozenset[str]) -> tuple[Found, ...]:
    paths = {device.parent: device.name for device in devices if device.type == "mpath"}
    seen: set[object] = set()
    found = []
    for device in devices:
        if device.type != "disk" or not may_be_disk(device.name) or device.size == 0:
            continue
        if device.removable or device.transport == "usb" or device.name in usb:
            continue
        identity = paths.get(device.name) or (device.wwn and (device.wwn, device.size)) or device.name
        if identity not in seen:
            seen.add(identity)
            found.append(Found(device.name, Bytes(device.size), device.model, device.transport or ""))
    return tuple(found)


def _usb_by_links(host: Host) -> frozenset[str]:
    """The disks that udev's links below /dev/disk call USB ones, where `ls -R /dev` is recorded."""
    texts = host.recorded("ls_-*dev*").values()
    return frozenset(name for text in texts for name in _USB_LINK.findall(text))
