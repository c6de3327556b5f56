"""Whether a service answers: connecting to it, here or on another host, and what came of that in words."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Literal, Optional

from envcheck.facts import Known, first
from envcheck.host.base import Host, Unreadable
from envcheck.host.belongings import Reached
from envcheck.probes.formats.listener import Listener
from envcheck.probes.shared import listeners, published

State = Literal["open", "refused", "timed-out", "no-route", "no-name", "failed"]

WORDS = {
    "open": "answers",
    "refused": "refused: nothing listens there",
    "timed-out": "no answer in time",
    "no-route": "no route to it",
    "no-name": "no host of that name is known",
    "failed": "no connection",
}
ANY = ("0.0.0.0", "::", "*", "")  # noqa: S104 - read, not bound
"""How a listener on every address is told."""
_LOCAL = ("127.0.0.1", "::1")


def said(found: Reached) -> str:
    """What came of it, in words."""
    return f"{WORDS[found.state]} ({found.detail})" if found.detail else WORDS[found.state]


def is_loopback(address: str) -> bool:
    """Whether an address, or a name that is always one, leads back to the machine that uses it."""
    if address.lower().rstrip(".") in {"localhost", "localhost.localdomain", "localhost6"}:
        return True
    try:
        plain = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(plain, "ipv4_mapped", None) or plain
    return plain.is_loopback or plain.is_unspecified


def here(host: Host, port: int) -> tuple[Reached, Optional[Listener]]:
    """Connect to a port of this host, at whichever address a service has it; and who listens there.

    Raises Unreadable where a record does not tell.
    """
    known = _listeners(host, port)
    found: Optional[Reached] = None
    for address in _addresses(host, known):
        found = host.connect(address, port)
        if found.state == "open":
            break
    assert found is not None  # noqa: S101 - there is always the loopback
    return found, _owner(known, found.address)


def _listeners(host: Host, port: int) -> list[Listener]:
    listening = first(*listeners.sources(host))
    known = list(listening.value) if isinstance(listening, Known) else []
    return [each for each in (*known, *published.collect(host)[0]) if each.port == str(port)]


def _addresses(host: Host, known: list[Listener]) -> Iterator[str]:
    """The loopback first, then where it is known to listen, then all that this host has."""
    listened = [each.address for each in known if each.address not in ANY]
    try:
        own = [address for name, found in host.addresses().items() if name != "lo" for address in found]
    except Unreadable:
        own = []
    usable = [address for address in own if not address.startswith("fe80:")]
    yield from dict.fromkeys((*_LOCAL, *listened, *usable))


def _owner(known: list[Listener], address: str) -> Optional[Listener]:
    """Whose it is: of several that listen on one port, that of the address."""
    exact = [each for each in known if each.address == address]
    owned = [each for each in (*exact, *known) if each.owner]
    return next(iter((*owned, *exact, *known)), None)
