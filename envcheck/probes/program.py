"""Programs that a deployed service consists of: whether they run, and since when."""

from __future__ import annotations

from typing import Annotated, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host, Unreadable
from envcheck.host.belongings import Process
from envcheck.probes.formats import moments
from envcheck.record import Record


class Settings(Record):
    """Their names, any of which will do: those of the processes, not words of command lines."""

    process_names: tuple[str, ...]


class Program(Record):
    """What runs of these on the host itself, containers left out."""

    runs: Optional[bool]
    """None where processes of such a name run and it is not known whether in a container."""
    pids: tuple[int, ...]
    up_seconds: Optional[int]
    """Of the one that runs longest."""
    name: str

    def __str__(self) -> str:
        if not self.pids:
            return f"no process named {self.name}"
        up = f", for {moments.span(self.up_seconds)}" if self.up_seconds is not None else ""
        return f"{self.name} (pid {', '.join(map(str, self.pids))}){up}"


class Programs(Record):
    """Asked with `process-names`."""

    running: Annotated[
        Fact[Program],
        doc(
            "whether a process of one of these names runs outside of containers",
            sources="psutil; of a record ps",
            example="license_server (pid 77), for 3 h",
        ),
    ]


def collect(host: Host, settings: Settings) -> Programs:
    """Look for them among all processes."""
    return Programs(
        first(("processes" if host.live else "ps", lambda: _running(host, settings.process_names)))
    )


def _running(host: Host, names: tuple[str, ...]) -> Program:
    every = [each for each in host.processes() if each.name in names]
    found = [each for each in every if each.container == ""]
    if found:
        pids = tuple(each.pid for each in found)
        return Program(True, pids, _up(host, found), found[0].name)
    doubtful = [each for each in every if each.container is None]
    return Program(None if doubtful else False, tuple(each.pid for each in doubtful), None, names[0])


def _up(host: Host, found: list[Process]) -> Optional[int]:
    starts = [each.started for each in found if each.started is not None]
    try:
        return int(host.clock().now - min(starts)) if starts else None
    except Unreadable:
        return None
