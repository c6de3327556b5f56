"""The settings in docker's daemon.json, for the probes that need one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envcheck.host.base import Absent, Host, NotRecorded

PATH = "/etc/docker/daemon.json"


def read(host: Host, path: str = PATH) -> bytes:
    """The file's content. Raises Absent also where a record holds its directory without it."""
    try:
        return host.read_bytes(path)
    except NotRecorded:
        folder, _, name = path.rpartition("/")
        if name in host.names(folder):
            raise
        raise Absent(f"{path} is not there") from None


def settings(host: Host) -> Mapping[str, Any]:
    """The file's settings; empty where there is none or it is no JSON object, as for dockerd.

    Raises Unreadable where it can't be known.
    """
    import json

    try:
        found = json.loads(read(host).decode("utf-8-sig", "replace"))
    except (Absent, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def data_root(host: Host) -> str:
    """Docker's root directory as configured, by its new name or its old one; else empty.

    Raises Unreadable where it can't be known.
    """
    found = settings(host)
    return str(found.get("data-root") or found.get("graph") or "")
