"""The output of `docker version`, turned into what the engine's API answers to /version."""

from __future__ import annotations

import re
from typing import Any

from envcheck.lazy import regex

_HEADING = regex(r"\s*(?P<name>[A-Za-z][\w-]*):\s*(?P<rest>.*)")
_OLD_STYLE = regex(r"^Server version:\s*(\S+)", re.MULTILINE)
_PODMAN = regex(r"\bPodman Engine\b|^RemoteAPI Version:|\busing podman\b", re.MULTILINE)
_CLIENT = regex(r"Docker version (\d\S*?),? ")
_ARCHITECTURE = regex(r"^\s*OS/Arch(?: \((?:client|server)\))?:\s*\w+/(\w+)", re.MULTILINE)
_SERVER = regex(r"^\s*Server\b", re.MULTILINE)
_LAST_IN_ONE = (1, 11)
_OF_THE_ENGINE = ("Server", "Engine")


def parse(text: str) -> dict[str, Any]:
    """`Version` and `Components` of the server; raises ValueError where it tells no server.

    The output names several programs, each with its `Version:` (client, engine, containerd,
    runc, docker-init). Only the server's own, or its Engine's, is meant, and indentation
    does not tell: pasted outputs have lost it.
    """
    if _PODMAN.search(text):
        return _answer("Podman Engine", _podman_version(text))
    old_style = _OLD_STYLE.search(text)
    if old_style:
        return _answer("Engine", old_style[1])
    program = ""
    for match in filter(None, map(_HEADING.match, text.splitlines())):
        name, rest = match["name"], match["rest"].strip()
        if name in {"Client", "Server"} or not rest:
            program = name
        elif name == "Version" and program in _OF_THE_ENGINE:
            return _answer("Engine", rest)
    raise ValueError("tells no version of the server")


def client(text: str) -> str:
    """The version that `docker --version` prints, which is the client's; raises ValueError."""
    match = _CLIENT.match(text)
    if match is None:
        raise ValueError("not the output of docker --version")
    return match[1]


def brings_its_engine(version: str) -> bool:
    """Whether a client of this version is one program with its engine: up to 1.11 it is."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) <= _LAST_IN_ONE


def architecture(text: str) -> str:
    """The last `OS/Arch:` of `docker version`, which is the server's: `arm64`; raises ValueError."""
    found = _ARCHITECTURE.findall(text)
    if len(found) < 2 or not _SERVER.search(text):  # noqa: PLR2004 - the client's comes first
        raise ValueError("tells no architecture of the server")
    return str(found[-1])


def is_podman(answer: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether an answer to /version is podman's, which speaks docker's API."""
    components = answer.get("Components") or ()
    names = [str(component.get("Name", "")) for component in components]
    platform = answer.get("Platform") or {}
    return any("podman" in name.lower() for name in (*names, str(platform.get("Name", ""))))


def _answer(component: str, version: str) -> dict[str, Any]:
    return {"Version": version, "Components": [{"Name": component, "Version": version}]}


def _podman_version(text: str) -> str:
    match = re.search(r"^\s*Version:\s*(\d\S*)", text, re.MULTILINE)
    return match[1] if match else ""
