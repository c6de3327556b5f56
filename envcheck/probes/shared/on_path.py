"""Whether there is a command."""

from __future__ import annotations

from envcheck.facts import Fact, first
from envcheck.host.base import Absent, Host


def present(host: Host, command: str) -> Fact[bool]:
    """Whether the trusted path has the command; a record answers by its outputs and packages too."""
    answer: Fact[bool] = first((f"trusted path ({command})", lambda: _is_there(host, command)))
    return answer


def _is_there(host: Host, command: str) -> bool:
    try:
        return bool(host.which(command))
    except Absent:
        return False
