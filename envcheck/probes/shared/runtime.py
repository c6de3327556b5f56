"""Whether docker knows the runtime `nvidia`."""

from __future__ import annotations

from typing import Optional

from envcheck.host.base import Host, Unreadable
from envcheck.probes.shared import daemon_config, engine

NAME = "nvidia"


def registered(host: Host) -> Optional[bool]:
    """Whether the running docker knows it; None where docker does not run or does not tell."""
    try:
        if engine.find(host).state != "running":
            return None
        runtimes = engine.info(host).get("Runtimes")
    except Unreadable:
        return None
    return NAME in runtimes if runtimes is not None else None


def configured(host: Host) -> bool:
    """Whether daemon.json names it; raises Unreadable where that can't be known."""
    runtimes = daemon_config.settings(host).get("runtimes")
    return isinstance(runtimes, dict) and NAME in runtimes
