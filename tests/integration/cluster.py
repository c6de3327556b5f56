"""A small server that speaks what kubectl asks of a Kubernetes API, with answers of the real one's form."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Optional

Reply = tuple[int, Mapping[str, Any]]
"""Status and body of an answer."""
TOKEN = "kubeadm-admin-token"
_CA = """[ca]
default_ca=d
[d]
dir=.
new_certs_dir=.
database=index.txt
serial=serial
default_md=sha256
policy=p
x509_extensions=x
[p]
commonName=supplied
[x]
subjectAltName=IP:127.0.0.1
"""


def condition(kind: str, status: str, reason: str, message: str) -> dict[str, str]:
    times = {"lastHeartbeatTime": "2026-11-22T03:30:12Z", "lastTransitionTime": "2026-08-24T09:11:50Z"}
    return {"type": kind, "status": status, **times, "reason": reason, "message": message}


def node(name: str, address: str, *ready: str) -> dict[str, Any]:
    """A node as the API lists it; `ready` are status, reason and message of its condition Ready."""
    said = ready or ("True", "KubeletReady", "kubelet is posting ready status")
    fine = [
        condition(
            "MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"
        ),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ]
    return {
        "metadata": {
            "name": name,
            "uid": "5a2f8a0e-8c2c-4a6e-9b7e-6f1f0a51c3d1",
            "resourceVersion": "181442",
        },
        "spec": {"podCIDR": "10.244.0.0/24"},
        "status": {
            "capacity": {"cpu": "32", "memory": "65808340Ki", "nvidia.com/gpu": "1", "pods": "110"},
            "conditions": [*fine, condition("Ready", *said)],
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "nodeInfo": {"kernelVersion": "3.10.0-957.el7.x86_64", "kubeletVersion": "v1.18.20"},
        },
    }


def nodes(*items: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    """The list of nodes."""
    metadata = {"selfLink": "/api/v1/nodes", "resourceVersion": "181501"}
    return 200, {"kind": "NodeList", "apiVersion": "v1", "metadata": metadata, "items": list(items)}


def refusal(code: int, reason: str, message: str, **details: str) -> tuple[int, Mapping[str, Any]]:
    """An error as the API tells it; `details` say of what it is, by name and kind."""
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    more = {"details": details} if details else {}
    return code, {**status, "message": message, "reason": reason, **more, "code": code}


@dataclass
class Cluster:
    """A server. What it was asked for stands in `asked`."""

    url: str
    asked: list[str]
    certificate: Optional[Path] = None

    def kubeconfig(self, path: Path, token: str = TOKEN, trusted: Optional[Path] = None) -> Path:
        """Write a kubeconfig that leads here; returns its path."""
        certificate = trusted or self.certificate
        cluster: dict[str, str] = {"server": self.url}
        if certificate is not None:
            cluster["certificate-authority-data"] = base64.b64encode(certificate.read_bytes()).decode()
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "kubernetes", "cluster": cluster}],
            "users": [{"name": "kubernetes-admin", "user": {"token": token}}],
            "contexts": [{"name": "admin", "context": {"cluster": "kubernetes", "user": "kubernetes-admin"}}],
            "current-context": "admin",
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
        return path


@contextmanager
def serving(
    answer: tuple[int, Mapping[str, Any]], certificate: Optional[Path] = None, delay: float = 0.0
) -> Iterator[Cluster]:
    """A server that gives this answer, after so many seconds; over TLS only to who bears the token."""
    with _serving(lambda _path: answer, certificate, delay) as cluster:
        yield cluster


@contextmanager
def serving_paths(answers: Mapping[str, Reply]) -> Iterator[Cluster]:
    """A server that gives to each path its answer; to others that nothing is there."""
    nothing = refusal(404, "NotFound", "the server could not find the requested resource")
    with _serving(lambda path: answers.get(path, nothing), None, 0.0) as cluster:
        yield cluster


@contextmanager
def _serving(answer: Callable[[str], Reply], certificate: Optional[Path], delay: float) -> Iterator[Cluster]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked.append(path)
            time.sleep(delay)
            entitled = certificate is None or self.headers.get("Authorization") == f"Bearer {TOKEN}"
            code, body = answer(path) if entitled else refusal(401, "Unauthorized", "Unauthorized")
            content = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    scheme = "http" if certificate is None else "https"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Cluster(f"{scheme}://127.0.0.1:{server.server_port}", asked, certificate)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, name: str, begin: str, end: str) -> Path:
    """A certificate for 127.0.0.1 by itself, with its key beside it; times as 20200101000000Z."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.txt").write_text("", encoding="ascii")
    (folder / "serial").write_text("01\n", encoding="ascii")
    (folder / "ca.cnf").write_text(_CA, encoding="ascii")
    key = f"{name}.key"
    new = ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*new, "-keyout", key, "-out", "request"], cwd=folder, check=True, capture_output=True)
    sign = ["openssl", "ca", "-batch", "-selfsign", "-notext", "-config", "ca.cnf", "-keyfile", key]
    times = ["-startdate", begin, "-enddate", end]
    files = ["-in", "request", "-out", f"{name}.pem"]
    subprocess.run([*sign, *times, *files], cwd=folder, check=True, capture_output=True)
    return folder / f"{name}.pem"
