"""Users, processes, libraries and archives of a record."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from envcheck.host import contents, elf, json_text, mounts, people, running, tree_services, writable
from envcheck.host.answers import Answers
from envcheck.host.base import NOT_RECORDED, Absent, Host, NotRecorded, TimedOut
from envcheck.host.belongings import Account, Contents, Member, Process
from envcheck.host.inside import Inside, Place
from envcheck.host.outputs import Outputs

_SIZE = 4 << 20
_OTHERS_MAY_WRITE = 0o003
_PASSWD = ("getent_passwd*",)
_GROUP = ("getent_group*",)
_PS = ("ps", "ps_*")
_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory"}


class System:
    """Answers from the files and command outputs of a record."""

    def __init__(self, host: Host, inside: Inside, outputs: Outputs, kept: Answers) -> None:
        self._host = host
        self._inside = inside
        self._outputs = outputs
        self._kept = kept

    # -- users ------------------------------------------------------------------------

    def account(self, name: str) -> Account:
        """As Host.account. Who is not in /etc/passwd may be in a directory that it names."""
        if name in self._accounts:
            return self._accounts[name]
        if not self._local or people.may_be_elsewhere(self._inside.text("/etc/nsswitch.conf", _SIZE)):
            raise NotRecorded(f"whether there is a user {name} {NOT_RECORDED}")
        raise Absent(f"there is no user {name}")

    def user_name(self, uid: int) -> str:
        """As Host.user_name."""
        for account in self._accounts.values():
            if account.uid == uid:
                return account.name
        raise NotRecorded(f"who has the number {uid} {NOT_RECORDED}")

    def group_name(self, gid: int) -> str:
        """As Host.group_name."""
        name = people.groups(self._groups).get(gid)
        if name is None:
            raise NotRecorded(f"which group has the number {gid} {NOT_RECORDED}")
        return name

    @cached_property
    def _local(self) -> str:
        return self._inside.text("/etc/passwd", _SIZE)

    @cached_property
    def _groups(self) -> str:
        more = self._outputs.fitting(_GROUP).values()
        return "\n".join((self._inside.text("/etc/group", _SIZE), *more))

    @cached_property
    def _accounts(self) -> Mapping[str, Account]:
        more = self._outputs.fitting(_PASSWD).values()
        return people.accounts("\n".join((self._local, *more)), self._groups)

    # -- processes, libraries ---------------------------------------------------------

    def processes(self) -> tuple[Process, ...]:
        """As Host.processes: kept as an answer, else what `ps` lists."""
        kept = tree_services.processes(self._kept)
        return running.recorded(self._outputs.fitting(_PS)) if kept is None else kept

    def symbol_versions(self, path: str, there: Callable[[], Place]) -> tuple[str, ...]:
        """As Host.symbol_versions: kept as an answer, else read from the library in the record."""
        kept = self._kept.get("symbol_versions.json", _lists_of_text) or {}
        if path in kept:
            return kept[path]
        return elf.defined_versions(path, self._inside.read(there(), elf.MAX_SIZE))

    # -- folders and archives ---------------------------------------------------------

    def obstacle(self, path: str) -> str:
        """As Host.obstacle, by mode, mount table and free space; raises NotRecorded where one is lacking."""
        status = self._host.stat(path)
        if status.kind != "directory":
            return writable.NOT_A_FOLDER
        if self._is_read_only(path):
            return writable.READ_ONLY
        if self._host.filesystem(path).free == 0:
            return writable.FULL
        others_may = status.mode & _OTHERS_MAY_WRITE == _OTHERS_MAY_WRITE
        if not (others_may or self._host.is_root()):
            raise NotRecorded(f"whether its user may write to {path} {NOT_RECORDED}")
        return ""

    def _is_read_only(self, path: str) -> bool:
        for table in ("/proc/self/mounts", "/proc/mounts", "/proc/1/mounts"):
            mount = mounts.holding(path, mounts.proc_mounts(self._inside.text(table, _SIZE)))
            if mount is not None:
                return "ro" in mount.options.split(",")
        text = self._outputs.text("mount_-l") or self._outputs.text("mount") or ""
        mount = mounts.holding(path, mounts.mount(text))
        if mount is None:
            raise NotRecorded(f"how {path} is mounted {NOT_RECORDED}")
        return "ro" in mount.options.split(",")

    def contents(self, place: Place, keep: Sequence[str], timeout: float) -> Contents:
        """As Host.contents."""
        if place.status is not None and stat.S_ISDIR(place.status.st_mode):
            return contents.of_folder(
                lambda folder: self._children(f"{place.path}/{folder}"),
                lambda name, size: self._inside.read(self._inside.follow(f"{place.path}/{name}"), size),
                keep,
            )
        self._inside.read(place, 1)
        until = time.monotonic() + timeout

        def check() -> None:
            if time.monotonic() > until:
                raise TimedOut(f"{place.path}: not read within {timeout:g} s")

        return contents.of_archive(self._inside.real(place), keep, check)

    def _children(self, folder: str) -> Iterable[Member]:
        for entry in self._inside.list(self._inside.follow(folder)):
            status = self._inside.follow(f"{folder}/{entry.name}").status
            kind = "other" if status is None else _KINDS.get(stat.S_IFMT(status.st_mode), "other")
            if kind == "directory" and entry.is_symlink():
                kind = "link"
            yield Member(entry.name, kind, status.st_size if status is not None and kind == "file" else 0)


def _lists_of_text(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, Any] = json_text.parse(text)
    return {path: tuple(map(str, names)) for path, names in found.items()}
