"""The machine that envcheck runs on, asked directly."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from envcheck.host import files
from envcheck.host.base import (
    TRUSTED_PATH,
    Absent,
    Answer,
    Failed,
    FileStatus,
    Filesystem,
    Host,
    Nvml,
    Output,
    Question,
    Unreadable,
)
from envcheck.host.deadline import Lifetime
from envcheck.host.engine_address import Endpoint, resolve

if TYPE_CHECKING:
    from envcheck.host.belongings import Account, Clock, Contents, Page, Process, Reached
    from envcheck.host.logs import Logs

T = TypeVar("T")

FILE_SECONDS = 5.0
"""Deadline of whatever asks a file system that may be remote, and dead."""

_LOCAL = ("/proc/", "/sys/", "/etc/", "/usr/")
_NOT_LOCAL = ("/proc/driver/", "/usr/local/")
"""Below the local ones, and yet able to block: a wedged driver, a remote mount."""

_DRIVER = "/proc/driver/"

_CONFIG_LIMIT = 4 << 20


class LiveHost(Host):
    """The machine at hand. `search_path` and `root` are other than the machine's own only in tests.

    `environ` says which docker engine is meant, and what commands get to see of it;
    None means that of this process.
    """

    live = True

    def __init__(
        self,
        *,
        search_path: str = TRUSTED_PATH,
        environ: Mapping[str, str] | None = None,
        root: str = "/",
    ) -> None:
        super().__init__()
        self.name = os.uname().nodename
        self._search_path = search_path
        self._environ = dict(os.environ if environ is None else environ)
        self._root = root
        self._lifetime = Lifetime(lambda: self.turns.aside())  # noqa: PLW0108 - they are replaced

    def close(self) -> None:
        """Kill the commands that still run and end every wait. Later questions raise TimedOut."""
        self._lifetime.close()

    def _fetch(self, question: Question, fetch: Callable[[], T]) -> Answer:
        def ask() -> T:
            if question[0] != "recorded":  # which asks nothing of the machine
                self._lifetime.check()
            return fetch()

        return super()._fetch(question, ask)

    # -- files ------------------------------------------------------------------------

    def _read(self, path: str, limit: int) -> bytes:
        return self._file(path, lambda: files.read(self._at(path), limit))

    def _names(self, path: str) -> tuple[str, ...]:
        return self._file(path, lambda: files.names(self._at(path)))

    def _resolve(self, path: str) -> str:
        found = self._file(path, lambda: files.resolve(self._at(path)))
        return found[len(os.path.realpath(self._root).rstrip("/")) :] or "/"

    def _stat(self, path: str) -> FileStatus:
        return self._file(path, lambda: files.status(self._at(path)))

    def _filesystem(self, path: str) -> Filesystem:
        from envcheck.host import filesystems

        mounts = self.read("/proc/self/mounts")
        return self._file(path, lambda: filesystems.holding(self._at(path), mounts), local=False)

    def _file(self, path: str, ask: Callable[[], T], local: bool | None = None) -> T:
        """`ask()` about a path, under a deadline unless the path can't lie on a remote mount."""
        if local is None:
            local = path.startswith(_LOCAL) and not path.startswith(_NOT_LOCAL)
        local = local or (self._all_mounts_local and not path.startswith(_DRIVER))
        try:
            return ask() if local else self._lifetime.bounded(path, ask, FILE_SECONDS)
        except OSError as error:
            raise files.explain(path, error) from error
        except ValueError as error:  # a NUL in the path
            raise Failed(f"{path!r}: {error}") from error

    @cached_property
    def _all_mounts_local(self) -> bool:
        """Whether nothing remote is mounted anywhere, so that no path can lead to a dead server.

        A deadline costs a thread for each question, and most hosts have no need of it.
        """
        from envcheck.host import mounts

        try:
            return mounts.all_local(files.read(self._at("/proc/self/mounts"), _CONFIG_LIMIT))
        except OSError:
            return False

    def _at(self, path: str) -> str:
        return os.path.join(self._root, path.lstrip("/"))

    # -- commands ---------------------------------------------------------------------

    def _which(self, command: str) -> str:
        from envcheck.host import commands

        return self._file(command, lambda: commands.find(command, self._search_path), local=False)

    def _run(self, argv: Sequence[str], timeout: float) -> Output:
        from envcheck.host import commands

        program = self.which(argv[0])
        env = commands.environment(self._environ, self._search_path)
        return commands.Command((program, *argv[1:]), env, timeout).run(self._lifetime)

    def _recorded(self, patterns: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    # -- services and libraries -------------------------------------------------------

    @cached_property
    def _endpoint(self) -> Endpoint:
        return resolve(self._environ, self._read_unrecorded)

    def _read_unrecorded(self, path: str) -> str:
        """A file of docker's client: it holds passwords, which must not reach log or bundle."""
        return self._read(path, _CONFIG_LIMIT).decode("utf-8", "backslashreplace")

    def _docker_address(self) -> str:
        return self._endpoint.address

    def _docker(self, path: str, timeout: float) -> object:
        endpoint = self._endpoint
        if endpoint.socket:
            self.stat(endpoint.socket)  # where there is none, http.client need not be loaded
            from envcheck.host import engine_socket

            return engine_socket.get(path, self._at(endpoint.socket), timeout, self._lifetime)

        def ask() -> object:
            from envcheck.host import engine_remote

            return engine_remote.get(path, endpoint, timeout)

        return self._lifetime.bounded(f"docker at {endpoint.address}", ask, timeout)

    def _nvml(self) -> Nvml:
        from envcheck.host import nvml

        return self._lifetime.bounded("NVML", nvml.ask, nvml.SECONDS)

    @cached_property
    def logs(self) -> Logs:
        """The logs of this machine."""
        from envcheck.host.live_logs import LiveLogs, Machine

        machine = Machine(
            self._lifetime, self._file, self._at, lambda: self._endpoint, self._search_path, self._environ
        )
        return LiveLogs(machine)

    def _addresses(self) -> Mapping[str, tuple[str, ...]]:
        import psutil

        try:
            found = psutil.net_if_addrs()
        except OSError as error:
            raise Failed(f"network addresses: {error.strerror or error}", error.errno) from error
        return {
            name: tuple(
                entry.address.partition("%")[0]
                for entry in entries
                if entry.family.name in ("AF_INET", "AF_INET6")
            )
            for name, entries in found.items()
        }

    def _socket_owners(self) -> Mapping[int, str]:
        from envcheck.host import sockets

        try:
            return sockets.owners(self._socket_tables(), self._at("/proc"), FILE_SECONDS)
        except OSError as error:
            raise files.explain("/proc", error) from error

    def _socket_tables(self) -> Iterator[str]:
        for path in ("/proc/net/tcp", "/proc/net/tcp6"):
            with suppress(Unreadable):
                yield self.read(path)

    def _is_root(self) -> bool:
        return os.geteuid() == 0

    # -- users, processes, archives ---------------------------------------------------

    def _account(self, name: str) -> Account:
        from envcheck.host import people

        return self._lifetime.bounded(f"user {name}", lambda: people.account(name), FILE_SECONDS)

    def _user_name(self, uid: int) -> str:
        from envcheck.host import people

        return self._lifetime.bounded(f"user {uid}", lambda: people.user_name(uid), FILE_SECONDS)

    def _group_name(self, gid: int) -> str:
        from envcheck.host import people

        return self._lifetime.bounded(f"group {gid}", lambda: people.group_name(gid), FILE_SECONDS)

    def _processes(self) -> tuple[Process, ...]:
        from envcheck.host import running

        mounts = self.read("/proc/self/mounts")
        return self._lifetime.bounded("processes", lambda: running.live(mounts), FILE_SECONDS)

    def _symbol_versions(self, path: str) -> tuple[str, ...]:
        from envcheck.host import elf

        content = self._file(path, lambda: files.read(self._at(path), elf.MAX_SIZE))
        return elf.defined_versions(path, content)

    def _obstacle(self, path: str) -> str:
        from envcheck.host import writable

        return self._file(path, lambda: writable.obstacle(self._at(path)), local=False)

    def _contents(self, path: str, keep: tuple[str, ...], timeout: float) -> Contents:
        from envcheck.host import contents

        def ask() -> Contents:
            place = self._at(path)
            if self.stat(path).kind == "directory":
                children = contents.children_of(place)
                return contents.of_folder(
                    children, lambda name, size: files.read(f"{place}/{name}", size), keep
                )
            files.read(place, 1)  # which says what an archive's reader does not: who may not read it
            return contents.of_archive(place, keep, self._lifetime.check)

        return self._lifetime.bounded(path, lambda: self._file(path, ask, local=True), timeout)

    def _kubeconfig(self) -> tuple[str, ...]:
        from envcheck.host import kubeconfig

        return kubeconfig.in_force(self._environ, self._is_file)

    def _is_file(self, path: str) -> bool:
        try:
            return self.stat(path).kind == "file"
        except Absent:
            return False

    # -- services ---------------------------------------------------------------------

    def _clock(self) -> Clock:
        from envcheck.host import live_services

        return live_services.clock()

    def _connect(self, address: str, port: int, timeout: float) -> Reached:
        from envcheck.host import live_services

        return live_services.connect(address, port, timeout, self._lifetime)

    def _page(self, address: str, port: int, path: str, timeout: float) -> Page:
        from envcheck.host import live_services

        return live_services.page(address, port, path, timeout, self._lifetime)

    def _greeting(self, address: str, port: int, timeout: float) -> bytes:
        from envcheck.host import live_services

        return live_services.greeting(address, port, timeout, self._lifetime)

    def _gpu_processes(self) -> tuple[int, ...]:
        from envcheck.host import nvml

        return self._lifetime.bounded("NVML", nvml.processes, nvml.SECONDS)

    def _execute(self, container: str, argv: tuple[str, ...], folder: str, timeout: float) -> Output:
        from envcheck.host import engine_exec

        def ask() -> Output:
            return engine_exec.execute(container, argv, folder, self._endpoint, timeout)

        return self._lifetime.bounded(f"container {container}", ask, timeout)
