"""Which logs belong in a bundle: those that every host has, and those that the modules name."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from envcheck.bundle.manifest import NO_FILE, LeftOut
from envcheck.host.base import Absent, Host, NotRecorded, Unreadable
from envcheck.host.logs import Log
from envcheck.rulebook.model import LogNames

FOLDER = "logs"
FILES = ("/var/log/nvidia-installer.log", "/var/log/upstart/docker.log", "/var/log/docker.log")
_CONTAINERS = "/containers/json?all=1"
_MAX_CONTAINERS = 200
NOT_OURS = "no module names this container, and it holds no log of the product"


class Source(NamedTuple):
    """A log that is there, and its name in the bundle."""

    name: str
    log: Log


class Found(NamedTuple):
    """The logs that are there, and why others are not."""

    sources: tuple[Source, ...]
    left_out: tuple[LeftOut, ...]


def find(host: Host, wanted: Sequence[LogNames]) -> Found:
    """Look for every log; reads none of them. Never raises for what a host does not answer."""
    search = _Search(host)
    search.take("kernel.log", host.logs.kernel)
    search.take("docker-journal.log", lambda: host.logs.journal("docker"))
    search.files(_merged((FILES, *(names.files for names in wanted))))
    search.containers(
        _merged(names.containers for names in wanted), _merged(names.in_containers for names in wanted)
    )
    return Found(tuple(search.sources), tuple(search.left_out))


def _merged(lists: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(item for items in lists for item in items))


class _Search:
    def __init__(self, host: Host) -> None:
        self._host = host
        self.sources: list[Source] = []
        self.left_out: list[LeftOut] = []

    def take(self, name: str, find: Callable[[], Log]) -> bool:
        """Add a log under a name; whether it is there."""
        try:
            self.sources.append(Source(f"{FOLDER}/{name.lstrip('/')}", find()))
        except Unreadable as error:
            self.left_out.append(LeftOut(name, str(error)))
            return False
        return True

    def files(self, patterns: Iterable[str]) -> None:
        taken: set[str] = set()
        for pattern in patterns:
            try:
                paths = self._host.logs.find(pattern)
            except Unreadable as error:
                self.left_out.append(LeftOut(pattern, str(error)))
                continue
            if not paths:
                self.left_out.append(LeftOut(pattern, NO_FILE))
            for path in paths:
                if path not in taken:
                    taken.add(path)
                    self.take(path, lambda path=path: self._host.logs.file(path))  # type: ignore[misc]

    def containers(self, patterns: Sequence[str], paths: Sequence[str]) -> None:
        if not patterns and not paths:
            return
        try:
            containers = list(_containers(self._host))
        except Unreadable as error:
            self.left_out.append(LeftOut("containers", str(error)))
            return
        for container in containers[_MAX_CONTAINERS:]:
            self.left_out.append(LeftOut(f"container {container.name}", "too many containers"))
        for container in containers[:_MAX_CONTAINERS]:
            self._container(container, patterns, paths)

    def _container(self, container: _Container, patterns: Sequence[str], paths: Sequence[str]) -> None:
        logs = self._host.logs
        named = any(map(container.fits, patterns))
        holds = [path for path in paths if self._inside(container, path, say_absent=named)]
        if named or holds:
            self.take(f"containers/{container.name}/output.log", lambda: logs.container(container.name))
        else:
            self.left_out.append(LeftOut(f"container {container.name}", NOT_OURS))

    def _inside(self, container: _Container, path: str, *, say_absent: bool) -> bool:
        name = f"containers/{container.name}/{path.lstrip('/')}"
        try:
            log = self._host.logs.in_container(container.name, path)
        except (Absent, NotRecorded) as error:
            if say_absent:
                self.left_out.append(LeftOut(name, str(error)))
            return False
        except Unreadable as error:
            self.left_out.append(LeftOut(name, str(error)))
            return False
        self.sources.append(Source(f"{FOLDER}/{name}", log))
        return True


class _Container(NamedTuple):
    name: str
    image: str

    def fits(self, pattern: str) -> bool:
        return fnmatch.fnmatchcase(self.name, pattern) or fnmatch.fnmatchcase(self.image, pattern)


def _containers(host: Host) -> Iterator[_Container]:
    """Every container of the engine, exited ones too. Raises Unreadable."""
    answer: Any = host.docker(_CONTAINERS)
    for entry in answer if isinstance(answer, list) else ():
        if isinstance(entry, Mapping):
            names = entry.get("Names") or [str(entry.get("Id", ""))[:12]]
            yield _Container(str(names[0]).lstrip("/"), str(entry.get("Image", "")))
