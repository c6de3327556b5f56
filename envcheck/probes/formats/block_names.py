"""Which block devices are no disk of the machine, by the kernel's names for them."""

from __future__ import annotations

from envcheck.lazy import regex

_NUMBERED = (
    "loop", "ram", "zram", "dm-", "md", "sr", "scd", "fd", "nbd", "drbd", "rbd", "zd", "bcache",
    "mtdblock", "nullb", "pmem", "st", "ublkb",
)  # fmt: skip
_NAMED = ("dm-", "dm_", "md-", "md_")
_PARTS_OF_DISKS = regex(r"nvme\d+c\d+n\d+|mmcblk\d+(?:boot\d+|rpmb|gp\d+)")


def may_be_disk(name: str) -> bool:
    """Whether a device of this name may be a disk.

    Loop, memory, optical, floppy and network devices, what lies on other devices (dm, md,
    bcache, …), the paths below an NVMe multipath disk and the boot areas of a memory card are none.
    """
    numbered = any(name.startswith(kind) and name[len(kind) :][:1].isdecimal() for kind in _NUMBERED)
    if numbered or name.startswith(_NAMED):
        return False
    return not name.startswith(("nvme", "mmcblk")) or _PARTS_OF_DISKS.fullmatch(name) is None
