"""The network interfaces, their links and their addresses."""

from __future__ import annotations

from typing import Annotated, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host
from envcheck.probes.formats import interfaces as names_of
from envcheck.probes.formats.interfaces import Kind
from envcheck.probes.shared import links
from envcheck.record import Record


class Interface(Record):
    """One interface. What lies over a wired one (a bond, bridge or VLAN) is wired too."""

    name: str
    kind: Kind
    up: Optional[bool]
    """Whether it has a link; None where that is not told."""
    addresses: tuple[str, ...]
    """Those that other machines can reach."""
    addressed: bool

    def __str__(self) -> str:
        """`eth0 (wired, up, 10.0.0.5)`."""
        state = {True: "up", False: "down", None: "link unknown"}[self.up]
        return f"{self.name} ({', '.join((self.kind, state, *(self.addresses or ('no address',))))})"


class Network(Record):
    """How the host is connected."""

    interfaces: Annotated[
        Fact[tuple[Interface, ...]],
        doc(
            "all interfaces with kind, link and addresses",
            zh="所有网络接口的类型、连接状态和地址",
            sources="/sys/class/net, names and addresses",
            example="eth0 (wired, up, 10.0.0.5)",
        ),
    ]


def collect(host: Host) -> Network:
    """Ask /sys/class/net; of a record without it the names and addresses decide."""
    return Network(
        first(
            ("/sys/class/net", lambda: _by_sysfs(host)),
            ("names and addresses", lambda: _by_addresses(host)),
        )
    )


def _by_sysfs(host: Host) -> tuple[Interface, ...]:
    found = links.links(host)
    addresses = host.addresses()
    return tuple(
        _interface(name, links.kind(found, name), links.is_up(found, name), addresses.get(name, ()))
        for name in found
    )


def _by_addresses(host: Host) -> tuple[Interface, ...]:
    """An address of global scope counts as up, unless the link is known to be lost."""
    printed = links.printed(host)
    found = []
    for name, addresses in host.addresses().items():
        kind = links.kind(printed, name) if name in printed else names_of.kind_by_name(name)
        up = links.is_up(printed, name)
        if up is None:
            up = any(names_of.is_usable(address) for address in addresses)
        if links.bond_carrier(host, name) is False:
            up = False
        found.append(_interface(name, kind, up, addresses))
    return tuple(found)


def _interface(name: str, kind: Kind, up: Optional[bool], addresses: tuple[str, ...]) -> Interface:
    usable = tuple(address for address in addresses if names_of.is_usable(address))
    return Interface(name, kind, up, usable, bool(usable))
