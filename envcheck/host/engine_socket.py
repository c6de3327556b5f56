"""Asking the docker engine on its local socket.

The two or three GETs of a check are plain HTTP/1.0: the engine answers, unchunked, and hangs
up. `http.client` would do, but takes 40 ms to import on a machine where the interpreter
starts in 20 (`python -X importtime -c 'import http.client'`): it brings email and ssl.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing

from envcheck.host.base import Absent, Denied, Failed, TimedOut, Unreadable
from envcheck.host.deadline import Lifetime
from envcheck.host.files import not_root

ANSWER_LIMIT = 32 << 20
"""Bytes of an answer; more is refused."""

_OK = 200
_HEAD_LIMIT = 64 << 10
_RETRY_SECONDS = 0.02


class _NoAnswer(Exception):
    """What came is no HTTP, or not whole; `str()` says what is wrong with it."""


def get(path: str, socket_path: str, timeout: float, lifetime: Lifetime) -> object:
    """GET `path` from the engine at `socket_path`, as parsed JSON, within `timeout` seconds.

    Raises Absent (no socket), Denied, TimedOut, Failed (refused, no HTTP, an error answer).
    """
    pipe = _DeadlineSocket(time.monotonic() + timeout)
    with closing(pipe), lifetime.stopping(pipe.hang_up):
        try:
            _ask(pipe, path, socket_path)
            status, body = _read(pipe)
        except (OSError, _NoAnswer) as error:
            lifetime.check(f"docker at {socket_path}")
            raise _explain(error, socket_path, timeout) from error
    return parse(path, status, body)


def stream(path: str, socket_path: str, seconds: float, lifetime: Lifetime) -> Iterator[bytes]:
    """GET `path` and yield the body as it comes; `seconds` is for each wait.

    Raises as `get` does, also after some pieces.
    """
    pipe = _DeadlineSocket(time.monotonic() + seconds)
    with closing(pipe), lifetime.stopping(pipe.hang_up):
        try:
            _ask(pipe, path, socket_path)
            status, length, body = _read_head(pipe)
            if status != _OK:
                parse(path, status, _read_body(pipe, length, body))
            came = 0
            while body or ((length is None or came < length) and pipe.receive_into(body)):
                came += len(body)
                yield bytes(body)
                body.clear()
                pipe.put_off(time.monotonic() + seconds)
            lifetime.check(f"docker at {socket_path}")
            _need_all(length, came)
        except (OSError, _NoAnswer) as error:
            lifetime.check(f"docker at {socket_path}")
            raise _explain(error, socket_path, seconds) from error


def _ask(pipe: _DeadlineSocket, path: str, socket_path: str) -> None:
    pipe.connect_within(socket_path)
    pipe.sendall(f"GET {path} HTTP/1.0\r\nHost: docker\r\nAccept: application/json\r\n\r\n".encode())


def _read(pipe: _DeadlineSocket) -> tuple[int, bytes]:
    """Status and body of the answer, which ends where the engine hangs up or said it would."""
    status, length, body = _read_head(pipe)
    return status, _read_body(pipe, length, body)


def _read_head(pipe: _DeadlineSocket) -> tuple[int, int | None, bytearray]:
    """Status, length if it is told, and how the body begins."""
    received = bytearray()
    while b"\r\n\r\n" not in received:
        if len(received) > _HEAD_LIMIT or not pipe.receive_into(received):
            raise _NoAnswer(_not_http(bytes(received)) if received else "it hung up without an answer")
    head, _, rest = received.partition(b"\r\n\r\n")
    status, headers = _understand(head.decode("latin-1"))
    length = int(headers["content-length"]) if headers.get("content-length", "").isdigit() else None
    return status, length, rest


def _read_body(pipe: _DeadlineSocket, length: int | None, body: bytearray) -> bytes:
    while len(body) <= ANSWER_LIMIT and (length is None or len(body) < length):
        if not pipe.receive_into(body):
            break
    _need_all(length and min(length, ANSWER_LIMIT), len(body))
    return bytes(body)


def _need_all(length: int | None, came: int) -> None:
    if length is not None and came < length:
        raise _NoAnswer(f"only {came} of {length} bytes of the answer came")


def _understand(head: str) -> tuple[int, dict[str, str]]:
    first, *lines = head.split("\r\n")
    protocol, _, rest = first.partition(" ")
    if not protocol.startswith("HTTP/1.") or not rest[:3].isdigit():
        raise _NoAnswer(_not_http(first.encode()))
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if headers.get("transfer-encoding", "identity") != "identity":
        raise _NoAnswer(f"it answers HTTP/1.0 in transfer encoding {headers['transfer-encoding']}")
    return int(rest[:3]), headers


def parse(path: str, status: int, body: bytes) -> object:
    """The JSON of an answer; raises Failed for an error or for anything else."""
    if len(body) > ANSWER_LIMIT:
        raise Failed(f"docker's answer to {path} has more than {ANSWER_LIMIT >> 20} MiB")
    try:
        answer: object = json.loads(body)
    except ValueError:
        answer = None
    if status != _OK:
        message = answer.get("message") if isinstance(answer, dict) else None
        raise Failed(f"docker answers {path} with {status}: {message or _first_line(body)}", status)
    if answer is None:
        raise Failed(f"docker's answer to {path} is no JSON: {_first_line(body)}")
    return answer


def _not_http(received: bytes) -> str:
    return f"what answers does not speak HTTP: {_first_line(received)}"


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
    return Failed(f"docker at {socket_path}: {error}")


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

    def receive_into(self, received: bytearray) -> bool:
        """Append what comes next; False where the other side has hung up."""
        self._arm()
        chunk = self.recv(1 << 16)
        received += chunk
        return bool(chunk)

    def put_off(self, until: float) -> None:
        """Set another deadline, unless another thread has hung up."""
        if self._until:
            self._until = until

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
