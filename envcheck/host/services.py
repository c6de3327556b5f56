"""Questions to what is deployed on a host: do services answer, what do their logs say, what runs on the GPUs.

A record answers them where they were asked when it was made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from envcheck.host.base import Output
    from envcheck.host.belongings import Clock, Page, Reached, Tail
    from envcheck.host.logs import Logs

T = TypeVar("T")

CONNECT_SECONDS = 3.0
PAGE_SECONDS = 5.0
TAIL_BYTES = 4 << 20
"""Of a log only so much is read, from its end."""


class ServiceQuestions(ABC):
    """The questions; each is put once, as all of a Host's are."""

    live: bool
    replayed: bool

    @abstractmethod
    def _ask(self, question: tuple[str, ...], fetch: Callable[[], T]) -> T: ...
    @property
    @abstractmethod
    def logs(self) -> Logs:
        """Its logs, as they come."""

    def clock(self) -> Clock:
        """What time it is there, and how far from UTC its zone is."""
        return self._ask(("clock",), self._clock)

    def connect(self, address: str, port: int, timeout: float = CONNECT_SECONDS) -> Reached:
        """Whether a TCP connection to this port comes about; it is closed at once.

        `address` is a name or an IP address. What keeps it from coming about is no error but the answer.
        """
        return self._ask(("connect", address, str(port)), lambda: self._connect(address, port, timeout))

    def page(self, address: str, port: int, path: str = "/", timeout: float = PAGE_SECONDS) -> Page:
        """GET a page by HTTP; `timeout` is for all of it, in seconds. Raises Failed, TimedOut."""
        return self._ask(("page", address, str(port), path), lambda: self._page(address, port, path, timeout))

    def greeting(self, address: str, port: int, timeout: float = PAGE_SECONDS) -> bytes:
        """The first packet of a database server that greets its clients; nothing is sent.

        Raises Failed and TimedOut where none comes. What is no such packet is given as it came.
        """
        return self._ask(("greeting", address, str(port)), lambda: self._greeting(address, port, timeout))

    def gpu_processes(self) -> tuple[int, ...]:
        """The pids of what computes on the GPUs, by NVML. Raises Absent, Failed, TimedOut."""
        return self._ask(("gpu-processes",), self._gpu_processes)

    def execute(self, container: str, *argv: str, timeout: float, folder: str = "/") -> Output:
        """Run a command inside a running container, in a folder of it. Raises Absent, Failed, TimedOut."""
        question = ("execute", container, folder, *argv)
        return self._ask(question, lambda: self._execute(container, argv, folder, timeout))

    def log_paths(self, pattern: str) -> tuple[str, ...]:
        """The paths of files that fit a shell pattern, sorted."""
        return self._ask(("log-paths", pattern), lambda: self._log_paths(pattern))

    def log_tail(self, path: str, container: str = "") -> Tail:
        """The end of a log, of this host or inside a container. Raises Unreadable."""
        return self._ask(("log-tail", container, path), lambda: self._log_tail(path, container))

    # -- how a kind of host answers ---------------------------------------------------

    def _clock(self) -> Clock:
        raise _not_asked("what time it was")

    def _connect(self, address: str, port: int, timeout: float) -> Reached:  # noqa: ARG002
        raise _not_asked(f"whether {address} answers on port {port}")

    def _page(self, address: str, port: int, path: str, timeout: float) -> Page:  # noqa: ARG002
        raise _not_asked(f"what http://{address}:{port}{path} answers")

    def _greeting(self, address: str, port: int, timeout: float) -> bytes:  # noqa: ARG002
        raise _not_asked(f"whether {address} greets on port {port}")

    def _gpu_processes(self) -> tuple[int, ...]:
        raise _not_asked("what runs on the GPUs")

    def _execute(self, container: str, argv: tuple[str, ...], folder: str, timeout: float) -> Output:  # noqa: ARG002
        raise _not_asked(f"what {argv[0]} says in container {container}")

    def _log_paths(self, pattern: str) -> tuple[str, ...]:
        found = self.logs.find(pattern)
        if not found and (self.replayed or not self.live):
            raise _not_asked(pattern)
        return found

    def _log_tail(self, path: str, container: str) -> Tail:
        from envcheck.host.belongings import Tail

        log = self.logs.in_container(container, path) if container else self.logs.file(path)
        content = b"".join(_at_most(log.tail(TAIL_BYTES)))
        whole = log.size is not None and len(content) >= log.size
        return Tail(content.decode("utf-8", "backslashreplace"), whole, log.modified)


def _at_most(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = TAIL_BYTES
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


def _not_asked(what: str) -> Exception:
    from envcheck.host.base import NOT_RECORDED, NotRecorded

    return NotRecorded(f"{what} {NOT_RECORDED}")
