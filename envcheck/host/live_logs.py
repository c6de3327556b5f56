"""The logs of this machine."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from itertools import islice
from typing import NamedTuple, TypeVar

from envcheck.host import commands, container_files
from envcheck.host.base import Failed
from envcheck.host.deadline import Lifetime
from envcheck.host.engine_address import Endpoint
from envcheck.host.logs import PIECE, Log, Logs

T = TypeVar("T")
Bounded = Callable[[str, Callable[[], T]], T]

MAX_FOUND = 500
"""Files that one pattern may stand for."""

_SECONDS = 10.0
"""For each wait on the engine."""
_COMMAND_SECONDS = 60.0
_BYTES_A_LINE = 64
"""Fewer than a line has with its time: so many lines are never too few."""
_MAX_LINKS = 8
_NOT_THERE = 404
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class Machine(NamedTuple):
    """What the logs need of a live host."""

    lifetime: Lifetime
    ask: Callable[[str, Callable[[], object]], object]
    """Make a call about a path, under a deadline; raises Unreadable."""
    at: Callable[[str], str]
    """Where a path lies on this machine."""
    endpoint: Callable[[], Endpoint]
    search_path: str
    environ: Mapping[str, str]


class LiveLogs(Logs):
    """Asked of the machine each time."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    # -- files ------------------------------------------------------------------------

    def find(self, pattern: str) -> tuple[str, ...]:
        root = self._machine.at("/").rstrip("/")
        at = self._machine.at(os.path.join(os.getcwd(), pattern))
        found = self._ask(pattern, lambda: sorted(islice(_fitting(at), MAX_FOUND)))
        return tuple(path[len(root) :] for path in found)

    def file(self, path: str) -> Log:
        at = self._machine.at(path)
        status = self._ask(path, lambda: os.stat(at))
        if not stat.S_ISREG(status.st_mode):
            raise Failed(f"{path} is not a regular file")
        self._ask(path, lambda: os.close(os.open(at, _FLAGS)))  # may it be read?
        return Log(status.st_size, lambda tail: self._read(path, at, status.st_size, tail), status.st_mtime)

    def _read(self, path: str, at: str, size: int, tail: int) -> Iterator[bytes]:
        left = min(size, tail)
        # Unbuffered: what is read is as large as a buffer, and a reader may hang with it.
        with self._ask(path, lambda: open(os.open(at, _FLAGS), "rb", buffering=0)) as file:
            file.seek(size - left)
            while left > 0:
                piece = self._ask(path, lambda: file.read(min(left, PIECE)))  # noqa: B023 - called at once
                if not piece:
                    raise Failed(f"{path}: it got shorter while it was read")
                left -= len(piece)
                yield piece

    def _ask(self, path: str, call: Callable[[], T]) -> T:
        return self._machine.ask(path, call)  # type: ignore[return-value]

    # -- commands ---------------------------------------------------------------------

    def kernel(self) -> Log:
        return self._printed("dmesg")

    def journal(self, unit: str) -> Log:
        return self._printed("journalctl", "--no-pager", "--unit", unit, lines=True)

    def _printed(self, *argv: str, lines: bool = False) -> Log:
        machine = self._machine
        program = self._ask(argv[0], lambda: commands.find(argv[0], machine.search_path))
        env = commands.environment(machine.environ, machine.search_path)

        def tail(size: int) -> Iterator[bytes]:
            last = (f"--lines={_lines(size)}",) if lines else ()
            command = commands.Command((program, *argv[1:], *last), env, _COMMAND_SECONDS)
            return command.stream(machine.lifetime)

        return Log(None, tail)

    # -- containers -------------------------------------------------------------------

    def container(self, container: str) -> Log:
        def tail(size: int) -> Iterator[bytes]:
            return container_files.printed(self._get(container_files.logs_path(container, _lines(size))))

        return Log(None, tail)

    def in_container(self, container: str, path: str) -> Log:
        for _ in range(_MAX_LINKS):
            with closing(self._archive(container, path)) as pieces:
                found = container_files.first_file(pieces, path)
            if not found.link:
                return Log(found.size, lambda tail: self._extract(container, path, tail), found.modified)  # noqa: B023
            path = found.link
        raise Failed(f"{path}: too many links")

    def _extract(self, container: str, path: str, tail: int) -> Iterator[bytes]:
        with closing(self._archive(container, path)) as pieces:
            found = container_files.first_file(pieces, path)
            skip = max(0, found.size - tail)
            for piece in found.content:
                yield piece[skip:]
                skip = max(0, skip - len(piece))

    def _archive(self, container: str, path: str) -> Generator[bytes]:
        try:
            yield from self._get(container_files.archive_path(container, path))
        except Failed as error:
            raise container_files.not_in(container, path) if error.code == _NOT_THERE else error from None

    def _get(self, path: str) -> Iterator[bytes]:
        endpoint = self._machine.endpoint()
        if endpoint.socket:
            from envcheck.host import engine_socket

            at = self._machine.at(endpoint.socket)
            return engine_socket.stream(path, at, _SECONDS, self._machine.lifetime)
        from envcheck.host import engine_remote

        return engine_remote.stream(path, endpoint, _SECONDS)


def _fitting(pattern: str) -> Iterator[str]:
    for found in glob.iglob(pattern):
        if os.path.isdir(found):
            with os.scandir(found) as entries:
                yield from (entry.path for entry in entries if entry.is_file())
        elif os.path.isfile(found):
            yield found


def _lines(size: int) -> int:
    return max(1, size // _BYTES_A_LINE)
