"""`sestatus`, `getenforce` and /etc/selinux/config."""

from __future__ import annotations

import re
from typing import Literal, cast

Mode = Literal["enforcing", "permissive", "disabled"]
_MODES = ("enforcing", "permissive", "disabled")


def mode(text: str) -> Mode:
    """The mode in force by `sestatus` or `getenforce`; raises ValueError when it tells none.

    Only the heading counts: below it `sestatus -b` lists booleans whose names hold such words.
    """
    word = text.strip().lower()
    if word in _MODES:
        return cast("Mode", word)
    status = re.search(r"^SELinux status:\s*(\w+)", text, re.MULTILINE)
    if status is None:
        raise ValueError("tells no SELinux status")
    if status[1] == "disabled":
        return "disabled"
    return _line(text, "Current mode")


def mode_from_config(text: str) -> Mode:
    """The mode of the next boot as `sestatus` read it; raises ValueError when it tells none."""
    return _line(text, "Mode from config file")


def _line(text: str, label: str) -> Mode:
    match = re.search(rf"^{label}:\s*(enforcing|permissive|disabled)\b", text, re.MULTILINE)
    if match is None:
        raise ValueError(f"tells no {label.lower()}")
    return cast("Mode", match[1])


def configured(text: str) -> Mode:
    """The mode that /etc/selinux/config asks for at boot, read as libselinux reads it.

    The line begins with `SELINUX=`, the value needs only to begin with a mode's name (so a
    comment behind it is no harm), case does not count, and the first line that fits wins.
    Raises ValueError when there is none.
    """
    match = re.search(r"^SELINUX=[^\S\n]*(enforcing|permissive|disabled)", text, re.MULTILINE | re.IGNORECASE)
    if match is None:
        raise ValueError("no SELINUX= line with a mode")
    return cast("Mode", match[1].lower())
