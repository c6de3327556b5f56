"""Docker's configuration file."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Optional

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Absent, Host
from envcheck.lazy import regex
from envcheck.probes.shared import daemon_config, engine, packages
from envcheck.record import Record
from envcheck.values import Version

_CHANGED = Version("23")
"""The first engine that refuses `graph`, and that does not mind a byte order mark."""
_ROOTLESS_ADDRESS = regex(r"unix:///run/user/(\d+)/")
_BOM = b"\xef\xbb\xbf"
_PACKAGES = ("docker-ce", "docker-ee", "docker.io", "moby-engine", "docker-engine", "docker")

State = Literal["absent", "valid", "invalid-json", "not-an-object", "graph-refused"]


class DaemonJson(Record):
    """What there is to say of daemon.json; `detail` says where and what the fault is."""

    state: State
    detail: str
    path: str

    def __str__(self) -> str:
        words = {"absent": f"no {self.path}", "valid": f"{self.path} is valid"}
        return words.get(self.state, f"{self.path}: {self.detail}")


class DockerConfig(Record):
    """Docker's configuration."""

    daemon_json: Annotated[
        Fact[DaemonJson],
        doc(
            "whether daemon.json is one that the engine takes: JSON, an object, without `graph` from 23 on",
            zh="daemon.json 能否被引擎接受：合法的 JSON 对象，23 起不得含 `graph`",
            sources="/etc/docker/daemon.json or the rootless engine's own",
            example="/etc/docker/daemon.json is valid",
        ),
    ]


def collect(host: Host) -> DockerConfig:
    """Read the file of this host's engine."""
    reason = engine.elsewhere(host)
    if reason:
        return DockerConfig(Unknown(reason))
    # Looked at beforehand: an engine that never answers may use up the time of the whole run.
    first((daemon_config.PATH, lambda: host.read_bytes(daemon_config.PATH)))
    answer: Fact[engine.Engine] = first(("docker", lambda: engine.find(host)))
    found = answer.value if isinstance(answer, Known) else None
    path: Fact[str] = first((daemon_config.PATH, lambda: _path(host, found)))
    if isinstance(path, Unknown):
        return DockerConfig(path)
    return DockerConfig(first((path.value, lambda: _examine(host, path.value, found))))


def _path(host: Host, found: Optional[engine.Engine]) -> Any:  # noqa: ANN401 - the path, or why there is none
    if found is None or found.state != "running":
        return daemon_config.PATH
    info: Fact[Any] = first(("docker info", lambda: engine.info(host)))
    if isinstance(info, Unknown):
        return daemon_config.PATH
    reason = engine.in_a_machine(info.value)
    if reason:
        return Unknown(reason)
    if not any("rootless" in str(option) for option in info.value.get("SecurityOptions") or ()):
        return daemon_config.PATH
    user = _ROOTLESS_ADDRESS.match(host.docker_address())
    if user is None:
        return Unknown("not known whose rootless engine this is")
    return f"{_home(host, user[1])}/.config/docker/daemon.json"


def _home(host: Host, uid: str) -> str:
    for line in host.read("/etc/passwd").splitlines():
        fields = line.split(":")
        if len(fields) > 6 and fields[2] == uid:  # noqa: PLR2004 - passwd(5): seven fields
            return fields[5]
    raise ValueError(f"no user has the number {uid}")


def _examine(host: Host, path: str, found: Optional[engine.Engine]) -> Any:  # noqa: ANN401 - Fact[DaemonJson]
    try:
        content = host.read_bytes(path)
    except Absent:
        return DaemonJson("absent", "", path)
    try:
        value = _parse(content.removeprefix(_BOM).decode("utf-8", "replace"))
    except ValueError as error:
        return DaemonJson("invalid-json", str(error), path)
    if not isinstance(value, dict):
        return DaemonJson("not-an-object", f"holds {_KINDS[type(value)]}, not an object", path)
    if content.startswith(_BOM):
        return _by_version(
            host, found, DaemonJson("invalid-json", "begins with a byte order mark", path), None
        )
    if "graph" in value and (found is None or found.state != "absent"):
        refused = DaemonJson("graph-refused", "holds `graph`: write `data-root`", path)
        return _by_version(host, found, None, refused)
    return DaemonJson("valid", "", path)


def _by_version(
    host: Host, found: Optional[engine.Engine], before: Optional[DaemonJson], since: Optional[DaemonJson]
) -> Any:  # noqa: ANN401 - Fact[DaemonJson]
    """What engines before, or since, the one that changed its mind find fault with; None: nothing."""
    fault = before or since
    assert fault is not None  # noqa: S101 - the callers give one
    version = _engine_version(host, found)
    if version is None:
        return Unknown(
            f"{fault.path} {fault.detail}: whether docker minds depends on its version, not known here"
        )
    return (since if version >= _CHANGED else before) or DaemonJson("valid", "", fault.path)


_KINDS = {
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _parse(text: str) -> object:
    """As dockerd reads it; raises ValueError with line and column of the fault."""
    import json

    if not text.strip():
        raise ValueError("the file is empty")
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        comment = text[error.pos :].startswith(("//", "/*", "#"))
        what = "a comment, which JSON has not" if comment else error.msg
        raise ValueError(f"line {error.lineno} column {error.colno}: {what}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _engine_version(host: Host, found: Optional[engine.Engine]) -> Optional[Version]:
    """The engine's version, also of one that does not run: its file may be what keeps it from it."""
    version: Fact[Version] = first(
        ("docker", lambda: Version(found.version if found and found.state == "running" else "")),
        ("dockerd --version", lambda: _of_command(host.run("dockerd", "--version").stdout)),
        ("packages", lambda: _of_package(host)),
    )
    return version.value if isinstance(version, Known) else None


def _of_command(text: str) -> Version:
    match = re.search(r"Docker version ([^\s,]+)", text)
    if match is None:
        raise ValueError("tells no version")
    return Version(match[1])


def _of_package(host: Host) -> Version:
    installed = packages.installed(host)
    for name in _PACKAGES:
        if name in installed:
            return Version(installed[name][0].upstream)
    raise ValueError("no package of docker")
