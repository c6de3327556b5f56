"""Signs that a host is not the machine itself, and how sources of them are asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Optional, TypeVar

from envcheck.host.base import Unreadable
from envcheck.record import Record

log = logging.getLogger(__name__)
T = TypeVar("T")


class Sign(Record):
    """What the host runs in, and what betrays it."""

    kind: str
    evidence: str


def maybe(ask: Callable[[], T]) -> Optional[T]:
    """The answer, or None where there is none or it can't be understood."""
    try:
        return ask()
    except Unreadable:
        return None
    except (ValueError, LookupError) as error:
        log.debug("no usable answer: %s", error)
        return None


def first_sign(sources: Iterable[Callable[[], Optional[Sign]]]) -> Optional[Sign]:
    """The first sign that a source gives; the others are not asked."""
    for ask in sources:
        sign = maybe(ask)
        if sign is not None:
            return sign
    return None
