"""The containers of a deployed module, of whatever state, as the engine describes them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Optional

from envcheck.host.base import Absent, Failed, Host, Unreadable
from envcheck.probes.formats import moments
from envcheck.probes.shared import engine
from envcheck.record import Record

State = Literal[
    "running", "starting", "unhealthy", "restarting", "exited", "paused", "created", "dead", "removing"
]
_STOPPED: Mapping[str, State] = {
    "exited": "exited",
    "paused": "paused",
    "created": "created",
    "removing": "removing",
}
_ALL = "/containers/json?all=1"
_SETTLED_SECONDS = 30
"""One that was restarted and is not up for longer may fall again at once."""


class Container(Record):
    """A container. `started` and `now` are seconds since the epoch."""

    number: str
    """Its id."""
    name: str
    image: str
    state: State
    started: Optional[float]
    now: Optional[float]
    restarts: int
    exit_code: int
    detail: str

    @property
    def up(self) -> Optional[float]:
        """For how many seconds it has been running; None where it is not, or that is not known."""
        known = self.started is not None and self.now is not None and self.state not in ("exited", "created")
        return self.now - self.started if known and self.now and self.started else None


def containers(host: Host, patterns: Sequence[str]) -> tuple[Container, ...]:
    """Those whose name or image fits one of the shell patterns. Raises Unreadable.

    An engine that is not there has none.
    """
    elsewhere = engine.elsewhere(host)
    if elsewhere:
        raise Failed(elsewhere)
    try:
        listed = host.docker(_ALL)
    except Absent:
        return ()
    if not isinstance(listed, list):
        raise Failed("docker's list of containers is not understood")
    return tuple(_containers(host, listed, patterns))


def _containers(host: Host, listed: Sequence[Any], patterns: Sequence[str]) -> Iterator[Container]:
    for each in listed:
        names = [str(name).lstrip("/") for name in each.get("Names") or ()]
        image = str(each.get("Image") or "")
        if any(fnmatch.fnmatchcase(word, pattern) for word in (*names, image) for pattern in patterns):
            number = str(each.get("Id") or "")
            try:
                told = host.docker(f"/containers/{number}/json")
            except Absent:
                continue
            yield _container(host, number, (names or [number[:12]])[0], image, told)


def _container(host: Host, number: str, name: str, image: str, told: Mapping[str, Any]) -> Container:
    state: Mapping[str, Any] = told["State"]
    made = Container(
        number=number,
        name=name,
        image=image,
        state="dead",
        started=_moment(state.get("StartedAt")),
        now=_now(host),
        restarts=int(told.get("RestartCount") or 0),
        exit_code=int(state.get("ExitCode") or 0),
        detail=_detail(state),
    )
    return made._replace(state=_state(state, made))


def _state(state: Mapping[str, Any], made: Container) -> State:
    status = str(state.get("Status") or "")
    if state.get("Restarting"):
        return "restarting"
    if status != "running":
        return _STOPPED.get(status, "dead")
    health = str((state.get("Health") or {}).get("Status") or "none")
    if health in ("starting", "unhealthy"):
        return "starting" if health == "starting" else "unhealthy"
    up = made._replace(state="running").up
    if made.restarts == 0:
        return "running"
    if up is None:
        raise Failed(
            f"{made.name} was restarted {made.restarts} times, and for how long it runs is not known"
        )
    return "restarting" if up < _SETTLED_SECONDS else "running"


def _detail(state: Mapping[str, Any]) -> str:
    if state.get("OOMKilled"):
        return "killed for want of memory"
    return str(state.get("Error") or "")[:200]


def _moment(text: object) -> Optional[float]:
    try:
        return moments.epoch(str(text))
    except ValueError:
        return None


def _now(host: Host) -> Optional[float]:
    try:
        return host.clock().now
    except Unreadable:
        return None
