"""What a record shows to be absent on its host, as opposed to merely not recorded."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import cached_property

from envcheck.host.base import Absent, Failed, NotRecorded, Unreadable
from envcheck.host.inside import Inside, Place
from envcheck.host.installed import PROVIDERS, provider, versions
from envcheck.host.outputs import ANSWERS, Outputs
from envcheck.host.sos_names import says_no_command

_LIST_SIZE = 1 << 20
_DAEMON_JSON = "/etc/docker/daemon.json"
_SELINUXFS = "/sys/fs/selinux"
_BELOW_SELINUXFS = f"{_SELINUXFS}/"
_PACKAGE_LISTS = ("installed-rpms", "installed-debs", "dpkg_-l", "rpm_-qa")


class Evidence:
    """Decides between Absent and NotRecorded."""

    def __init__(self, inside: Inside, outputs: Outputs, left_out: Mapping[str, str]) -> None:
        self._inside = inside
        self._outputs = outputs
        self._left_out = left_out
        self._known_to_run: dict[str, bool | None] = {}

    def of_path(self, path: str, place: Place) -> Unreadable:
        """The error for a path that led to a place where nothing is recorded."""
        if self._left_out:
            unpacked = self._not_unpacked(place.path)
            if unpacked is not None:
                return unpacked
        if self._listed and (self._listed_above(posixpath.normpath(path)) or self._listed_above(place.path)):
            return Absent(f"{path} is not there")
        if place.path == _DAEMON_JSON and self._inside.follow("/etc/docker").status is not None:
            return Absent(f"{path} is not there")
        if (place.path == _SELINUXFS or place.path.startswith(_BELOW_SELINUXFS)) and self._no_selinuxfs():
            return Absent(f"{path} is not there: the kernel has no selinuxfs")
        return NotRecorded(f"{path} is not in this record")

    def need_whole(self, place: Place) -> None:
        """Raise Failed where something of this folder could not be unpacked."""
        for path, reason in self._left_out.items():
            if posixpath.dirname(path) == place.path:
                raise Failed(f"{path} could not be unpacked: it {reason}")

    def _not_unpacked(self, path: str) -> Failed | None:
        for folder in _at_and_above(path):
            if folder in self._left_out:
                return Failed(f"{folder} could not be unpacked: it {self._left_out[folder]}")
        return None

    def against_command(self, command: str) -> Absent | None:
        """The error for a command that is known not to be there; None where nothing says so."""
        if self.lists(command) or self._ran(command) is False:
            return Absent(f"{command} is not installed")
        if command in PROVIDERS and self._installed and provider(command, self._installed) is None:
            return Absent(f"{command} is not installed: no package brings it")
        return None

    def shows_command(self, command: str) -> bool:
        """Whether an installed package brings the command, or an output of it is recorded."""
        packaged = command in PROVIDERS and provider(command, self._installed) is not None
        return packaged or self._ran(command) is True

    def _ran(self, command: str) -> bool | None:
        """Whether outputs of the command show that it ran, or all say that it is not there."""
        if command not in self._known_to_run:
            self._known_to_run[command] = self._look_for_runs(command)
        return self._known_to_run[command]

    def _look_for_runs(self, command: str) -> bool | None:
        texts = [text for text in self._outputs.beginnings(command) if text.strip()]
        return any(not says_no_command(text, command) for text in texts) if texts else None

    def lists(self, name: str) -> bool:
        """Whether the record lists this path or command as known not to be there."""
        return name in self._listed

    def lists_library(self, name: str) -> bool:
        """Whether the record lists this library, with or without its folder."""
        return any(posixpath.basename(line) == name for line in self._listed)

    def _listed_above(self, path: str) -> bool:
        return any(each in self._listed for each in _at_and_above(path))

    @cached_property
    def _listed(self) -> frozenset[str]:
        lines = (line.strip() for line in self._inside.text(f"{ANSWERS}/absent", _LIST_SIZE).splitlines())
        return frozenset(line.rstrip("/") for line in lines if line and not line.startswith("#"))

    @cached_property
    def _installed(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name in _PACKAGE_LISTS:
            found.update(versions(self._outputs.text(name) or "") or {})
        return found

    def _no_selinuxfs(self) -> bool:
        kinds = self._inside.text("/proc/filesystems", _LIST_SIZE).split()
        return "nodev" in kinds and "selinuxfs" not in kinds


def _at_and_above(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(2, len(parts) + 1))
