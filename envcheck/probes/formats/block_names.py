"""Which block devices are no disk of the machine, by the kernel's names for them."""

from __future__ import annotations

from envcheck.lazy import regex

_NOT_DISKS = regex(
    r"(?:loop|ram|zram|dm-|md|sr|scd|fd|nbd|drbd|rbd|zd|bcache|mtdblock|nullb|pmem|st|ublkb)\d.*"
    r"|nvme\d+c\d+n\d+|mmcblk\d+(?:boot\d+|rpmb|gp\d+)|(?:dm|md)[-_].*"
)


def may_be_disk(name: str) -> bool:
    """Whether a device of this name may be a disk.

    Loop, memory, optical, floppy and network devices, what lies on other devices (dm, md,
    bcache, …), the paths below an NVMe multipath disk and the boot areas of a memory card are none.
    """
    return _NOT_DISKS.fullmatch(name) is None
