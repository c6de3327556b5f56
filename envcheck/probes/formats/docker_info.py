"""The output of `docker info`, turned into what the engine's API answers to /info."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from envcheck.host.json_text import parse as parse_json
from envcheck.lazy import regex

_ROW = regex(r"(?P<indent>\s*)(?P<key>[A-Za-z][^:]*?):(?:\s+(?P<value>.*))?")
_COMMENT = regex(r"\s{2,}#.*")
_ROOTLESS = regex(r"^\s*rootless\s*$", re.MULTILINE)
"""A line of its own below `Security Options:`."""
_FIELDS = {
    "Server Version": "ServerVersion",
    "Docker Root Dir": "DockerRootDir",
    "Operating System": "OperatingSystem",
    "Kernel Version": "KernelVersion",
    "Total Memory": "MemTotal",
    "Architecture": "Architecture",
}
_AFTER_DRIVER = frozenset(
    (
        *("Logging Driver", "Execution Driver", "Cgroup Driver", "Cgroup Version", "Plugins", "Swarm"),
        *("Runtimes", "Default Runtime", "Init Binary", "Security Options"),
        *_FIELDS,
    )
)
"""What ends the rows of the storage driver where the text has lost its indentation."""
_UNITS = regex(r"(\d+(?:\.\d+)?) ?([KMGTP])i?B")


@lru_cache(maxsize=4)  # several probes read the same text; none changes what it gets
def parse(text: str) -> dict[str, Any]:
    """The keys of /info that envcheck reads; raises ValueError where no server is described.

    A key that the text lacks is left out.
    """
    if text.lstrip().startswith("{"):
        return _from_json(text)
    rows = _rows(text)
    info: dict[str, Any] = {}
    for at, (_, key, value) in enumerate(rows):
        if key in _FIELDS:
            info.setdefault(_FIELDS[key], value)
        elif key == "Storage Driver":
            info["Driver"] = value
            info["DriverStatus"] = _below(rows, at)
        elif key == "Runtimes":
            info["Runtimes"] = {name: {} for name in value.split()}
    if not {"ServerVersion", "Driver"} & info.keys():
        raise ValueError("describes no server")
    if _ROOTLESS.search(text):
        info["SecurityOptions"] = ["name=rootless"]
    return info


def _from_json(text: str) -> dict[str, Any]:
    info: dict[str, Any] = parse_json(text)
    return info


def _rows(text: str) -> list[tuple[int, str, str]]:
    matches = (_ROW.fullmatch(_COMMENT.sub("", line)) for line in text.splitlines())
    return [(len(row["indent"]), row["key"], (row["value"] or "").strip()) for row in matches if row]


def _below(rows: list[tuple[int, str, str]], at: int) -> list[list[str]]:
    """The rows that belong to row `at`: deeper ones, or without indentation up to a known one."""
    indent = rows[at][0]
    indented = at + 1 < len(rows) and rows[at + 1][0] > indent
    found = []
    for depth, key, value in rows[at + 1 :]:
        if key in _AFTER_DRIVER or (indented and depth <= indent):
            break
        found.append([key, value])
    return found


def driver_status(info: Mapping[str, Any]) -> dict[str, str]:
    """The rows below the storage driver; old engines answer rows of one element, or none."""
    rows = info.get("DriverStatus") or ()
    return {str(row[0]): str(row[1]) for row in rows if len(row) > 1}


def memory(told: str) -> int:
    """Bytes of `MemTotal`: a whole number, or as a text rounded to four digits. Raises ValueError."""
    match = _UNITS.fullmatch(told)
    if match is None:
        return int(told)
    return int(float(match[1]) * 1024.0 ** (1 + "KMGTP".index(match[2])))


def uses_containerd(info: Mapping[str, Any]) -> bool:
    """Whether images are kept by containerd's snapshotter rather than docker's own driver."""
    return driver_status(info).get("driver-type", "").startswith("io.containerd.snapshotter")
