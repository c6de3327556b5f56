"""Asking the docker engine on its local socket, by nothing but the standard library."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING

from envcheck.host.base import Absent, Denied, Failed, TimedOut, Unreadable
from envcheck.host.deadline import Lifetime
from envcheck.host.files import not_root

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ANSWER_LIMIT = 32 << 20
"""Bytes of an answer; more is refused."""

_RETRY_SECONDS = 0.02


def get(path: str, socket_path: str, timeout: float, lifetime: Lifetime) -> object:
    """GET `path` from the engine at `socket_path`, as parsed JSON, within `timeout` seconds.

    Raises Absent (no socket), Denied, TimedOut, Failed (refused, no HTTP, an error answer).
    """
    pipe = _DeadlineSocket(time.monotonic() + timeout)
    connection = _Connection(pipe, socket_path)
    with closing(connection), closing(pipe), lifetime.stopping(pipe.hang_up):
        try:
            connection.request("GET", path)
            with closing(connection.getresponse()) as response:
                body = response.read(ANSWER_LIMIT + 1)
                if response.length and len(body) <= ANSWER_LIMIT:
                    raise http.client.IncompleteRead(body, response.length)
        except (OSError, http.client.HTTPException) as error:
            lifetime.check()
            raise _explain(error, socket_path, timeout) from error
    return parse(path, response.status, body)


def parse(path: str, status: int, body: bytes) -> object:
    """The JSON of an answer; raises Failed for an error or for anything else."""
    if len(body) > ANSWER_LIMIT:
        raise Failed(f"docker's answer to {path} has more than {ANSWER_LIMIT >> 20} MiB")
    try:
        answer: object = json.loads(body)
    except ValueError:
        answer = None
    if status != http.client.OK:
        message = answer.get("message") if isinstance(answer, dict) else None
        raise Failed(f"docker answers {path} with {status}: {message or _first_line(body)}", status)
    if answer is None:
        raise Failed(f"docker's answer to {path} is no JSON: {_first_line(body)}")
    return answer


def _first_line(body: bytes) -> str:
    return body[:200].decode("utf-8", "backslashreplace").strip().partition("\n")[0] or "nothing"


def _explain(error: Exception, socket_path: str, timeout: float) -> Unreadable:
    if isinstance(error, (TimeoutError, socket.timeout)):
        return TimedOut(f"docker at {socket_path}: no answer in {timeout:g} s")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Absent(f"no docker socket {socket_path}")
    if isinstance(error, PermissionError):
        return Denied(f"docker at {socket_path}: permission denied{not_root()}")
    if isinstance(error, ConnectionRefusedError):
        return Failed(f"docker is not answering at {socket_path}: connection refused", error.errno)
    if isinstance(error, OSError):
        return Failed(f"docker at {socket_path}: {error.strerror or error}", error.errno)
    return Failed(f"what answers at {socket_path} does not speak HTTP: {error!r}")


class _Connection(http.client.HTTPConnection):
    def __init__(self, pipe: _DeadlineSocket, path: str) -> None:
        super().__init__("docker")
        self._pipe = pipe
        self._path = path

    def connect(self) -> None:
        self._pipe.connect_within(self._path)
        self.sock = self._pipe


class _DeadlineSocket(socket.socket):
    """A local socket with one deadline for everything: an ordinary timeout begins anew at each byte."""

    def __init__(self, until: float) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_STREAM)
        self._until = until

    def connect_within(self, path: str) -> None:
        # Where the engine's backlog is full, a local connect with a timeout does not wait: EAGAIN.
        while True:
            self._arm()
            try:
                return self.connect(path)
            except BlockingIOError:
                time.sleep(_RETRY_SECONDS)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        self._arm()
        return super().recv_into(buffer, nbytes, flags)

    def hang_up(self) -> None:
        """Let another thread that waits here find the connection ended."""
        try:
            self.shutdown(socket.SHUT_RDWR)
        except OSError:  # not connected yet: the attempt ends by itself
            self._until = 0

    def _arm(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
