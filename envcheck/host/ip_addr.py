"""The addresses of the interfaces, from what `ip addr` or `ifconfig` printed."""

from __future__ import annotations

import re

from envcheck.lazy import regex

Addresses = dict[str, tuple[str, ...]]

_INTERFACE = regex(r"\d+: ([^\s:@]+)(?:@\S+?)?:?\s")
_ADDRESS = regex(r"\binet6? ([0-9A-Fa-f.:]+)")
_SCOPE = regex(r"\bscope (\w+)")
_REACHABLE = ("global", "link", "site")

_IFCONFIG_NAME = regex(r"(\S+?):? ")
_IFCONFIG_ADDRESS = regex(r"\binet6?(?: (?:addr|地址))?:? ?([0-9A-Fa-f.:]+)")
_IFCONFIG_HOST = regex(r"scopeid 0x10\b|Scope:Host\b", re.IGNORECASE)


def ip_addr(text: str) -> Addresses:
    """Addresses of global and link scope by interface, from `ip addr`, with or without -o or -d.

    Raises ValueError for a text that names no interface.
    """
    found: dict[str, list[str]] = {}
    here: list[str] | None = None
    for line in text.splitlines():
        interface = _INTERFACE.match(line)
        if interface:
            here = found.setdefault(interface[1], [])
        address, scope = _ADDRESS.search(line), _SCOPE.search(line)
        if here is not None and address and scope and scope[1] in _REACHABLE:
            here.append(address[1])
    return _known(found)


def ifconfig(text: str) -> Addresses:
    """The same from `ifconfig -a`, old style or new."""
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for line in text.splitlines():
        interface = None if line[:1].isspace() else _IFCONFIG_NAME.match(line)
        if interface:
            here = found.setdefault(interface[1].split(":")[0], [])
        address = _IFCONFIG_ADDRESS.search(line)
        if address and not _IFCONFIG_HOST.search(line) and not address[1].startswith("127."):
            here.append(address[1])
    return _known(found)


def _known(found: dict[str, list[str]]) -> Addresses:
    if not found:
        raise ValueError("no interface is named there")
    return {name: tuple(addresses) for name, addresses in found.items()}
