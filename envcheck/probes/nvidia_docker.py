"""What lets containers use the GPU: nvidia-docker2, or the toolkit that came after it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Optional, Union

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Absent, Host, NotRecorded
from envcheck.probes.shared import packages, runtime
from envcheck.record import Record
from envcheck.values import Version

WAITS = True

_PACKAGES = ("nvidia-container-toolkit", "nvidia-docker2", "nvidia-container-runtime", "nvidia-docker")
"""Best first; the last is version 1 of 2016, which today's images can't use."""


class Toolkit(Record):
    """The package and its version; `registered`: the running docker knows the `nvidia` runtime."""

    package: Union[str, Unknown]
    """Empty where none is installed."""
    version: Optional[Version]
    registered: Optional[bool]

    def __str__(self) -> str:
        name = f"{self.package} {self.version or 'of unknown version'}" if self.package else "not installed"
        if isinstance(self.package, Unknown):
            name = "package not known"
        known = {True: "registered", False: "not registered", None: "not known to be registered"}
        return f"{name}; runtime `nvidia` {known[self.registered]}"


class NvidiaDocker(Record):
    """GPU support of docker."""

    toolkit: Annotated[
        Fact[Toolkit],
        doc(
            "nvidia-docker2 or nvidia-container-toolkit, and whether its runtime is registered",
            zh="nvidia-docker2 或 nvidia-container-toolkit，以及其 runtime 是否已注册",
            sources="rpm, dpkg, nvidia-ctk, nvidia-docker, docker info",
            example="nvidia-docker2 2.0.3; runtime `nvidia` registered",
        ),
    ]


def collect(host: Host) -> NvidiaDocker:
    """Look for the package, else ask the toolkit's commands; ask docker for its runtimes."""
    found: Fact[tuple[str, Optional[Version]]] = first(
        ("packages", lambda: _package(host)),
        ("nvidia-ctk", lambda: _by_nvidia_ctk(host)),
        ("nvidia-docker", lambda: _by_nvidia_docker(host)),
        ("packages", lambda: _nothing(host)),
    )
    registered = runtime.registered(host)
    if isinstance(found, Unknown):
        if registered is not False:
            return NvidiaDocker(found)
        return NvidiaDocker(Known(Toolkit(found, None, registered), "docker info"))
    name, version = found.value
    return NvidiaDocker(Known(Toolkit(name, version, registered), found.source))


def _package(host: Host) -> Any:  # noqa: ANN401 - name and version, or why there are none
    installed = packages.installed(host)
    for name in _PACKAGES:
        if name in installed:
            return name, _version(installed[name][0].upstream)
    return Unknown("no package of NVIDIA's container toolkit")


def _by_nvidia_ctk(host: Host) -> tuple[str, Optional[Version]]:
    match = re.search(r"\bversion (\d\S*)", host.run("nvidia-ctk", "--version").stdout)
    if match is None:
        raise ValueError("tells no version")
    return "nvidia-container-toolkit", Version(match[1])


def _by_nvidia_docker(host: Host) -> tuple[str, Optional[Version]]:
    """Its first line is its own version; docker's follow."""
    match = re.search(r"^NVIDIA Docker: (\d\S*)", host.run("nvidia-docker", "version").stdout, re.MULTILINE)
    if match is None:
        raise ValueError("tells no version")
    version = Version(match[1])
    return "nvidia-docker2" if version >= Version("2") else "nvidia-docker", version


def _nothing(host: Host) -> tuple[str, Optional[Version]]:
    """Nowhere: the whole list of packages lacks them, and so does the trusted path."""
    packages.installed(host)
    for command in ("nvidia-ctk", "nvidia-docker"):
        try:
            host.which(command)
        except (Absent, NotRecorded):
            continue
        raise ValueError(f"{command} is there but tells no version")
    return "", None


def _version(text: str) -> Optional[Version]:
    try:
        return Version(text)
    except ValueError:
        return None
