"""The user who runs the check."""

from __future__ import annotations

from dataclasses import dataclass, field

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host


@dataclass(frozen=True)
class User:
    """As whom the host is asked, and the software would be deployed."""

    root: Fact[bool] = field(metadata=doc("whether it is root", example=True))


def collect(host: Host) -> User:
    """Ask for the effective user id."""
    return User(first(("effective user id", host.is_root)))
