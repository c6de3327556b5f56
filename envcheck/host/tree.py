"""A host read from a directory: a sosreport, or files laid out below a root as in one."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from envcheck.host import UnusableRecord, answers, mounts
from envcheck.host.answers import Answers, PartialStatus
from envcheck.host.base import (
    NOT_RECORDED,
    TRUSTED_PATH,
    Absent,
    Answer,
    FileStatus,
    Filesystem,
    Host,
    NotRecorded,
    Nvml,
    Output,
    Question,
    Unreadable,
)
from envcheck.host.evidence import Evidence
from envcheck.host.inside import Inside, Place
from envcheck.host.json_text import parse
from envcheck.host.outputs import TOP, Outputs, shown
from envcheck.host.replay import Replay, is_recorded
from envcheck.host.sos_names import AT_ROOT, file_name, says_no_command
from envcheck.host.tables import Tables
from envcheck.host.tree_services import WrittenServices
from envcheck.lazy import regex

if TYPE_CHECKING:
    from pathlib import Path

    from envcheck.host.belongings import Account, Contents, Process
    from envcheck.host.logs import Logs
    from envcheck.host.tree_system import System

T = TypeVar("T")

_NAME_SIZE = 255
_WORDS = regex("[A-Za-z0-9.]+")
_UID = regex(r"\s*(?:uid=)?(\d+)")
_DOCKER_MARKS = ("docker", "/var/run/docker.sock", "/run/docker.sock")
_NOT_BY_FILES = frozenset(
    ("names", "stat", "resolve", "filesystem", "which", "docker-address", "socket-owners", "is-root")
)
_SOS_MARKS = ("/version.txt", "/sos_logs", "/sos_reports")


class TreeHost(WrittenServices, Host):
    """The host whose files lie below `root` and whose command outputs lie where sos puts them."""

    live = False

    def __init__(
        self,
        root: Path,
        *,
        left_out: Mapping[str, str] = MappingProxyType({}),
        on_close: Callable[[], None] | None = None,
        title: str = "",
    ) -> None:
        """`left_out` says of which paths the record has something that could not be unpacked, and why."""
        super().__init__()
        self._on_close = on_close
        self._inside = Inside(os.path.join(os.getcwd(), root))
        self._outputs = Outputs(self._inside)
        self._evidence = Evidence(self._inside, self._outputs, left_out)
        self._tables = Tables(self._inside, self._outputs)
        self._answers = Answers(self._inside)
        self._recording = Replay(self._inside) if is_recorded(self._inside) else None
        self.replayed = self._recording is not None
        if self._recording is not None:
            self.live = self._recording.own("live") is True
            self.started = self._recording.own_text("started")
            self.settings = self._recording.settings()
            name = self._recording.own_text("name")
        else:
            name = self._host_name()
        self.name = name or title or root.absolute().name

    def close(self) -> None:
        """Remove what was unpacked for this host, if anything was."""
        if self._on_close is not None:
            self._on_close()

    def recall(self) -> None:
        """Bring every recorded answer into `answers`, as if all had been asked again.

        Raises UnusableRecord where they are more than is read of one record.
        """
        for question in self._recording.questions() if self._recording is not None else ():
            self._replay(question)
        if self._inside.exhausted:
            raise UnusableRecord(f"the record of {self.name} is too large to be read as a whole")

    def _fetch(self, question: Question, fetch: Callable[[], T]) -> Answer:
        if self._recording is None:
            return super()._fetch(question, fetch)
        return self._replay(question) or super()._fetch(question, fetch)

    def _replay(self, question: Question) -> Answer | None:
        """What envcheck's own record answers; None where the files may."""
        if self._recording is None:
            return None
        answer = self._recording.answer(question)
        if answer is None and self._lacks(question):
            what = f"what is in {question[-1]}" if question[0] == "names" else question[-1]
            answer = Answer(None, NotRecorded(f"{what} {NOT_RECORDED}"), 0.0)
        if answer is not None:
            self.answers[question] = answer
        return answer

    def _lacks(self, question: Question) -> bool:
        """Whether the files of an own record prove nothing: only what was asked for lies there."""
        if question[0] == "read":
            assert self._recording is not None  # noqa: S101 - the caller looked
            status = self._inside.follow(question[1]).status
            return self._recording.tells_of(question[1]) or status is None or not stat.S_ISREG(status.st_mode)
        return question[0] in _NOT_BY_FILES

    # -- files ------------------------------------------------------------------------

    def _read(self, path: str, limit: int) -> bytes:
        return self._inside.read(self._there(path), limit)

    def _names(self, path: str) -> tuple[str, ...]:
        place = self._there(path)
        self._evidence.need_whole(place)
        entries = self._inside.list(place)
        if not entries:
            raise NotRecorded(f"what is in {path} is not in this record")
        return tuple(shown(entry.name) for entry in entries)

    def _resolve(self, path: str) -> str:
        place = self._inside.follow(path)
        if place.status is None and not place.dangling:
            raise self._evidence.of_path(path, place)
        return place.path

    def _stat(self, path: str) -> FileStatus:
        recorded = self._statuses.get(posixpath.normpath(path)) if self._statuses else None
        if recorded is None:
            return _status(self._there(path))
        status = self._inside.follow(path)
        return recorded.over(_status(status) if status.status else FileStatus("file", 0, 0, 0, 0))

    @cached_property
    def _statuses(self) -> Mapping[str, PartialStatus]:
        return self._answers.get("stat.json", answers.statuses) or {}

    def _filesystem(self, path: str) -> Filesystem:
        place = self._inside.follow(path)
        kept = self._answers.get("filesystem.json", answers.filesystems) or []
        return mounts.holding(place.path, kept) or self._tables.filesystem(place.path)

    def _there(self, path: str) -> Place:
        place = self._inside.follow(path)
        if place.status is None:
            raise self._evidence.of_path(path, place)
        return place

    # -- commands ---------------------------------------------------------------------

    def _which(self, command: str) -> str:
        if self._evidence.lists(command):
            raise Absent(f"{command} is not installed")
        for folder in TRUSTED_PATH.split(":"):
            status = self._inside.follow(f"{folder}/{command}").status
            if status is not None and stat.S_ISREG(status.st_mode):
                return f"{folder}/{command}"
        if self._evidence.shows_command(command):
            return f"/usr/bin/{command}"
        raise self._no_command(command, f"whether there is {command}")

    def _run(self, argv: Sequence[str], timeout: float) -> Output:  # noqa: ARG002 - recorded already
        name = file_name(argv)
        text = self._outputs.text(name)
        if text is None and name in AT_ROOT:
            text = self._outputs.text(AT_ROOT[name])
        if text is None:
            raise self._no_command(argv[0], f"`{' '.join(argv)}`")
        if says_no_command(text, argv[0]):
            raise Absent(f"{argv[0]} is not installed")
        return Output(text, status=None)

    def _no_command(self, command: str, question: str) -> Unreadable:
        absent = self._evidence.against_command(command)
        return absent or NotRecorded(f"{question} is not in this record")

    def _recorded(self, patterns: Sequence[str]) -> Mapping[str, str]:
        return self._outputs.fitting(patterns)

    # -- services and libraries -------------------------------------------------------

    def _docker(self, path: str, timeout: float) -> object:  # noqa: ARG002 - recorded already
        name = "_".join(_WORDS.findall(path))
        answer = self._answers.get(f"docker_{name}.json", parse)
        if answer is not None:
            return answer
        if any(map(self._evidence.lists, _DOCKER_MARKS)):
            raise Absent("docker is not installed or not running")
        raise NotRecorded(f"docker's answer to {path} is not in this record")

    def _docker_address(self) -> str:
        return self._answers.text("docker_address").strip() or "unix:///var/run/docker.sock"

    def _nvml(self) -> Nvml:
        found = self._answers.get("nvml.json", answers.nvml)
        if found is not None:
            return found
        if self._evidence.lists_library("libnvidia-ml.so.1"):
            raise Absent("libnvidia-ml.so.1 is not there")
        raise NotRecorded("NVML's answer is not in this record")

    def _addresses(self) -> Mapping[str, tuple[str, ...]]:
        return self._tables.addresses()

    def _socket_owners(self) -> Mapping[int, str]:
        return self._answers.get("socket_owners.json", answers.socket_owners) or {}

    def _is_root(self) -> bool:
        for name in ("id_-u", "id"):
            uid = _UID.match(self._outputs.text(name) or "")
            if uid:
                return int(uid[1]) == 0
        if self._outputs.folders() - {"envcheck"} or any(map(self._holds, _SOS_MARKS)):
            return True  # sos runs as root
        raise NotRecorded(f"the user who took it {NOT_RECORDED}")

    # -- users, processes, archives ---------------------------------------------------

    @cached_property
    def _system(self) -> System:
        from envcheck.host.tree_system import System

        return System(self, self._inside, self._outputs, self._answers)

    def _account(self, name: str) -> Account:
        return self._system.account(name)

    def _user_name(self, uid: int) -> str:
        return self._system.user_name(uid)

    def _group_name(self, gid: int) -> str:
        return self._system.group_name(gid)

    def _processes(self) -> tuple[Process, ...]:
        return self._system.processes()

    def _symbol_versions(self, path: str) -> tuple[str, ...]:
        return self._system.symbol_versions(path, lambda: self._there(path))

    def _obstacle(self, path: str) -> str:
        return self._system.obstacle(path)

    def _contents(self, path: str, keep: tuple[str, ...], timeout: float) -> Contents:
        return self._system.contents(self._there(path), keep, timeout)

    def _kubeconfig(self) -> tuple[str, ...]:
        raise NotRecorded(f"which kubeconfig is in force {NOT_RECORDED}")

    @cached_property
    def logs(self) -> Logs:
        """The logs in the record."""
        from envcheck.host.tree_logs import TreeLogs

        return TreeLogs(self._inside, self._outputs)

    # -- the record itself ------------------------------------------------------------

    def _holds(self, path: str) -> bool:
        return self._inside.follow(path).status is not None

    def _host_name(self) -> str:
        words: list[str] = []
        for path in ("/etc/hostname", "/proc/sys/kernel/hostname", f"{TOP}/host/hostname", "/hostname"):
            words = words or self._inside.text(path, _NAME_SIZE).split()
        return words[0] if words else ""


def _status(place: Place) -> FileStatus:
    status = place.status
    assert status is not None  # noqa: S101 - the callers looked
    kind = "other"
    if stat.S_ISREG(status.st_mode):
        kind = "file"
    elif stat.S_ISDIR(status.st_mode):
        kind = "directory"
    return FileStatus(kind, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, status.st_size)
