"""The docker engine that the modules' containers will run in."""

from __future__ import annotations

from typing import Annotated, Literal, Optional, Union

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Host, Unreadable
from envcheck.probes.shared import engine
from envcheck.record import Record
from envcheck.values import Version

WAITS = True


class Engine(Record):
    """What answers where docker's engine should; `version` is the server's, not the client's."""

    state: Union[Literal["running", "absent", "stopped", "podman"], Unknown]
    """Unknown where a record tells what is installed, and not whether it runs."""
    version: Optional[Version]
    address: str
    detail: str = ""

    def __str__(self) -> str:
        if self.state == "absent":
            return "not installed"
        if self.state == "stopped":
            return f"installed, not running: {self.detail}"
        version = self.version or "of unknown version"
        if isinstance(self.state, Unknown):
            return f"{version} is installed; whether it runs is not known"
        if self.state == "podman":
            return f"podman {version} answers, not Docker"
        return f"{version} ({self.address})" if self.address else str(version)


class Docker(Record):
    """Docker's engine, wherever DOCKER_HOST or docker's context lets the client look for it."""

    engine: Annotated[
        Fact[Engine],
        doc(
            "whether the engine runs and in which version; unknown when it gave no answer",
            zh="引擎是否运行及其版本；无应答时为未知",
            sources="the engine's API, docker version, docker info",
            example="20.10.24 (unix:///var/run/docker.sock)",
        ),
    ]
    server_version: Annotated[
        Fact[Version],
        doc(
            "the engine's version; unknown unless docker runs",
            sources="the engine's API, docker version, docker info",
            example="20.10.24",
        ),
    ]


def collect(host: Host) -> Docker:
    """Ask the engine, else read what its client printed."""
    answer: Fact[engine.Engine] = first(("docker", lambda: engine.find(host)))
    if isinstance(answer, Unknown):
        return Docker(answer, answer)
    found = answer.value
    version = _version(found)
    if found.state is None:
        return _installed(found, version)
    known = version.value if isinstance(version, Known) else None
    return Docker(Known(Engine(found.state, known, _address(host), found.detail), found.source), version)


def _installed(found: engine.Engine, version: Fact[Version]) -> Docker:
    unknown = Unknown("not in this record: docker", recorded=False)
    if isinstance(version, Unknown):
        return Docker(unknown, unknown)
    return Docker(Known(Engine(unknown, version.value, "", found.detail), found.source), unknown)


def _version(found: engine.Engine) -> Fact[Version]:
    if found.state in {"absent", "stopped"}:
        return Unknown(f"docker is {'not installed' if found.state == 'absent' else 'not running'}")
    try:
        return Known(Version(found.version), found.source)
    except ValueError as error:
        return Unknown(f"{found.source}: {error}")


def _address(host: Host) -> str:
    try:
        return host.docker_address()
    except Unreadable:
        return ""
