"""What a host tells of its users, processes and archives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from envcheck.record import Record


class Account(Record):
    """A user. `groups` are the names of all groups that he is in, the primary one first."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    groups: tuple[str, ...] = ()


class Process(Record):
    """A process that runs. None where that cannot be seen."""

    pid: int
    name: str
    """Of a script its own, not its interpreter's."""
    user: str
    command: str
    """Its words, joined by blanks."""
    program: Optional[str]
    """Absolute path of what it runs."""
    started: Optional[float]
    """Seconds since the epoch."""
    container: Optional[str]
    """Id of the container whose control group it is in; empty for none."""


class Member(Record):
    """Something in a folder or an archive. `wrong` says what is amiss with it."""

    name: str
    """Its path below the folder, or in the archive without a leading `./`."""
    kind: str
    """file, directory, link, hard link or other."""
    size: int
    wrong: str = ""


class Contents(Record):
    """What a folder or an archive holds. `damage` says why that is not all; empty where it is."""

    kind: Literal["directory", "archive"]
    members: tuple[Member, ...]
    damage: str
    texts: Mapping[str, str]
    """Of the small files that were asked for: by name, what is in them."""


class Clock(Record):
    """The time of a host, in seconds since the epoch, and its zone in seconds east of UTC."""

    now: float
    offset: int


class Reached(Record):
    """Whether a TCP connection came about, and to which address; else what kept it from that."""

    state: Literal["open", "refused", "timed-out", "no-route", "no-name", "failed"]
    address: str
    """The IP address that was tried last; empty where a name has none."""
    detail: str = ""


class Page(Record):
    """What an HTTP server answered: the beginning of the body, as text."""

    status: int
    body: str


class Tail(Record):
    """The end of a log; `whole` where that is all of it. `modified` is seconds since the epoch."""

    text: str
    whole: bool
    modified: Optional[float]
