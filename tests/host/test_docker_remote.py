from __future__ import annotations

import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from envcheck.host import engine_remote
from envcheck.host.base import Failed, TimedOut
from envcheck.host.engine_address import Endpoint, Tls
from envcheck.host.live import LiveHost

NEW_CERTIFICATE = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]


class Engine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(5)
        status = 500 if self.path == "/broken" else 200
        body = {"message": "it is broken"} if self.path == "/broken" else {"path": self.path}
        text = b"no json" if self.path == "/text" else json.dumps(body).encode()
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.path == "/drip":
                while True:
                    self.wfile.write(b" ")
                    time.sleep(0.05)
            self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.socket.close()


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as number:
        yield number


def host_at(address: str, **environ: str) -> LiveHost:
    return LiveHost(environ={"DOCKER_HOST": address, "HOME": "/nowhere", **environ})


def test_engine_over_tcp(port: int) -> None:
    assert host_at(f"tcp://127.0.0.1:{port}").docker("/info") == {"path": "/info"}


def test_proxy_of_the_environment_is_not_asked_for_the_loopback(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert host_at(f"tcp://127.0.0.1:{port}").docker("/info") == {"path": "/info"}


def test_error_answer(port: int) -> None:
    with pytest.raises(Failed, match="docker answers /broken with 500: it is broken"):
        host_at(f"tcp://127.0.0.1:{port}").docker("/broken")


def test_answer_that_is_no_json(port: int) -> None:
    with pytest.raises(Failed, match="docker's answer to /text is no JSON: no json"):
        host_at(f"tcp://127.0.0.1:{port}").docker("/text")


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_engine_that_does_not_come_to_an_end(port: int, path: str) -> None:
    host = host_at(f"tcp://127.0.0.1:{port}")
    host.docker("/version")  # the SDK is loaded now: what follows is the engine's own time
    started = time.monotonic()
    with pytest.raises(TimedOut, match=f"docker at tcp://127.0.0.1:{port}: no answer in 0.5 s"):
        host.docker(path, timeout=0.5)
    assert time.monotonic() - started < 2


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(Failed, match=f"docker at {address}: Connection refused"):
            host_at(address).docker("/info")


def test_host_that_is_not_known() -> None:
    with pytest.raises(Failed, match=r"docker at tcp://no-such-host\.invalid:2375: "):
        host_at("tcp://no-such-host.invalid").docker("/info")


def test_engine_over_ssh_that_can_not_be_reached() -> None:
    with pytest.raises(Failed, match=r"docker at ssh://me@127\.0\.0\.1:1: "):
        host_at("ssh://me@127.0.0.1:1").docker("/info")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ca.pem, cert.pem and key.pem of one self-signed certificate for 127.0.0.1."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not there to make certificates")
    place = tmp_path_factory.mktemp("certs")
    subprocess.run(
        [
            *NEW_CERTIFICATE,
            "/CN=engine",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            str(place / "key.pem"),
            "-out",
            str(place / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    shutil.copy(place / "cert.pem", place / "ca.pem")
    return place


@pytest.fixture
def tls_port(certificates: Path) -> Iterator[int]:
    """An engine that wants to see the client's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    context.load_verify_locations(certificates / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(context) as number:
        yield number


@pytest.mark.parametrize("how", ["DOCKER_TLS_VERIFY", "DOCKER_TLS"])
def test_engine_over_tls(
    tls_port: int, certificates: Path, how: str, recwarn: pytest.WarningsRecorder
) -> None:
    host = host_at(f"tcp://127.0.0.1:{tls_port}", DOCKER_CERT_PATH=str(certificates), **{how: "1"})
    assert host.docker("/info") == {"path": "/info"}
    assert not [warning for warning in recwarn if "nsecure" in str(warning.category)]


def test_tls_without_the_certificates(tls_port: int, tmp_path: Path) -> None:
    host = host_at(f"tcp://127.0.0.1:{tls_port}", DOCKER_CERT_PATH=str(tmp_path), DOCKER_TLS_VERIFY="1")
    with pytest.raises(Failed, match="Invalid CA certificate"):
        host.docker("/info")


def test_engine_that_another_authority_signed(tls_port: int, certificates: Path, tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        shutil.copy(certificates / name, tmp_path / name)
    subprocess.run(
        [*NEW_CERTIFICATE, "/CN=other", "-keyout", str(tmp_path / "x.pem"), "-out", str(tmp_path / "ca.pem")],
        check=True,
        capture_output=True,
    )
    host = host_at(f"tcp://127.0.0.1:{tls_port}", DOCKER_CERT_PATH=str(tmp_path), DOCKER_TLS_VERIFY="1")
    with pytest.raises(Failed, match="certificate verify failed"):
        host.docker("/info")


def test_an_interpreter_without_tls_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("envcheck.host.engine_remote.find_spec", lambda name: None)
    endpoint = Endpoint("tcp://127.0.0.1:2376", tls=Tls(str(tmp_path), verify=True))
    with pytest.raises(Failed, match=r"127\.0\.0\.1:2376: the kit speaks no TLS"):
        engine_remote.get("/version", endpoint, 1)
