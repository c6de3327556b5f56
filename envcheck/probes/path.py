"""A path that a rule names: what is there, whose it is, whether it may be written to, the room around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, Optional, cast

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Absent, Host, Unreadable
from envcheck.probes.shared.room import Room, room
from envcheck.record import Record

ABOUT_PATH = True
State = Literal["absent", "file", "directory", "other"]

_PERMISSIONS = 0o777


class Settings(Record):
    """Which path is meant."""

    path: str


class Status(Record):
    """What is at the path, links followed."""

    state: State
    permissions: Optional[str] = None
    """Of owner, group and others, in octal: `755`. The sticky bit and its like stand in `mode` alone."""
    owner: Optional[str] = None
    group: Optional[str] = None
    mode: str = ""
    path: str = ""

    def __str__(self) -> str:
        if self.state == "absent":
            return f"{self.path} is not there"
        return f"{self.path}: {self.state}, {self.mode}, {self.owner or '?'}:{self.group or '?'}"


class Writing(Record):
    """Whether files could be made in the folder."""

    possible: bool
    obstacle: str
    path: str

    def __str__(self) -> str:
        return f"{self.path}: {self.obstacle}" if self.obstacle else f"{self.path} may be written to"


class Path(Record):
    """Asked with `path`: of a rule `path[/home/facesvc].status`."""

    status: Annotated[
        Fact[Status],
        doc(
            "what is there, its mode and owner",
            sources="stat",
            example="/home/facesvc: directory, 755, root:root",
        ),
    ]
    writing: Annotated[
        Fact[Writing],
        doc(
            "whether the user who runs the check could make a file there; nothing is written",
            sources="access(2), mount flags, free blocks and inodes",
        ),
    ]
    space: Annotated[Fact[Room], doc("free space of its file system, in bytes", sources="statvfs, df")]


def collect(host: Host, settings: Settings) -> Path:
    """Look at the path; nothing is changed by that."""
    path = settings.path
    return Path(
        status=first((path, lambda: _status(host, path))),
        writing=first((path, lambda: _writing(host, path))),
        space=first(("file system", lambda: room(host, path))),
    )


def _status(host: Host, path: str) -> Status:
    try:
        found = host.stat(path)
    except Absent:
        return Status("absent", path=path)
    return Status(
        state=cast("State", found.kind),
        permissions=f"{found.mode & _PERMISSIONS:03o}",
        owner=_name(host.user_name, found.uid),
        group=_name(host.group_name, found.gid),
        mode=f"{found.mode:03o}",
        path=path,
    )


def _name(ask: Callable[[int], str], number: int) -> Optional[str]:
    """The name; the number where nobody bears it, None where that is not known."""
    try:
        return ask(number)
    except Absent:
        return str(number)
    except Unreadable:
        return None


def _writing(host: Host, path: str) -> Writing:
    obstacle = host.obstacle(path)
    return Writing(not obstacle, obstacle, path)
