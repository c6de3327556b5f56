"""What the names of logs tell: their kind, and which of several was written first."""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
from collections.abc import Callable, Sequence

from envcheck.problems.scan.source import Kind
from envcheck.rulebook.model import LogNames

_COMPRESSED = (".gz", ".xz", ".bz2", ".zst")
_ROTATED = re.compile(r"(.+?)(?:[.-](\d{1,4})|[.-](\d{4}-?\d\d-?\d\d(?:[T_.-]?\d{1,6})?))(\.log)?")
_KERNEL = re.compile(r"(?:dmesg|kern(?:el)?)(?:[._-].*)?|journalctl.*--dmesg.*")
_LAST = 10**6
_OWN = "envcheck.log"
_LOGS = ("/var/log/", "/var/lib/docker/containers/")
_WILD = re.compile(r"[*?[]")
ROTATED = "[.-]*"
"""A shell pattern of what rotating adds to a name."""


def bare(path: str) -> str:
    """The path without what compressing and rotating added to it."""
    folder, name = posixpath.split(path)
    name, _, _ = _parts(name)
    return posixpath.join(folder, name)


def is_own(path: str) -> bool:
    """Whether it is called as envcheck's own log is, which quotes what others say."""
    return posixpath.basename(bare(path)) == _OWN


def in_time_order(name: str) -> tuple[str, int, str]:
    """A key that puts the rotated ones of a log in order, the current one last."""
    return _parts(name)


def kind(path: str) -> Kind:
    """What sort of log it is, by its name."""
    parts = path.split("/")
    name = bare(parts[-1])
    if _KERNEL.fullmatch(name):
        return "kernel"
    if "containers" in parts or name.startswith(("docker_logs", "podman_logs")) or name.endswith("-json.log"):
        return "container"
    return "journal" if name.startswith("journalctl") or name.endswith("journal.log") else "file"


def _parts(name: str) -> tuple[str, int, str]:
    """The name that the current log has, and what tells its age."""
    for ending in _COMPRESSED:
        name = name[: -len(ending)] if name.endswith(ending) and len(name) > len(ending) else name
    found = _ROTATED.fullmatch(name)
    if found is None:
        return name, 0, "~"
    stem = found[1] + (found[4] or "")
    return (stem, -int(found[2]), "") if found[2] else (stem, -_LAST, found[3])


def is_here(path: str, modules: Callable[[], Sequence[LogNames]]) -> bool:
    """Whether a log that was named lies where this machine keeps its own."""
    at = os.path.realpath(path)
    return at.startswith(_LOGS) or any(
        fnmatch.fnmatchcase(at, each)
        for names_of_module in modules()
        for pattern in names_of_module.files
        if pattern.startswith("/") and at.startswith(_WILD.split(pattern, maxsplit=1)[0])
        for each in (pattern, f"{pattern}{ROTATED}", f"{pattern}/*")
    )
