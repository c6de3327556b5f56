"""What a probe is written with: the interface for packages that add facts of their own.

The probes that come with envcheck use the same names. A package declares

    [project.entry-points."envcheck.probes"]
    lamp = "acme_checks.lamp"

and its module `acme_checks/lamp.py` is a probe:

    from envcheck.plugin import Annotated, Fact, Host, Record, doc, first

    INTERFACE_VERSION = 1            # the version of this interface that it was written for

    class Lamp(Record):
        bulbs: Annotated[Fact[int], doc("bulbs in the lamp", sources="/etc/lamp", example=3)]

    def collect(host: Host) -> Lamp:
        return Lamp(first(("/etc/lamp", lambda: int(host.read("/etc/lamp")))))

Rules name the fact `lamp.bulbs`. `envcheck.facts` says which types facts may have, and how a
probe is asked with parameters (`Settings`); `Host` says what may be asked of a machine. Ask it
and nothing else: only then is the check the same on a recorded host. A module needs
`from __future__ import annotations` where it defines a Record.

Such a module is imported, and its probe runs, in processes of their own, which are ended with all
that they started. It may raise, hang, print, exit or crash: its facts are then unknown, with the
reason, and nothing else is touched. Its import may take 5 s; its facts a quarter of the run's
`--timeout`, but 5 s at the least (15 s where nothing is said), and 4 GiB of address space.
"""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Known, Unknown, doc, first, map_fact, value_or
from envcheck.host.base import (
    Absent,
    Denied,
    Failed,
    FileStatus,
    Filesystem,
    Host,
    NotRecorded,
    Output,
    TimedOut,
    Unreadable,
)
from envcheck.record import Record
from envcheck.values import Bytes, Endpoint, Hertz, Version

__all__ = [  # not INTERFACE_VERSION: with `import *` any probe would seem to be for this version
    "Absent",
    "Annotated",
    "Bytes",
    "Denied",
    "Endpoint",
    "Fact",
    "Failed",
    "FileStatus",
    "Filesystem",
    "Hertz",
    "Host",
    "Known",
    "NotRecorded",
    "Output",
    "Record",
    "TimedOut",
    "Unknown",
    "Unreadable",
    "Version",
    "doc",
    "first",
    "map_fact",
    "value_or",
]

INTERFACE_VERSION = 1
"""Grows when a probe that was written for the version before might not work any more."""
