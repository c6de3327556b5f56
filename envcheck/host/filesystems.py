"""The file system that holds a path of this machine."""

# ruff: noqa: PTH120 - pathlib would lengthen every start

from __future__ import annotations

import os
import re

from envcheck.host.base import Filesystem

_ESCAPED = re.compile(r"\\([0-7]{3})")


def holding(path: str, mounts: str) -> Filesystem:
    """The file system of `path`, or of its nearest parent that is there.

    `mounts` is the text of /proc/self/mounts. `free` is what users may fill, without the
    blocks kept for root. Raises OSError.
    """
    place = os.path.realpath(path)
    usage = None
    while usage is None:
        try:
            usage = os.statvfs(place)
        except (FileNotFoundError, NotADirectoryError):
            place = os.path.dirname(place)
    device, mount_point, kind = _mount_of(place, mounts)
    return Filesystem(
        mount_point=mount_point,
        total=usage.f_blocks * usage.f_frsize,
        free=usage.f_bavail * usage.f_frsize,
        type=kind,
        device=device,
    )


def _mount_of(place: str, mounts: str) -> tuple[str, str, str]:
    """Device, mount point and type; the last of equal mount points covers those before it."""
    best = ("", "/", "")
    for line in mounts.splitlines():
        fields = [_plain(field) for field in line.split(" ")[:3]]
        if len(fields) == 3 and _holds(fields[1], place) and len(fields[1]) >= len(best[1]):  # noqa: PLR2004
            best = (fields[0], fields[1], fields[2])
    return best


def _holds(mount_point: str, place: str) -> bool:
    return place == mount_point or place.startswith(mount_point.rstrip("/") + "/")


def _plain(field: str) -> str:
    """A field as it is; the kernel writes blanks and backslashes in octal."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), field)
