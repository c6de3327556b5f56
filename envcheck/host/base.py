"""A host: everything that may be asked of a machine, live or recorded.

Probes ask only through the public methods here. Every answer, failures included, is
asked once, remembered and logged; that memory is the record that a bundle keeps.
"""

from __future__ import annotations

import logging
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Optional, TypeVar, Union

from envcheck.host.services import ServiceQuestions
from envcheck.host.system import SystemQuestions
from envcheck.host.turns import Turns
from envcheck.record import Record

if TYPE_CHECKING:
    from envcheck.host.logs import Logs

log = logging.getLogger(__name__)
T = TypeVar("T")

TRUSTED_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where commands are looked up, and nowhere else (requirements, "trusted path")."""

COMMAND_SECONDS = 10.0
"""Deadline of a command or engine call that sets none of its own."""


class Unreadable(Exception):
    """The host gave no answer. `str()` is the reason as the report shows it."""

    def again(self) -> Unreadable:
        """The same error, to be raised once more.

        One that is kept must not be raised itself: it would keep the frames of whoever asked,
        and they the host that keeps it.
        """
        return type(self)(*self.args)


class Absent(Unreadable):
    """It is known not to be there: a file, a command, a socket, a library."""


NOT_RECORDED = "is not in this record"
"""How the reason of a NotRecorded ends where there is nothing more to say of it."""


class NotRecorded(Unreadable):
    """A recorded host does not hold the answer, and nothing shows that it is absent."""


class Denied(Unreadable):
    """The user who runs the check may not read it."""


class TimedOut(Unreadable):
    """No answer within the deadline."""


class Failed(Unreadable):
    """It was asked and answered with an error. `code` is the callee's error number, if any."""

    def __init__(self, reason: str, code: Optional[int] = None) -> None:
        super().__init__(reason)
        self.code = code

    def again(self) -> Failed:
        """The same error with its code."""
        return Failed(str(self), self.code)


class Output(Record):
    """What a command printed. `status` is None where a record does not keep it."""

    stdout: str
    stderr: str = ""
    status: Optional[int] = 0


class Filesystem(Record):
    """The file system that holds a path. Sizes in bytes; `free` is what is left to use."""

    mount_point: str
    total: int
    free: int
    type: str = ""
    device: str = ""

    @property
    def identity(self) -> str:
        """What two mount points of one file system have in common: binds, subvolumes."""
        return self.device if self.device.startswith("/dev/") or ":" in self.device else self.mount_point


class FileStatus(Record):
    """Of a path, links followed: `kind` is file, directory or other; `mode` the permission bits."""

    kind: str
    mode: int
    uid: int
    gid: int
    size: int


class NvmlCard(Record):
    """One GPU as NVML describes it; None where this driver cannot say. Memory in bytes."""

    number: int
    name: str
    memory: Optional[int]
    pci_bus: Optional[str]
    uuid: Optional[str]
    virtualization: Optional[str]
    """none, passthrough, vgpu, host-vgpu or host-vsga (nvmlDeviceGetVirtualizationMode)."""
    mig: Optional[bool]


class Nvml(Record):
    """What NVML says of the driver and its GPUs."""

    driver_version: str
    cards: tuple[NvmlCard, ...]


class Answer(Record):
    """One remembered answer: the value, or the error that was raised instead."""

    value: Any
    error: Optional[Unreadable]
    seconds: float


Question = tuple[str, ...]


class Host(SystemQuestions, ServiceQuestions):
    """A machine that can be asked. Safe from several threads; each question is put once."""

    live: bool
    """Whether the machine itself answers, or did when this record was made.

    False for what others laid out: a sosreport, a tree of files.
    """

    replayed = False
    """Whether the answers are read from a record that envcheck made."""

    started: Optional[str] = None
    """When the host was first checked, ISO 8601 with zone; None before that."""

    settings: Mapping[str, Union[str, tuple[str, ...]]] = MappingProxyType({})
    """What was set when the host was checked, by the parameters' names: kept in its record."""

    name: str
    """What the report calls the host."""

    def __init__(self) -> None:
        self.answers: dict[Question, Answer] = {}
        """Everything asked so far with its answer, in order of completion."""
        self.conclusions: dict[object, Any] = {}
        """What probes worked out of the answers, by who did (`envcheck.probes.shared.once`)."""
        self._pending: dict[Question, threading.Lock] = {}
        self._lock = threading.Lock()
        self.turns = Turns()
        """Of those who ask it from several threads; replaced by who starts them."""

    # -- files ------------------------------------------------------------------------

    def read(self, path: str, limit: int = 4 << 20) -> str:
        """Text of a regular file, undecodable bytes escaped; at most `limit` bytes of it."""
        content = self._ask(("read", path, str(limit)), lambda: self._read(path, limit))
        return content.decode("utf-8", "backslashreplace")

    def read_bytes(self, path: str, limit: int = 4 << 20) -> bytes:
        """The first `limit` bytes of a regular file."""
        return self._ask(("read", path, str(limit)), lambda: self._read(path, limit))

    def names(self, path: str) -> tuple[str, ...]:
        """The sorted names in a directory."""
        return self._ask(("names", path), lambda: self._names(path))

    def resolve(self, path: str) -> str:
        """The path with every symbolic link followed, as the host itself names it."""
        return self._ask(("resolve", path), lambda: self._resolve(path))

    def stat(self, path: str) -> FileStatus:
        """Kind, mode, owner and size of what is at the path."""
        return self._ask(("stat", path), lambda: self._stat(path))

    def exists(self, path: str) -> bool:
        """Whether there is anything at the path; raises where that cannot be known."""
        try:
            self.stat(path)
        except Absent:
            return False
        return True

    def filesystem(self, path: str) -> Filesystem:
        """The file system that holds `path`, or would once `path` is made."""
        return self._ask(("filesystem", path), lambda: self._filesystem(path))

    # -- commands ---------------------------------------------------------------------

    def which(self, command: str) -> str:
        """Absolute path of a command on the trusted path; raises Absent where there is none."""
        return self._ask(("which", command), lambda: self._which(command))

    def run(self, *argv: str, timeout: float = COMMAND_SECONDS) -> Output:
        """Run a command of the trusted path, without shell, in the C locale.

        A command that ran and failed is an Output with its status. Raises Absent where
        there is no such command, TimedOut (nothing of it is left running), Denied.
        """
        return self._ask(("run", *argv), lambda: self._run(argv, timeout))

    def recorded(self, *patterns: str) -> Mapping[str, str]:
        """Command outputs of a record by file name, where the name fits a shell pattern.

        For outputs that a record may hold and that a live host is never asked for. Empty on
        a live host.
        """
        return self._ask(("recorded", *patterns), lambda: self._recorded(patterns))

    # -- services and libraries -------------------------------------------------------

    def docker(self, path: str, timeout: float = COMMAND_SECONDS) -> Any:  # noqa: ANN401 - JSON
        """GET `path` (`/info`, `/version`, …) from the docker engine, as parsed JSON.

        Raises Absent (no socket), Denied, TimedOut, Failed (refused, an error answer).
        """
        return self._ask(("docker", path), lambda: self._docker(path, timeout))

    def docker_address(self) -> str:
        """The engine's address in force (`unix:///var/run/docker.sock`, `tcp://…`, `ssh://…`)."""
        return self._ask(("docker-address",), self._docker_address)

    def nvml(self) -> Nvml:
        """The driver and its GPUs by NVML.

        Raises Absent (no libnvidia-ml.so.1), Failed (with NVML's error code), TimedOut.
        """
        return self._ask(("nvml",), self._nvml)

    def addresses(self) -> Mapping[str, tuple[str, ...]]:
        """Global and link addresses of each network interface, by the interface's name."""
        return self._ask(("addresses",), self._addresses)

    def socket_owners(self) -> Mapping[int, str]:
        """Inode of each listening socket → `name (pid N)`, as far as this user may see."""
        return self._ask(("socket-owners",), self._socket_owners)

    def is_root(self) -> bool:
        """Whether the host is (or was, when recorded) asked as root."""
        return self._ask(("is-root",), self._is_root)

    @property
    def logs(self) -> Logs:
        """Its logs; unlike answers they are read anew each time, and not remembered."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop what is still running for this host. Later questions raise."""

    # -- how a kind of host answers ---------------------------------------------------

    @abstractmethod
    def _read(self, path: str, limit: int) -> bytes: ...
    @abstractmethod
    def _names(self, path: str) -> tuple[str, ...]: ...
    @abstractmethod
    def _resolve(self, path: str) -> str: ...
    @abstractmethod
    def _stat(self, path: str) -> FileStatus: ...
    @abstractmethod
    def _filesystem(self, path: str) -> Filesystem: ...
    @abstractmethod
    def _which(self, command: str) -> str: ...
    @abstractmethod
    def _run(self, argv: Sequence[str], timeout: float) -> Output: ...
    @abstractmethod
    def _recorded(self, patterns: Sequence[str]) -> Mapping[str, str]: ...
    @abstractmethod
    def _docker(self, path: str, timeout: float) -> object: ...
    @abstractmethod
    def _docker_address(self) -> str: ...
    @abstractmethod
    def _nvml(self) -> Nvml: ...
    @abstractmethod
    def _addresses(self) -> Mapping[str, tuple[str, ...]]: ...
    @abstractmethod
    def _socket_owners(self) -> Mapping[int, str]: ...
    @abstractmethod
    def _is_root(self) -> bool: ...

    # -- memory -----------------------------------------------------------------------

    def _ask(self, question: Question, fetch: Callable[[], T]) -> T:
        """Put a question once; a second asker waits for, and shares, the first one's answer."""
        answer = self.answers.get(question)
        if answer is None:  # to read a file of a record twice is cheaper than to wait
            answer = (self._fetch_once if self.live else self._fetch)(question, fetch)
        if answer.error is not None:
            raise answer.error.again()
        value: T = answer.value
        return value

    def _fetch_once(self, question: Question, fetch: Callable[[], T]) -> Answer:
        with self._lock:
            pending = self._pending.setdefault(question, threading.Lock())
        with self._held(pending):
            return self.answers.get(question) or self._fetch(question, fetch)

    @contextmanager
    def _held(self, lock: threading.Lock) -> Iterator[None]:
        if not lock.acquire(blocking=False):
            with self.turns.aside():
                lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _fetch(self, question: Question, fetch: Callable[[], T]) -> Answer:
        started = time.monotonic()
        try:
            answer = Answer._make((fetch(), None, time.monotonic() - started))
        except Unreadable as failure:
            answer = Answer._make((None, failure.again(), time.monotonic() - started))
        self.answers[question] = answer
        if log.isEnabledFor(logging.DEBUG):
            said = answer.error or answer.value
            log.debug("%s -> %r (%.1f ms)", " ".join(question), said, answer.seconds * 1000)
        return answer
