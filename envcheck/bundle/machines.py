"""The machine record in a bundle: in one that is redacted sealed, and still to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envcheck.bundle.record import ROOT
from envcheck.machine import machine_of, read_machine
from envcheck.machine.record import IN_RECORDS
from envcheck.machine.seal import sealed

if TYPE_CHECKING:
    from envcheck.host.base import Host

NAME = f"{ROOT}{IN_RECORDS}"


def machine_member(host: Host, *, seal: bool) -> bytes:
    """The content of the member NAME."""
    machine = machine_of(host)
    return (sealed(machine) if seal else machine).to_json().encode("utf-8", "backslashreplace")


def sealed_member(content: bytes) -> bytes:
    """The same member, sealed. Raises RequestError where it is none."""
    machine = read_machine(content.decode("utf-8", "replace"), NAME)
    return sealed(machine).to_json().encode("utf-8", "backslashreplace")
