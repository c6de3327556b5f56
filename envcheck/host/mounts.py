"""What is mounted where, from the text of /proc/mounts or of the command mount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from envcheck.lazy import regex
from envcheck.record import Record

_LOCAL_TYPES = frozenset(
    (
        *("aufs", "bcachefs", "btrfs", "erofs", "ext2", "ext3", "ext4", "f2fs", "iso9660"),
        *("jfs", "overlay", "ramfs", "reiserfs", "rootfs", "squashfs", "tmpfs", "udf", "vfat", "xfs", "zfs"),
        *("binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs"),
        *(
            "fuse.lxcfs",
            "fusectl",
            "hugetlbfs",
            "mqueue",
            "nsfs",
            "proc",
            "pstore",
            "securityfs",
            "selinuxfs",
        ),
        *("sysfs", "tracefs"),
    )
)
"""File systems on this machine's own disks and memory; any other type may be remote."""

_OCTAL = regex(r"\\([0-7]{3})")
_FIELDS = 3


class Mount(Record):
    """One line of the mount table."""

    device: str
    mount_point: str
    type: str
    options: str = ""
    """By comma: `rw,relatime`."""


class _Mounted(Protocol):
    @property
    def mount_point(self) -> str: ...


_M = TypeVar("_M", bound=_Mounted)


def proc_mounts(text: str) -> list[Mount]:
    """The mounts of /proc/mounts, in their order."""
    lines = (line.split() for line in text.splitlines())
    return [Mount(*map(_plain, words[: _FIELDS + 1])) for words in lines if len(words) >= _FIELDS]


def all_local(table: bytes) -> bool:
    """Whether every mount of /proc/mounts is known to be on this machine."""
    lines = (line.split() for line in table.decode("utf-8", "replace").splitlines())
    return all(len(words) >= _FIELDS and words[2] in _LOCAL_TYPES for words in lines)


def mount(text: str) -> list[Mount]:
    """The mounts that the command `mount` lists: `/dev/sda1 on /boot type xfs (rw)`."""
    found = []
    for line in text.splitlines():
        device, on, rest = line.partition(" on /")
        before, _, options = rest.rpartition(" (")
        point, has_type, kind = before.rpartition(" type ")
        if on and has_type:
            found.append(Mount(device, f"/{point}", kind, options.partition(")")[0]))
    return found


def holding(path: str, points: Sequence[_M]) -> _M | None:
    """The deepest mount at or above `path`; of several at one place the last, which covers the rest."""
    found = None
    for point in points:
        above = f"{path}/".startswith(point.mount_point.rstrip("/") + "/")
        if above and (found is None or len(point.mount_point) >= len(found.mount_point)):
            found = point
    return found


def _plain(field: str) -> str:
    r"""A field of /proc/mounts without its octal escapes (a blank is `\040`)."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), field)
