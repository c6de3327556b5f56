"""The room around a path: the file system that holds it, and what is free there."""

from __future__ import annotations

from envcheck.host.base import Host
from envcheck.record import Record
from envcheck.values import Bytes


class Room(Record):
    """The file system that holds the path, or would. `filesystem` tells it from others, however mounted."""

    free: Bytes
    mount_point: str
    path: str
    filesystem: str = ""

    def __str__(self) -> str:
        return f"{self.free} free on {self.mount_point}"


def room(host: Host, path: str) -> Room:
    """Raises Unreadable."""
    found = host.filesystem(path)
    return Room(Bytes(found.free), found.mount_point, path, found.identity)
