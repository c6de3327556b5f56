"""TCP ports of this host on which the deployed services should answer."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Known, doc, first
from envcheck.host.base import Host, Unreadable
from envcheck.probes.shared import reach
from envcheck.record import Record

WAITS = True


class Settings(Record):
    """Which ports are meant."""

    service_ports: tuple[int, ...]


class Port(Record):
    """A port, and what came of connecting to it."""

    number: int
    state: reach.State
    address: str
    """Where it answered, or was tried last."""
    owner: str
    """Who listens there, as far as it can be seen; empty where nobody does."""
    detail: str
    loopback: bool
    """Whether it answers this host alone."""

    def __str__(self) -> str:
        if self.state != "open":
            return f"{self.number}: {reach.WORDS[self.state]}{f' ({self.detail})' if self.detail else ''}"
        only = ", for this host alone" if self.loopback else ""
        return f"{self.number} answers on {self.address}{only}: {self.owner}"


class Answering(Record):
    """Asked with `service-ports`."""

    ports: Annotated[
        Fact[tuple[Port, ...]],
        doc(
            "each port, and whether a connection to it comes about",
            sources="connect(2); /proc/net/tcp and tcp6, docker",
            example=("8443 answers on 127.0.0.1: license_server (pid 77)",),
        ),
    ]


def collect(host: Host, settings: Settings) -> Answering:
    """Connect to each."""
    return Answering(first(("connecting", lambda: _ports(host, settings.service_ports))))


def _ports(host: Host, numbers: tuple[int, ...]) -> Fact[tuple[Port, ...]]:
    return Known(tuple(_port(host, number) for number in numbers), "connecting")


def _port(host: Host, number: int) -> Port:
    found, listener = reach.here(host, number)
    is_open = found.state == "open"
    bound = listener.address if listener is not None else ""
    return Port(
        number=number,
        state=found.state,
        address=found.address,
        owner=(listener.owner if listener is not None else "") or _unknown(host) if is_open else "",
        detail=found.detail,
        loopback=is_open and reach.is_loopback(found.address) and bound not in reach.ANY,
    )


def _unknown(host: Host) -> str:
    try:
        root = host.is_root()
    except Unreadable:
        root = True
    return "owner unknown" if root else "owner unknown (not root)"
