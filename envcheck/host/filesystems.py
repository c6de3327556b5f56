"""The file system that holds a path of this machine."""

from __future__ import annotations

import os

from envcheck.host import mounts
from envcheck.host.base import Filesystem


def holding(path: str, table: str) -> Filesystem:
    """The file system of `path`, or of its nearest parent that is there.

    `table` is the text of /proc/self/mounts. `free` is what users may fill, without the
    blocks kept for root. Raises OSError.
    """
    place = os.path.realpath(path)
    usage = None
    while usage is None:
        try:
            usage = os.statvfs(place)
        except (FileNotFoundError, NotADirectoryError):
            place = os.path.dirname(place)
    mount = mounts.holding(place, mounts.proc_mounts(table))
    return Filesystem(
        mount_point=mount.mount_point if mount else "/",
        total=usage.f_blocks * usage.f_frsize,
        free=usage.f_bavail * usage.f_frsize,
        type=mount.type if mount else "",
        device=mount.device if mount else "",
    )
