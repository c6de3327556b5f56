"""Processes that run."""

from __future__ import annotations

from typing import Annotated, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host
from envcheck.record import Record


class Running(Record):
    """A process. What is not known of it is None: of other users' processes only root sees the program."""

    name: str
    number: int
    """Its pid."""
    user: str
    program: Optional[str]
    """Absolute path of what it runs."""
    command: str
    contained: Optional[bool]
    """Whether it is in a container, by its control group."""
    container: Optional[str]
    """Id of that container, empty for none."""
    started: Optional[float]
    """Seconds since the epoch."""

    def __str__(self) -> str:
        where = f", container {self.container[:12]}" if self.container else ""
        return f"{self.name} (pid {self.number}, user {self.user or '?'}{where})"


class Processes(Record):
    """What runs, containers included; kernel threads are left out."""

    running: Annotated[
        Fact[tuple[Running, ...]],
        doc(
            "every process",
            zh="所有进程",
            sources="psutil; of a record ps",
            example=("mysqld (pid 77, user mysql)",),
        ),
    ]


def collect(host: Host) -> Processes:
    """List them."""
    return Processes(first(("processes" if host.live else "ps", lambda: _running(host))))


def _running(host: Host) -> tuple[Running, ...]:
    return tuple(
        Running(
            name=each.name,
            number=each.pid,
            user=each.user,
            program=each.program,
            command=each.command,
            contained=None if each.container is None else bool(each.container),
            container=each.container,
            started=each.started,
        )
        for each in host.processes()
    )
