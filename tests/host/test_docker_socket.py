from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from envcheck.host import engine_socket
from envcheck.host.base import Absent, Denied, Failed, TimedOut, Unreadable
from envcheck.host.live import LiveHost

Handler = Callable[[socket.socket], None]
Serve = Callable[[Handler], LiveHost]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A function that starts an engine whose connections a handler answers, and gives its host."""
    with contextlib.ExitStack() as stack:

        def start(handler: Handler) -> LiveHost:
            path = tmp_path / "docker.sock"
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(path))
            listener.listen(8)

            def accept() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listener.accept()
                        stack.callback(connection.close)
                        threading.Thread(target=attend, args=(connection,), daemon=True).start()

            def attend(connection: socket.socket) -> None:
                with contextlib.suppress(OSError):
                    handler(connection)

            threading.Thread(target=accept, daemon=True).start()
            return host_at(path)

        yield start


def host_at(path: Path) -> LiveHost:
    return LiveHost(environ={"DOCKER_HOST": f"unix://{path}", "HOME": "/nowhere"})


def http(body: bytes, status: str = "200 OK") -> Handler:
    def handler(connection: socket.socket) -> None:
        connection.recv(4096)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    return handler


def test_json_of_the_engine(serve: Serve) -> None:
    asked: list[bytes] = []

    def handler(connection: socket.socket) -> None:
        asked.append(connection.recv(4096))
        body = json.dumps({"Version": "24.0.5"}).encode()
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + body[:5])
        connection.sendall(body[5:])
        connection.shutdown(socket.SHUT_RDWR)

    assert serve(handler).docker("/version") == {"Version": "24.0.5"}
    assert asked[0].startswith(b"GET /version HTTP/1.0\r\n")


def test_a_chunked_answer_is_refused_rather_than_misread(serve: Serve) -> None:
    def handler(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        connection.shutdown(socket.SHUT_RDWR)

    with pytest.raises(Failed, match="transfer encoding chunked"):
        serve(handler).docker("/version")


def test_engine_that_accepts_and_never_answers(serve: Serve) -> None:
    host = serve(lambda _: time.sleep(30))
    started = time.monotonic()
    with pytest.raises(TimedOut, match=r"docker at .*docker\.sock: no answer in 0\.3 s"):
        host.docker("/info", timeout=0.3)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b""])
def test_engine_that_drips_costs_the_deadline_once(serve: Serve, head: bytes) -> None:
    def handler(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"H")
            time.sleep(0.02)

    host = serve(handler)
    started = time.monotonic()
    with pytest.raises(TimedOut):
        host.docker("/info", timeout=0.4)
    assert time.monotonic() - started < 1.5


def test_engine_whose_backlog_is_full(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener, contextlib.ExitStack() as waiting:
        listener.bind(str(path))
        listener.listen(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                client = waiting.enter_context(socket.socket(socket.AF_UNIX))
                client.setblocking(False)
                client.connect(str(path))
        started = time.monotonic()
        with pytest.raises(TimedOut):
            host_at(path).docker("/info", timeout=0.3)
        assert time.monotonic() - started < 1


def test_error_answer_says_what_the_engine_says(serve: Serve) -> None:
    host = serve(http(b'{"message": "driver is broken"}', "500 Internal Server Error"))
    with pytest.raises(Failed, match="docker answers /info with 500: driver is broken") as caught:
        host.docker("/info")
    assert caught.value.code == 500


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"page not found\nmore", "404 Not Found", "with 404: page not found$"),
        (b"", "502 Bad Gateway", "with 502: nothing$"),
        (b'["x"]', "400 Bad Request", "with 400: "),
        (b"OK", "200 OK", "is no JSON: OK$"),
        (b"", "200 OK", "is no JSON: nothing$"),
    ],
)
def test_answer_that_is_no_json_or_error(serve: Serve, body: bytes, status: str, said: str) -> None:
    with pytest.raises(Failed, match=said):
        serve(http(body, status)).docker("/info")


def test_something_else_than_http(serve: Serve) -> None:
    def handler(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-OpenSSH_7.4\r\n\r\n")
        connection.recv(4096)

    with pytest.raises(Failed, match="does not speak HTTP"):
        serve(handler).docker("/info")


def test_engine_that_hangs_up(serve: Serve) -> None:
    def handler(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.shutdown(socket.SHUT_RDWR)

    with pytest.raises(Failed, match=r"docker at .*docker\.sock: it hung up without an answer"):
        serve(handler).docker("/info")


def test_truncated_answer_is_no_answer(serve: Serve) -> None:
    def handler(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a": 1}')
        connection.shutdown(socket.SHUT_RDWR)

    with pytest.raises(Failed, match="only 8 of 50 bytes of the answer came"):
        serve(handler).docker("/info")


def test_endless_answer_is_refused(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_socket, "ANSWER_LIMIT", 1 << 20)
    with pytest.raises(Failed, match="more than 1 MiB"):
        serve(http(b" " * (2 << 20))).docker("/info")


def test_no_socket_is_absent(tmp_path: Path) -> None:
    with pytest.raises(Absent, match=r"docker\.sock is not there"):
        host_at(tmp_path / "docker.sock").docker("/info")


def test_socket_that_goes_away_meanwhile_is_absent(tmp_path: Path) -> None:
    lifetime = LiveHost()._lifetime
    with pytest.raises(Absent, match="no docker socket"):
        engine_socket.get("/info", str(tmp_path / "docker.sock"), 1, lifetime)


def test_socket_left_by_a_dead_engine(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    assert stat.S_ISSOCK(path.stat().st_mode)
    with pytest.raises(Failed, match=r"docker is not answering at .*: connection refused"):
        host_at(path).docker("/info")


def test_path_too_long_for_a_socket(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 120)
    path.touch()
    with pytest.raises(Failed, match="path too long"):
        host_at(path).docker("/info")


def test_close_ends_the_wait(serve: Serve) -> None:
    host = serve(lambda _: time.sleep(30))
    threading.Timer(0.2, host.close).start()
    started = time.monotonic()
    with pytest.raises(Unreadable, match="the run ended"):
        host.docker("/info", timeout=30)
    assert time.monotonic() - started < 3


def test_socket_of_another_user_is_denied() -> None:
    script = """
import os, socket, tempfile, threading
from envcheck.host import engine_socket, files, mounts  # while they can be read
from envcheck.host.live import LiveHost
place = tempfile.mkdtemp()
os.chmod(place, 0o755)
path = os.path.join(place, "docker.sock")
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1)
os.chmod(path, 0o000)
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    LiveHost(environ={"DOCKER_HOST": "unix://" + path}).docker("/info", timeout=5)
except Exception as error:
    print(type(error).__name__, error)
"""
    repository = str(Path(engine_socket.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(Denied.__name__)
    assert done.stdout.endswith("docker.sock: permission denied (not root)\n")


def test_no_connection_stays_open(serve: Serve) -> None:
    host = serve(http(b"[]", "500 Oops"))
    before = len(os.listdir("/proc/self/fd"))
    errors = []
    for number in range(5):
        with pytest.raises(Failed) as caught:
            host.docker(f"/{number}")
        errors.append(caught.value)
    assert len(os.listdir("/proc/self/fd")) <= before + 5  # the server's ends
