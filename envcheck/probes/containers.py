"""The containers of a deployed module: whether they are up, and for how long."""

from __future__ import annotations

from typing import Annotated, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host
from envcheck.probes.formats import moments
from envcheck.probes.shared import deployed
from envcheck.record import Record

WAITS = True


class Settings(Record):
    """Which containers are meant: shell patterns of names or images."""

    containers: tuple[str, ...]


class Container(Record):
    """A container, be it up or not."""

    name: str
    image: str
    state: deployed.State
    """One that its engine starts again and again is `restarting`, also in the moments when it runs."""
    up_seconds: Optional[int]
    restarts: int
    exit_code: int
    detail: str

    def __str__(self) -> str:
        again = f", restarted {self.restarts} times" if self.restarts else ""
        up = f" for {moments.span(self.up_seconds)}" if self.up_seconds is not None else ""
        code = f" with {self.exit_code}" if self.state in ("exited", "dead", "restarting") else ""
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.name} ({self.image}) {self.state}{code or up}{again}{detail}"


class Containers(Record):
    """Asked with `containers`."""

    found: Annotated[
        Fact[tuple[Container, ...]],
        doc(
            "the module's containers, of whatever state, with how long they are up",
            sources="the engine's API",
            example=("face-server (face:v1) running for 3 h",),
        ),
    ]


def collect(host: Host, settings: Settings) -> Containers:
    """Ask the engine for them."""
    return Containers(first(("docker", lambda: _found(host, settings.containers))))


def _found(host: Host, patterns: tuple[str, ...]) -> tuple[Container, ...]:
    return tuple(
        Container(
            name=each.name,
            image=each.image,
            state=each.state,
            up_seconds=None if each.up is None else int(each.up),
            restarts=each.restarts,
            exit_code=each.exit_code,
            detail=each.detail,
        )
        for each in deployed.containers(host, patterns)
    )
