"""The docker engine: whether it answers, which it is, what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Literal, Optional

from envcheck.host.base import (
    NOT_RECORDED,
    Absent,
    Denied,
    Failed,
    Host,
    NotRecorded,
    TimedOut,
    Unreadable,
)
from envcheck.lazy import regex
from envcheck.probes.formats import docker_info, docker_version
from envcheck.probes.shared import packages
from envcheck.record import Record

State = Literal["running", "absent", "stopped", "podman"]
"""As far as it is known: of a record that holds no answer only the version that is installed may be."""

ELSEWHERE = "the engine is on another host"
_NOT_RUNNING = regex(
    r"cannot connect to the docker daemon|is the docker daemon running|connection refused"
    r"|dial unix \S+: connect: no such file",
    re.IGNORECASE,
)
_DENIED = regex(r"permission denied", re.IGNORECASE)
_PODMAN_INFO = regex(r"^\s*buildahVersion:.*^\s*Version: ['\"]?(\d[\w.-]*)", re.MULTILINE | re.DOTALL)
_PACKAGES = frozenset(
    (
        *("docker", "docker-ce", "docker-ee", "docker-engine", "docker-io", "docker.io", "docker-latest"),
        *("moby-engine", "docker-common", "podman-docker"),
    )
)
_ENGINES = ("docker-ce", "docker-ee", "docker-engine", "docker.io", "moby-engine")
_RPM_ENGINES = ("docker", "docker-latest", "docker-common")  # Debian's `docker` is a window's dock
_TRACES = ("/etc/docker", "/var/lib/docker", "/var/run/docker.sock", "/run/docker.sock")
_DAEMON = regex(r"\bdockerd\b|\bdocker daemon\b")


class Engine(Record):
    """What was found out of the engine."""

    state: Optional[State]
    """None where a record does not tell whether it runs."""
    version: str
    """As the engine writes it; empty unless it answers, or a record tells what is installed."""
    source: str
    detail: str = ""
    """Why it does not answer."""


def find(host: Host) -> Engine:
    """Whether docker runs and in which version.

    Raises Denied and TimedOut where it did not say, NotRecorded where a record does not.
    """
    try:
        answer = host.docker("/version")
    except (Denied, TimedOut):
        raise
    except Unreadable as error:
        found = _without_api(host, error)
        if found.state == "stopped" and "(ssh:" in elsewhere(host):  # no word of ssh's tells of the engine
            raise Failed(f"{elsewhere(host)} and is not reached by ssh") from error
        return found
    if not isinstance(answer, Mapping):
        raise Failed("docker's answer to /version is not understood")
    return Engine(_state(answer), str(answer.get("Version") or ""), "docker API")


def _state(answer: Mapping[str, Any]) -> State:
    return "podman" if docker_version.is_podman(answer) else "running"


def _without_api(host: Host, no_api: Unreadable) -> Engine:
    """Ask the client, in a record the client's output, and else what is installed."""
    problems: list[Unreadable] = []
    with suppress(Absent, Failed, NotRecorded, ValueError):
        if not host.live:
            return _by_recorded_info(host)
    commands = _COMMANDS if host.live else (*_COMMANDS, *_COMMANDS_OF_RECORDS)
    for command, parse in commands:
        try:
            found = _said(host, command, parse)
            # The API's own words are the better ones: which socket is missing or refuses.
            return found._replace(detail=str(no_api)) if host.live and found.detail else found
        except (Denied, TimedOut):
            raise
        except Unreadable as error:
            problems.append(error)
    if not elsewhere(host) and _is_absent(host):
        return Engine("absent", "", "no docker command", "not installed")
    if isinstance(no_api, Absent) or (isinstance(no_api, Failed) and _NOT_RUNNING.search(str(no_api))):
        return Engine("stopped", "", "docker's socket", str(no_api))
    told = [error for error in (no_api, *problems) if not isinstance(error, (NotRecorded, Absent))]
    if told or host.live:
        raise (told or [no_api])[0]
    return _installed(host, no_api)


def _installed(host: Host, no_api: Unreadable) -> Engine:
    """The engine that would run, if it does: an old one is too old either way. Raises `no_api`."""
    with suppress(Unreadable):
        installed = packages.installed(host)
        names = _ENGINES if packages.manager(host) == "dpkg" else (*_ENGINES, *_RPM_ENGINES)
        for name in names:
            if name in installed:
                return Engine(None, installed[name][0].upstream, f"package {name}", str(no_api))
    with suppress(Unreadable, ValueError):
        client = docker_version.client(host.run("docker", "--version").stdout)
        if docker_version.brings_its_engine(client):
            return Engine(None, client, "docker --version", str(no_api))
    raise no_api


def _by_recorded_info(host: Host) -> Engine:
    """A record may keep the engine's answer to /info alone. Raises Unreadable, ValueError."""
    answer = host.docker("/info")
    version = answer.get("ServerVersion") if isinstance(answer, Mapping) else None
    if not version:
        raise ValueError("tells no version of the server")
    return Engine("podman" if "BuildahVersion" in answer else "running", str(version), "docker API")


def _said(host: Host, command: str, parse: Callable[[str, str], Engine]) -> Engine:
    output = host.run(*command.split())
    text = f"{output.stdout}\n{output.stderr}"
    try:
        return parse(text, command)
    except ValueError as error:
        if _DENIED.search(text):
            raise Denied("permission denied on docker's socket: run as root") from error
        if _NOT_RUNNING.search(text):
            return Engine("stopped", "", command, "the docker daemon does not answer")
        raise Failed(f"{command} {error}") from error


def _by_version(text: str, command: str) -> Engine:
    answer = docker_version.parse(text)
    return Engine(_state(answer), answer["Version"], command)


def _by_info(text: str, command: str) -> Engine:
    podman = _PODMAN_INFO.search(text)
    if podman:
        return Engine("podman", podman[1], command)
    version = docker_info.parse(text).get("ServerVersion")
    if not version:  # a client that could not reach its server prints the keys all the same
        raise ValueError("tells no version of the server")
    return Engine("running", version, command)


_COMMANDS = (("docker version", _by_version), ("docker info", _by_info))
_COMMANDS_OF_RECORDS = (("nvidia-docker version", _by_version),)


def info(host: Host) -> Mapping[str, Any]:
    """The engine's answer to /info, from a record the output of `docker info`.

    Raises Unreadable where there is none.
    """
    try:
        answer = host.docker("/info")
    except (Denied, TimedOut):
        raise
    except Unreadable:
        arguments = ("--format", "{{json .}}") if host.live else ()
        text = host.run("docker", "info", *arguments).stdout
        try:
            answer = docker_info.parse(text)
        except ValueError as error:
            raise Failed(f"docker info {error}") from error
    if not isinstance(answer, Mapping) or answer.get("ServerErrors"):
        raise Failed("docker info: the engine did not answer")
    return answer


def told(host: Host, key: str) -> str:
    """What `docker info` says of the machine that the engine runs on, this one; raises Unreadable."""
    value = info(host).get(key)
    if not value or elsewhere(host) or in_a_machine(info(host)):
        raise NotRecorded(f"{key} of docker info {NOT_RECORDED}")
    return str(value)


def elsewhere(host: Host) -> str:
    """Why the engine's files are not on this host, or an empty text where they are."""
    try:
        address = host.docker_address()
    except Unreadable:
        return ""
    return "" if address.startswith(("unix:", "fd:")) or not address else f"{ELSEWHERE} ({address})"


def in_a_machine(answer: Mapping[str, Any]) -> str:
    """As `elsewhere`, of an engine that runs in a virtual machine of its own."""
    system = str(answer.get("OperatingSystem") or "")
    return f"{ELSEWHERE} ({system}'s virtual machine)" if system.startswith("Docker Desktop") else ""


def _is_absent(host: Host) -> bool:
    """Known not to be installed: no command, or in a record no package and no trace of it."""
    client, daemon = _missing(host, "docker"), _missing(host, "dockerd")
    if host.live:
        return bool(client and daemon)
    if client is False or daemon is False:
        return False
    return client is True or _no_package(host)


def _missing(host: Host, command: str) -> bool | None:
    try:
        host.which(command)
    except Absent:
        return True
    except Unreadable:
        return None
    return False


def _no_package(host: Host) -> bool:
    try:
        names = packages.installed(host)
    except Unreadable:
        return False
    if _PACKAGES & names.keys() or any(_DAEMON.search(text) for text in host.recorded("ps", "ps_*").values()):
        return False
    return not any(_is_there(host, path) for path in _TRACES)


def _is_there(host: Host, path: str) -> bool:
    try:
        return host.exists(path)
    except Unreadable:
        return False
