"""The user who runs the check."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host
from envcheck.record import Record


class User(Record):
    """As whom the host is asked, and the software would be deployed."""

    root: Annotated[
        Fact[bool], doc("whether it is root", zh="是否为 root", sources="effective user id", example=True)
    ]


def collect(host: Host) -> User:
    """Ask for the effective user id."""
    return User(first(("effective user id", host.is_root)))
