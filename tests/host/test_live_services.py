"""Asking services: what answers, and the several ways in which none does."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from envcheck.host import live_services
from envcheck.host.base import Failed, NotRecorded, TimedOut
from envcheck.host.live import LiveHost
from tests.conftest import Tree


@contextmanager
def serving(*answers: bytes, hold: float = 0.0) -> Iterator[int]:
    """A server that sends these pieces to whoever connects; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                while True:
                    client = listener.accept()[0]
                    with client:
                        for piece in answers:
                            client.sendall(piece)
                            time.sleep(0.01)
                        time.sleep(hold)
                        client.shutdown(socket.SHUT_WR)
                        client.recv(1 << 16)  # what was asked: unread, it would reset the connection
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def host() -> Iterator[LiveHost]:
    made = LiveHost()
    yield made
    made.close()


def test_a_port_that_answers(host: LiveHost) -> None:
    with serving() as port:
        assert host.connect("127.0.0.1", port)[:2] == ("open", "127.0.0.1")
        assert host.connect("localhost", port).state == "open"


def test_a_port_where_nobody_listens(host: LiveHost) -> None:
    with socket.socket() as silent:  # held, so that nobody else takes the port meanwhile
        silent.bind(("127.0.0.1", 0))
        assert host.connect("127.0.0.1", silent.getsockname()[1]).state == "refused"


def test_a_name_that_is_none(host: LiveHost) -> None:
    assert host.connect("no-such-host.invalid", 80).state == "no-name"


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH])
def test_an_address_without_a_way(number: int) -> None:
    found = live_services._refused("192.0.2.1", OSError(number, os.strerror(number)))
    assert found == ("no-route", "192.0.2.1", os.strerror(number))


def test_no_answer_at_all(host: LiveHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the backlog is full the kernel drops what comes, as a firewall does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for each in fillers:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        time.sleep(0.1)
        assert host.connect("127.0.0.1", port, 0.5).state == "timed-out"
        for each in fillers:
            each.close()


def test_a_socket_that_met_itself_is_no_listener() -> None:
    """Trap: a port among those of outgoing connections may be connected to by its own socket."""
    port = closed_port()
    with pytest.MonkeyPatch.context() as patch:
        connect = socket.socket.connect

        def bind_first(self: socket.socket, place: tuple[str, int]) -> None:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.bind(("127.0.0.1", port))
            connect(self, place)

        patch.setattr(socket.socket, "connect", bind_first)
        assert live_services._try(socket.AF_INET, ("127.0.0.1", port), 2).state == "refused"


def test_a_page(host: LiveHost) -> None:
    with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbaidu-rpc") as port:
        assert host.page("127.0.0.1", port) == (200, "baidu-rpc")


def test_a_page_without_end_is_cut(host: LiveHost) -> None:
    with serving(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 30000] * 5) as port:
        assert len(host.page("127.0.0.1", port).body) == live_services.BODY_LIMIT


def test_no_proxy_is_asked(host: LiveHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    with serving(b"HTTP/1.0 404 Not Found\r\n\r\n") as port:
        assert host.page("127.0.0.1", port).status == 404


def test_what_is_no_http(host: LiveHost) -> None:
    with serving(b"SSH-2.0-OpenSSH_8.0\r\n") as port, pytest.raises(Failed):
        host.page("127.0.0.1", port)


def test_a_server_that_drips_is_not_waited_for(host: LiveHost) -> None:
    with serving(b"HTTP/1.1 200 OK\r\n", *[b"a: b\r\n"] * 500) as port, pytest.raises(TimedOut):
        host.page("127.0.0.1", port, timeout=0.5)


def test_a_greeting_in_pieces(host: LiveHost) -> None:
    packet = b"\x05\0\0\0\x0a5.6\0"
    with serving(packet[:3], packet[3:6], packet[6:], hold=2) as port:
        assert host.greeting("127.0.0.1", port) == packet


def test_who_says_nothing_is_not_waited_for(host: LiveHost) -> None:
    with serving(hold=3) as port, pytest.raises(TimedOut):
        host.greeting("127.0.0.1", port, 0.3)


def test_a_log_ends_with_its_last_lines(host: LiveHost, tmp_path: Path) -> None:
    log = tmp_path / "service.log.wf"
    log.write_bytes(b"a\n" * (3 << 20))
    tail = host.log_tail(str(log))
    assert (len(tail.text), tail.whole, tail.modified) == (4 << 20, False, log.stat().st_mtime)
    assert host.log_paths(f"{tmp_path}/*.wf") == (str(log),)


def test_a_record_tells_nothing_that_was_not_asked(tree: Tree) -> None:
    host = tree({"etc/hostname": "h"})
    for ask in (
        host.clock,
        host.gpu_processes,
        lambda: host.connect("127.0.0.1", 1),
        lambda: host.page("127.0.0.1", 1),
        lambda: host.greeting("127.0.0.1", 1),
        lambda: host.execute("c", "true", timeout=1),
        lambda: host.log_paths("/var/log/*.log"),
        lambda: host.log_tail("/x", "c"),
    ):
        with pytest.raises(NotRecorded, match="is not in this record"):
            ask()
