"""A sealed record gives nothing away."""

from __future__ import annotations

from envcheck.host import open_host
from envcheck.machine import machine_of, read_machine
from envcheck.machine.seal import sealed
from tests.machine import hosts
from tests.machine.conftest import Lay

SECRETS = (
    hosts.UUID,
    "CN7475148M0123",
    "PHWL1234",
    "b8:ca:3a:f0:12:34",
    "10.1.2.3",
    "0123456789abcdef",
    "em1",
)


def test_no_id_is_in_it(lay: Lay) -> None:
    plain = machine_of(open_host(lay(hosts.machine())))
    text = sealed(plain).to_json().lower()
    assert all(secret.lower() in plain.to_json().lower() for secret in SECRETS)
    assert not [secret for secret in SECRETS if secret.lower() in text]


def test_two_machines_share_nothing(lay: Lay) -> None:
    """Even what both have, such as an address, is told apart: nobody can look it up in a list."""
    one = sealed(machine_of(open_host(lay(hosts.machine()))))
    files = hosts.machine(hosts.dmi("1" * 8 + hosts.UUID[8:]), {"etc/machine-id": "b" * 32})
    other = sealed(machine_of(open_host(lay(files))))
    ids = [
        {each for part in machine.parts.values() for item in part for each in item.ids}  # type: ignore[union-attr]
        for machine in (one, other)
    ]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_nothing_to_seal_by(lay: Lay) -> None:
    """Without a key of its own an address could be guessed: it is left out instead."""
    files = hosts.machine(hosts.dmi("0"), {"etc/machine-id": "uninitialized\n"})
    found = sealed(machine_of(open_host(lay(files))))
    assert "cannot be sealed" in str(found.parts["addresses"])
    assert "10.1.2.3" not in found.to_json()
    assert not isinstance(found.parts["cpu"], str)


def test_sealing_twice_is_sealing_once(lay: Lay) -> None:
    once = sealed(machine_of(open_host(lay(hosts.machine()))))
    assert sealed(read_machine(once.to_json(), "x")) == once
