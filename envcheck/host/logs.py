"""The logs of a host: read as they come, in pieces, and never remembered as answers are.

A log may be of any size, and belongs in a bundle as a file of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import NamedTuple, Optional

PIECE = 1 << 18
"""Bytes that are read at a time."""


class Log(NamedTuple):
    """A log that is there. Nothing of it is held open between questions."""

    size: Optional[int]
    """In bytes; None where it is not known before it was read."""
    tail: Callable[[int], Iterator[bytes]]
    """Its last bytes, in pieces: exactly so many, or the whole, where `size` is known; else
    at least so many. Raises Unreadable, also after some pieces."""
    modified: Optional[float] = None
    """When it was last written to, in seconds since the epoch, by the clock of its own machine."""


class Logs(ABC):
    """How logs are asked for. Every method raises Unreadable, for the reason that holds."""

    @abstractmethod
    def find(self, pattern: str) -> tuple[str, ...]:
        """The paths of regular files that fit a shell pattern, sorted; those in a folder that fits it."""

    @abstractmethod
    def file(self, path: str) -> Log:
        """A file of the host."""

    @abstractmethod
    def kernel(self) -> Log:
        """What the kernel said since the start, as far as it keeps it."""

    @abstractmethod
    def journal(self, unit: str) -> Log:
        """What the service manager keeps of a unit."""

    @abstractmethod
    def container(self, container: str) -> Log:
        """What a container printed (`docker logs`), with times."""

    @abstractmethod
    def in_container(self, container: str, path: str) -> Log:
        """A file inside a container, also of one that has exited."""
