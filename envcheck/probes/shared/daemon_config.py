"""The settings in docker's daemon.json, for the probes that need one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envcheck.host.base import Absent, Host

PATH = "/etc/docker/daemon.json"


def settings(host: Host) -> Mapping[str, Any]:
    """The file's settings; empty where there is none or it is no JSON object, as for dockerd.

    Raises Unreadable where it can't be known.
    """
    import json

    try:
        found = json.loads(host.read_bytes(PATH).decode("utf-8-sig", "replace"))
    except (Absent, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def data_root(host: Host) -> str:
    """Docker's root directory as configured, by its new name or its old one; else empty.

    Raises Unreadable where it can't be known.
    """
    found = settings(host)
    return str(found.get("data-root") or found.get("graph") or "")
