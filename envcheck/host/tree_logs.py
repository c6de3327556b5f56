"""The logs that a record holds."""

from __future__ import annotations

import fnmatch
import posixpath
import stat
from collections.abc import Iterator
from itertools import islice

from envcheck.host.base import Failed, NotRecorded, Unreadable
from envcheck.host.inside import Inside, Place
from envcheck.host.logs import PIECE, Log, Logs
from envcheck.host.outputs import ANSWERS, Outputs, shown

IN_CONTAINERS = f"{ANSWERS}/containers"
"""There, below the id of each, lie files from inside containers."""
MAX_FOUND = 500
"""Files that one pattern may stand for."""

_KERNEL = ("dmesg", "dmesg_-T", "dmesg_-k", "journalctl_--no-pager_--dmesg")


class TreeLogs(Logs):
    """Files below the root, and outputs where sos puts them."""

    def __init__(self, inside: Inside, outputs: Outputs) -> None:
        self._inside = inside
        self._outputs = outputs

    def find(self, pattern: str) -> tuple[str, ...]:
        return tuple(sorted(islice(self._fitting("", pattern.strip("/").split("/")), MAX_FOUND)))

    def _fitting(self, folder: str, ahead: list[str]) -> Iterator[str]:
        """Paths below a folder that fit what is left of a pattern."""
        if ahead and not any(mark in ahead[0] for mark in "*?["):
            yield from self._here(f"{folder}/{ahead[0]}", ahead[1:])
        elif ahead:
            for entry in self._inside.list(self._inside.follow(folder or "/")):
                if fnmatch.fnmatchcase(shown(entry.name), ahead[0]):
                    yield from self._here(f"{folder}/{entry.name}", ahead[1:])

    def _here(self, path: str, ahead: list[str]) -> Iterator[str]:
        try:
            place = self._inside.follow(path)
            if _is_file(place) and not ahead:
                yield path
            elif place.status is not None and stat.S_ISDIR(place.status.st_mode):
                yield from self._fitting(path, ahead) if ahead else self._files_in(path)
        except Unreadable:
            return

    def _files_in(self, folder: str) -> Iterator[str]:
        for entry in self._inside.list(self._inside.follow(folder)):
            path = f"{folder}/{entry.name}"
            if _is_file(self._inside.follow(path)):
                yield path

    def file(self, path: str) -> Log:
        place = self._inside.follow(posixpath.normpath(path))
        if place.status is None:
            raise NotRecorded(f"{path} is not in this record")
        if not _is_file(place):
            raise Failed(f"{path} is not a regular file")
        size = place.status.st_size
        return Log(size, lambda tail: self._inside.pieces(place, max(0, size - tail), PIECE))

    def kernel(self) -> Log:
        return self._output(_KERNEL, "what the kernel said")

    def journal(self, unit: str) -> Log:
        names = (f"journalctl_--no-pager_--unit_{unit}", f"journalctl_--no-pager_--unit_{unit}.service")
        return self._output(names, f"the journal of {unit}")

    def container(self, container: str) -> Log:
        names = (f"docker_logs_-t_{container}", f"docker_logs_{container}")
        return self._output(names, f"what container {container} printed")

    def in_container(self, container: str, path: str) -> Log:
        kept = f"{IN_CONTAINERS}/{container}{path}"
        if self._inside.follow(kept).status is None:
            raise NotRecorded(f"{path} of container {container} is not in this record")
        return self.file(kept)

    def _output(self, names: tuple[str, ...], what: str) -> Log:
        for name in names:
            path = self._outputs.path(name)
            if path:
                return self.file(path)
        raise NotRecorded(f"{what} is not in this record")


def _is_file(place: Place) -> bool:
    return place.status is not None and stat.S_ISREG(place.status.st_mode)
