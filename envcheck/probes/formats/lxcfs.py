"""Which files of /proc and /sys lxcfs replaces, from the texts of /proc/mounts, mountinfo or mount."""

from __future__ import annotations

import re

from envcheck.lazy import regex

_MOUNTS = regex(
    r"^\S+ (?P<table>/\S+) fuse\.lxcfs "
    r"|^(?:\S+ ){4}(?P<info>/\S+) .*? - fuse\.lxcfs "
    r"|^.+? on (?P<command>/\S+) type fuse\.lxcfs ",
    re.MULTILINE,
)


def replaced(text: str) -> frozenset[str]:
    """The paths below /proc and /sys that show a container's limits instead of the machine.

    The mount of lxcfs itself (/var/lib/lxcfs), which the host of containers has, replaces nothing.
    """
    if "fuse.lxcfs" not in text:
        return frozenset()
    points = (match[match.lastgroup or 0] for match in _MOUNTS.finditer(text))
    return frozenset(point for point in points if point.startswith(("/proc/", "/sys/")))
