"""TCP ports that are taken: by a listening process, a container or a Kubernetes NodePort."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Optional, Union

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Host, Unreadable
from envcheck.probes.formats import services
from envcheck.probes.formats.listener import Listener
from envcheck.probes.shared import listeners, published
from envcheck.record import Record


class Port(Record):
    """A port in use and by whom."""

    number: Union[int, Unknown, None]
    """None or Unknown where something may be taken but is not known: it is never left out silently."""
    address: str
    """Every address it is taken on, by comma."""
    owner: str
    """`nginx (pid 77)`, `container web`, `NodePort of default/odp-svc`, or why it is not known."""

    def __str__(self) -> str:
        if not isinstance(self.number, int):
            return self.owner
        return f"{self.number} by {self.owner} on {self.address}"


class Ports(Record):
    """TCP ports."""

    busy: Annotated[
        Fact[tuple[Port, ...]],
        doc(
            "ports in state LISTEN on any address, published by containers, or used as NodePorts",
            zh="任一地址上处于 LISTEN 的端口、容器发布的端口，以及用作 NodePort 的端口",
            sources="/proc/net/tcp and tcp6, ss, netstat; docker; ip_vs, iptables",
            example=("8443 by nginx (pid 77) on 0.0.0.0",),
        ),
    ]


def collect(host: Host) -> Ports:
    """Ask the kernel who listens, docker what it publishes, kube-proxy what it forwards."""
    listening: Fact[tuple[Listener, ...]] = first(*listeners.sources(host))
    if isinstance(listening, Unknown):
        return Ports(listening)
    more, notes, doubts = published.collect(host)
    source = "; ".join((listening.source, *notes))
    known = _merged(host, (*listening.value, *more))
    return Ports(Known((*known, *(Port(doubt, "", doubt.reason) for doubt in doubts)), source))


def _merged(host: Host, found: Iterable[Listener]) -> Iterable[Port]:
    """One entry for each port and owner, with its addresses together."""
    found = tuple(found)
    numbers = {} if all(listener.port.isdigit() for listener in found) else _service_numbers(host)
    addresses: dict[tuple[Optional[int], str], dict[str, None]] = {}
    for listener in found:
        number = int(listener.port) if listener.port.isdigit() else numbers.get(listener.port)
        owner = listener.owner or _unknown_owner(host)
        if number is None:
            owner = (
                listener.owner if not listener.port else f"port named {listener.port!r}, of unknown number"
            )
        addresses.setdefault((number, owner), {})[listener.address] = None
    forwarded = {number for number, owner in addresses if owner.startswith("container ")}
    for (number, owner), its_addresses in sorted(addresses.items(), key=_order):
        if not (owner.startswith("docker-proxy ") and number in forwarded):  # the container is named instead
            yield Port(Unknown(owner) if number is None else number, ", ".join(its_addresses), owner)


def _order(item: tuple[tuple[Optional[int], str], object]) -> tuple[int, str]:
    (number, owner), _ = item
    return (1 << 16 if number is None else number, owner)


def _unknown_owner(host: Host) -> str:
    try:
        root = host.is_root()
    except Unreadable:
        return "an unknown owner"
    return "an unknown owner" if root else "an unknown owner (not root)"


def _service_numbers(host: Host) -> dict[str, int]:
    try:
        return {**services.COMMON, **services.tcp(host.read("/etc/services"))}
    except Unreadable:
        return services.COMMON
