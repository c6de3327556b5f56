"""Errors in the logs of a deployed service since it was last started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Optional

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Absent, Host, NotRecorded, Unreadable
from envcheck.host.belongings import Tail
from envcheck.probes.formats import log_lines
from envcheck.probes.shared import deployed, reach
from envcheck.record import Record

WAITS = True

_SHOWN = 160


class Settings(Record):
    """Which logs of the host, of what processes, who listen on these ports; or which of what containers."""

    logs: tuple[str, ...] = ()
    process_names: tuple[str, ...] = ()
    license_ports: tuple[int, ...] = ()
    container_logs: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()


class Error(Record):
    """A line of a log that tells of an error."""

    kind: log_lines.Kind
    place: str
    """The log; of a container with its name."""
    line: str

    def __str__(self) -> str:
        return f"{self.place}: {self.line}"


class ServiceLogs(Record):
    """Asked with `logs`, `process-names` and `license-ports`, or with `container-logs` and `containers`."""

    errors: Annotated[
        Fact[tuple[Error, ...]],
        doc(
            "the lines of error in the service's logs since its last start; of each kind and log the latest",
            zh="服务自上次启动以来日志中的错误行；每种错误在每个日志中取最新一条",
            sources="the logs, also inside containers; when the process or container was started",
            example=("service.log.wf: FATAL: 11-22 03:30:12 authenticate failed",),
        ),
    ]


class _Log(Record):
    place: str
    tail: Tail
    started: Optional[float]


def collect(host: Host, settings: Settings) -> ServiceLogs:
    """Read the ends of the logs."""
    return ServiceLogs(first(("logs", lambda: _errors(host, settings))))


def _errors(host: Host, settings: Settings) -> Fact[tuple[Error, ...]]:
    logs = [*_of_host(host, settings), *_in_containers(host, settings)]
    if not logs:
        option = "container-logs" if settings.container_logs else "logs"
        raise Absent(f"none of the service's logs is there; if they lie elsewhere: --set {option}=PATH")
    found: dict[tuple[str, str], Error] = {}
    doubts: list[str] = []
    for log in logs:
        for error in _since_start(host, log, doubts):
            found[error.place, error.kind] = error
    if doubts and not found:
        return Unknown("; ".join(doubts))
    return Known(tuple(found.values()), ", ".join(dict.fromkeys(log.place for log in logs)))


# -- the logs ----------------------------------------------------------------------------


def _of_host(host: Host, settings: Settings) -> Iterator[_Log]:
    paths = [path for pattern in settings.logs for path in _paths(host, pattern)]
    started = _process_start(host, settings) if paths else 0.0
    for path in dict.fromkeys(paths):
        yield _Log(path, host.log_tail(path), started)


def _paths(host: Host, pattern: str) -> tuple[str, ...]:
    try:
        return host.log_paths(pattern)
    except Absent:
        return ()


def _process_start(host: Host, settings: Settings) -> float:
    """When the service was started: of several processes the earliest, since they began one another."""
    processes = host.processes()
    pids = {pid for number in settings.license_ports for pid in _listening(host, number)}
    named = [each for each in processes if each.name in settings.process_names]
    mine = named or [each for each in processes if each.pid in pids]
    if not mine:
        names = ", ".join(settings.process_names)
        raise NotRecorded(f"it does not run ({names}), so its last start is not known")
    starts = [each.started for each in mine if each.started is not None]
    if not starts:
        raise NotRecorded(f"when {mine[0].name} was started is not in this record")
    return min(starts)


def _listening(host: Host, number: int) -> Iterator[int]:
    listener = reach.here(host, number)[1]
    owner = listener.owner if listener is not None else ""
    digits = owner.rpartition("(pid ")[2].rstrip(")")
    if digits.isdecimal():
        yield int(digits)


def _in_containers(host: Host, settings: Settings) -> Iterator[_Log]:
    if not settings.container_logs:
        return
    every = deployed.containers(host, settings.containers)
    running = [each for each in every if each.state not in ("exited", "created", "dead")]
    for container in running or every[:1]:  # where none runs, the latest tells why
        for path in settings.container_logs:
            try:
                tail = host.log_tail(path, container.number)
            except Absent:
                continue
            yield _Log(f"{container.name}:{path}", tail, container.started)


# -- what they say -----------------------------------------------------------------------


def _since_start(host: Host, log: _Log, doubts: list[str]) -> Iterator[Error]:
    """The errors since the start; what keeps from telling is added to the doubts."""
    tail, started = log.tail, log.started
    if started is None:
        doubts.append(f"{log.place}: when its container was started is not known")
        return
    newest = tail.modified if tail.modified is not None else _now(host)
    lines = [line for line in tail.text.splitlines() if line.strip()]
    times = [each for each in log_lines.times(lines, newest) if each is not None]
    errors = log_lines.errors(tail.text, newest)
    zone = _zone(host, tail, times)
    undated = [each for each in errors if each.written is None]
    if errors and (zone is None or undated):
        doubts.append(f"{log.place}: when its errors were written cannot be told: {errors[-1].text[:_SHOWN]}")
        return
    offset = zone or 0
    if not tail.whole and times and times[0] - offset > started:
        doubts.append(f"{log.place}: it is too long to be read back to the last start")
    for error in errors:
        if error.written is not None and error.written - offset >= int(started):
            yield Error(error.kind, log.place, error.text[:_SHOWN])


def _zone(host: Host, tail: Tail, times: list[float]) -> Optional[int]:
    """That of who wrote the log, who may be in a container: else that of the host."""
    if times and tail.modified is not None:
        found = log_lines.zone(times[-1], tail.modified)
        if found is not None:
            return found
    try:
        return host.clock().offset
    except Unreadable:
        return None


def _now(host: Host) -> float:
    try:
        return host.clock().now
    except Unreadable:
        return 2**31
