"""/proc/net/ip_vs: the virtual services of the kernel's load balancer (kube-proxy in ipvs mode)."""

from __future__ import annotations

import re
from ipaddress import ip_address

from envcheck.lazy import regex
from envcheck.probes.formats.listener import Listener

_SERVICE = regex(
    r"^TCP\s+(?:(?P<v4>[0-9A-Fa-f]{8})|\[(?P<v6>[0-9A-Fa-f:.]+)\]):(?P<port>[0-9A-Fa-f]{4})\s", re.MULTILINE
)


def services(text: str) -> list[Listener]:
    """The virtual TCP services; raises ValueError when the text is not such a list."""
    if not text.startswith("IP Virtual Server"):
        raise ValueError("not in the format of /proc/net/ip_vs")
    return [
        Listener(str(int(match["port"], 16)), _address(match), "IPVS virtual service")
        for match in _SERVICE.finditer(text)
    ]


def _address(match: re.Match[str]) -> str:
    return str(ip_address(int(match["v4"], 16) if match["v4"] else match["v6"]))
