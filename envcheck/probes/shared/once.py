"""What is concluded from a host's answers, worked out once for all probes that want it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from envcheck.host.base import Host, Unreadable

T = TypeVar("T")


def once(conclude: Callable[[Host], T]) -> Callable[[Host], T]:
    """Remember, with the host, what this returns or the Unreadable that it raises.

    The host's answers don't change, so neither does this. Two threads may work it out at once.
    """

    @wraps(conclude)
    def remembered(host: Host) -> T:
        known: dict[object, tuple[Any, Unreadable | None]] = host.conclusions
        found = known.get(conclude)
        if found is None:
            try:
                found = conclude(host), None
            except Unreadable as error:
                found = None, error.again()
            known[conclude] = found
        value, problem = found
        if problem is not None:
            raise problem.again()
        return cast(T, value)

    return remembered
