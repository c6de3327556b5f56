"""After the installation, with the real parts: nginx, MariaDB, containers, a licence page, kubectl."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import docker.errors
import pytest

from tests.integration.cluster import Reply, node, nodes, refusal, serving_paths
from tests.integration.databus import BASE, House, house
from tests.integration.engines import Engine, client, docker_engine
from tests.integration.network import Network, network
from tests.integration.running import Envcheck, need_root, wait_until
from tests.integration.test_containers import busybox_image
from tests.integration.world import World, copy_package

pytestmark = pytest.mark.integration

SH = ["/bin/busybox", "sh", "-c"]
BANNER = """
import http.server, threading
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = {body!r}.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
server = http.server.ThreadingHTTPServer(({address!r}, {port}), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
"""
LISTEN = """
import socket
listener = socket.socket(socket.{family})
listener.bind(({address!r}, {port}))
listener.listen()
"""
TIME_WAIT = """
import socket
listener = socket.create_server(("127.0.0.1", 8666))
client = socket.create_connection(("127.0.0.1", 8666))
accepted = listener.accept()[0]
accepted.close()
client.recv(1)
client.close()
listener.close()
"""


def verify(envcheck: Envcheck, *arguments: str, **options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    return envcheck.json("verify", *arguments, **options).results()


# -- ports ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "address"),
    [("AF_INET", ""), ("AF_INET", "127.0.0.1"), ("AF_INET6", "::1"), ("AF_INET6", "::")],
)
def test_a_port_of_either_family(envcheck: Envcheck, own_network: Network, family: str, address: str) -> None:
    own_network.hold(LISTEN.format(family=family, address=address, port=8666))
    assert verify(envcheck, "default", prefix=own_network.prefix)["ports"]["status"] == "pass"


def test_a_service_on_one_address_only(envcheck: Envcheck, own_network: Network) -> None:
    add = [*own_network.prefix, "ip", "addr", "add", "192.0.2.5/24", "dev", "lo"]
    subprocess.run(add, check=True)
    own_network.hold(LISTEN.format(family="AF_INET", address="192.0.2.5", port=8666))
    found = verify(envcheck, "default", prefix=own_network.prefix)["ports"]
    assert (found["status"], "8666 answers on 192.0.2.5" in found["actual"]) == ("pass", True)


def test_another_network_and_time_wait_do_not_answer(envcheck: Envcheck, own_network: Network) -> None:
    own_network.hold(TIME_WAIT)
    with network() as other:
        other.hold(LISTEN.format(family="AF_INET", address="", port=8666))
        found = verify(envcheck, "default", prefix=own_network.prefix)["ports"]
    assert (found["status"], found["actual"]) == ("fail", "8666: refused: nothing listens there")
    assert found["hints"] == ["nginx-install-fail", "ports-absent-after-install"]


def test_the_owner_is_unknown_to_a_user_without_rights(
    envcheck: Envcheck, own_network: Network, world: World, short: Path
) -> None:
    own_network.hold(LISTEN.format(family="AF_INET", address="", port=8666))
    package = copy_package(Path(__file__).parents[2], short)
    world.as_nobody([package])
    env = {"PYTHONPATH": str(package), "HOME": "/nonexistent", "XDG_STATE_HOME": None}
    prefix = [*own_network.prefix, *world.prefix]
    found = verify(envcheck, "default", prefix=prefix, env=env, cwd="/")["ports"]
    assert found["status"] == "pass"
    assert found["actual"] == "8666 answers on 127.0.0.1: owner unknown (not root)"


# -- nginx ---------------------------------------------------------------------------------


def test_nginx_on_its_port(envcheck: Envcheck, own_network: Network, tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if nginx is None:
        pytest.skip("there is no nginx")
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log stderr;\n"
        "events {}\nhttp { access_log off; server { listen 8666; return 204; } }\n"
    )
    with ExitStack() as stack:
        command = [*own_network.prefix, nginx, "-p", str(tmp_path), "-c", str(config)]
        server = stack.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        stack.callback(server.kill)
        ask = ("default", "--wait", "1")
        wait_until(lambda: verify(envcheck, *ask, prefix=own_network.prefix)["ports"]["status"] == "pass")
        run = envcheck.json("verify", *ask, prefix=own_network.prefix)
    found = run.results()
    assert found["ports"]["status"] == "pass"
    assert found["ports"]["actual"].startswith("8666 answers on 127.0.0.1: nginx (pid ")
    assert found["container"]["status"] == "fail"
    assert found["container"]["actual"].startswith("none; Docker: installed, not running: ")
    assert (run.status, run.stderr.count("waiting")) == (1, 0)  # no terminal: no live view


# -- the inference platform ----------------------------------------------------------------


def test_the_inference_platform(envcheck: Envcheck, own_network: Network) -> None:
    for port in (80, 31935, 30080, 5200, 30001):
        own_network.hold(LISTEN.format(family="AF_INET", address="", port=port))
    found = verify(envcheck, "inference-platform", prefix=own_network.prefix)
    assert found["ports"]["actual"].endswith("81: refused: nothing listens there")
    assert (found["ports"]["status"], found["media-status"]["status"]) == ("fail", "fail")
    assert found["internet"]["status"] == "skipped"
    own_network.hold(LISTEN.format(family="AF_INET", address="127.0.0.1", port=81))
    own_network.hold(BANNER.format(body="<rtmp/>", address="127.0.0.1", port=8000))
    asked = ("inference-platform", "--set", "internet=192.0.2.1:443")
    run = envcheck.json("verify", *asked, prefix=own_network.prefix)
    statuses = {name: each["status"] for name, each in run.results().items()}
    assert statuses == {"ports": "pass", "media-status": "pass", "internet": "fail"}
    assert run.status == 0  # only federated learning needs the internet


# -- the licence service -------------------------------------------------------------------

AUTH = "/home/baidu/work/license-server"


@pytest.fixture
def licence_host(tmp_path: Path, world: World) -> World:
    """A machine on which the face licence service is installed."""
    logs = tmp_path / "home/baidu/work/license-server/logs"
    logs.mkdir(parents=True)
    world.bind(tmp_path / "home", "/home", recursive=True)
    return world


def license_server(folder: Path) -> Path:
    """A program of that name, which stays."""
    program = folder / "license_server"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    return program


def test_the_licence_service(
    envcheck: Envcheck, own_network: Network, licence_host: World, tmp_path: Path
) -> None:
    log = tmp_path / "home/baidu/work/license-server/logs/license_service.log.wf"
    old = time.strftime("%m-%d %H:%M:%S", time.localtime(time.time() - 3600))
    log.write_text(f"FATAL: {old}: machine auth check failure\nWARNING: {old}: slow\n")
    own_network.hold(BANNER.format(body="<pre>baidu-rpc</pre>", address="127.0.0.1", port=8887))
    prefix = [*own_network.prefix, *licence_host.prefix]
    with subprocess.Popen([*own_network.prefix, license_server(tmp_path), "100"]) as service:
        try:
            time.sleep(1.1)  # a log line's second is not that of the start
            now = time.strftime("%m-%d %H:%M:%S")
            with log.open("a") as file:
                file.write(f"WARNING: {now}: ready\n")
            run = envcheck.json("verify", "offline-security-server", prefix=prefix)
            assert {name: each["status"] for name, each in run.results().items()} == dict.fromkeys(
                ("ports", "process", "license-answer", "log-errors"), "pass"
            ), run.stdout
            with log.open("a") as file:
                file.write(f"FATAL: {now}: machine auth check failure\n")
            failed = verify(envcheck, "offline-security-server", prefix=prefix)["log-errors"]
            assert (failed["status"], failed["hints"]) == ("fail", ["machine-auth-failure"])
        finally:
            service.kill()


def test_what_is_no_licence_service(envcheck: Envcheck, own_network: Network, licence_host: World) -> None:
    own_network.hold(BANNER.format(body="It works", address="127.0.0.1", port=8887))
    found = verify(envcheck, "offline-security-server", prefix=[*own_network.prefix, *licence_host.prefix])
    assert (found["ports"]["status"], found["process"]["status"]) == ("pass", "fail")
    assert found["license-answer"]["status"] == "fail"
    assert "no baidu-rpc in its page" in found["license-answer"]["actual"]
    assert found["log-errors"]["status"] == "unknown"


def test_other_hosts_of_a_face_host(envcheck: Envcheck, own_network: Network) -> None:
    subprocess.run([*own_network.prefix, "ip", "addr", "add", "192.0.2.5/24", "dev", "lo"], check=True)
    own_network.hold(BANNER.format(body="baidu-rpc", address="192.0.2.5", port=8887))
    asked = ("--set", "license-server=192.0.2.5:8887", "--set", "mysql=192.0.2.99:5535")
    found = verify(envcheck, "face-server", *asked, prefix=own_network.prefix)
    assert found["license-answer"]["status"] == "pass"
    assert (found["database"]["status"], found["database"]["hints"]) == ("fail", ["database-unreachable"])
    before = envcheck.json("face-server", *asked, prefix=own_network.prefix).results()
    assert before["license-answer"]["status"] == "pass"
    name = verify(
        envcheck, "face-server", "--set", "license-server=no-host.invalid:8887", prefix=own_network.prefix
    )
    assert "no host of that name is known" in name["license-answer"]["actual"]
    route = verify(
        envcheck, "face-server", "--set", "license-server=203.0.113.9:8887", prefix=own_network.prefix
    )
    assert "no route to it" in route["license-answer"]["actual"]


# -- the database --------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path, world: World, own_network: Network) -> Iterator[House]:
    with house(tmp_path / "house", world, own_network) as made:
        yield made


def test_the_database(envcheck: Envcheck, database: House) -> None:
    silent = verify(envcheck, "databus", prefix=database.prefix)
    assert [silent[name]["status"] for name in ("process", "ports", "database")] == [
        "fail",
        "fail",
        "skipped",
    ]
    with ExitStack() as stack:
        database.start(stack)
        empty = verify(envcheck, "databus", prefix=database.prefix)["database"]
        assert (empty["status"], empty["hints"]) == ("fail", ["database-not-granted"])
        # As the manual's step 7 does: until then no user may come from any host.
        grant = ["mariadb", f"--socket={BASE}/data/mysql.sock", "-e", "create user databus@'%'"]
        subprocess.run([*database.prefix, *grant], check=True, capture_output=True)
        found = verify(envcheck, "databus", prefix=database.prefix)
    assert {name: each["status"] for name, each in found.items()} == dict.fromkeys(
        ("process", "ports", "database"), "pass"
    ), str(found)
    assert "greets as " in found["database"]["actual"]
    assert "MariaDB" in found["database"]["actual"]


# -- containers ----------------------------------------------------------------------------


def image() -> bytes:
    """Busybox with its commands, and a self-test where the face container has it."""
    with tarfile.open(fileobj=io.BytesIO(busybox_image())) as archive:
        program = archive.extractfile("bin/busybox")
        assert program is not None
        content = program.read()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        files = {
            "bin/busybox": content,
            "home/idl-face/odp/php/bin/php": b"#!/bin/busybox sh\ncat /tmp/says; cat $1 >/dev/null\n",
            "home/idl-face/testtool/FaceApiV3Test.php": b"<?php\n",
            "tmp/says": b"detect ok\n",
        }
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(body), 0o755
            archive.addfile(info, io.BytesIO(body))
        for name in ("sh", "wget", "cat", "date", "sleep", "mkdir"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with docker_engine("--storage-driver", "vfs") as started:
        with client(started.address) as asked:
            asked.api.import_image_from_data(image(), repository="face-test")
            asked.api.tag("face-test", "database")
        yield started


@contextmanager
def container(
    engine: Engine,
    script: str,
    name: str = "face-1",
    kind: str = "face-test",
    **options: Any,  # noqa: ANN401
) -> Iterator[Any]:
    with client(engine.address) as asked:
        options = {"network_mode": "host", **options}
        try:
            made = asked.containers.run(kind, [*SH, script], name=name, detach=True, **options)
        except docker.errors.APIError as error:
            asked.api.remove_container(name, force=True)
            pytest.skip(f"no container runs here: {error.explanation}")
        try:
            yield made
        finally:
            made.remove(force=True)


def face(envcheck: Envcheck, engine: Engine, *arguments: str) -> dict[str, dict[str, Any]]:
    return verify(envcheck, "face-server", *arguments, env={"DOCKER_HOST": engine.address})


STAY = "exec sleep 600"
HEALTH = {"test": ["CMD", "/bin/busybox", "true"], "interval": 10**9, "retries": 1}
SICK = {"test": ["CMD", "/bin/busybox", "false"], "interval": 10**9, "retries": 1}


def test_a_container_that_is_up(envcheck: Envcheck, engine: Engine) -> None:
    assert face(envcheck, engine)["container"]["actual"].startswith(
        f"none; Docker: {engine.version} (unix://"
    )
    with container(engine, STAY, healthcheck=HEALTH) as made:
        wait_until(lambda: made.reload() or made.attrs["State"]["Health"]["Status"] == "healthy")
        found = face(envcheck, engine)
    assert found["container"]["status"] == "pass"
    assert found["container"]["actual"].startswith("face-1 (face-test) running for ")


def test_an_unhealthy_container(envcheck: Envcheck, engine: Engine) -> None:
    with container(engine, STAY, healthcheck=SICK) as made:
        wait_until(lambda: made.reload() or made.attrs["State"]["Health"]["Status"] == "unhealthy")
        found = face(envcheck, engine)["container"]
    assert (found["status"], found["hints"]) == ("fail", ["face-deployed-or-not", "container-falls"])


def test_a_container_that_has_exited(envcheck: Envcheck, engine: Engine) -> None:
    with container(engine, "exit 3") as made:
        made.wait(timeout=30)
        found = face(envcheck, engine)
    assert "exited with 3" in found["container"]["actual"]
    assert found["gpu-process"]["reason"] == "blocked by container"
    with container(engine, "exit 3") as old, container(engine, STAY, "face-2"):
        old.wait(timeout=30)
        assert face(envcheck, engine)["container"]["status"] == "pass"  # an old one does no harm


def test_a_container_that_restarts(envcheck: Envcheck, engine: Engine) -> None:
    with container(engine, "exit 3", restart_policy={"Name": "always"}) as made:
        wait_until(lambda: made.reload() or made.attrs["RestartCount"] > 1)
        found = face(envcheck, engine)["container"]
    assert found["status"] == "fail"
    assert "restarting with 3" in found["actual"]


def test_the_containers_process_on_the_gpu(
    envcheck: Envcheck, engine: Engine, nvml_stub: Callable[..., Path], tmp_path: Path
) -> None:
    """Trap: a process of the right name that is in another container, or in none, is not the service's."""

    def gpu(*pids: int) -> dict[str, Any]:
        library = nvml_stub(cards=[{"name": "Tesla P4", "memory": 7611}], driver="535.54", processes=pids)
        env = {"DOCKER_HOST": engine.address, "LD_LIBRARY_PATH": str(library)}
        return verify(envcheck, "face-server", env=env)["gpu-process"]

    with container(engine, STAY) as face_1, container(engine, STAY, "customers", "database") as other:
        mine, others = (int(each.top()["Processes"][0][1]) for each in (face_1, other))
        assert gpu(others, mine)["status"] == "pass"
        found = gpu(others, os.getpid())
    assert found["status"] == "fail"
    assert f"(pid {others}) in container" in found["actual"]
    assert gpu()["reason"] == "blocked by container"


def test_errors_in_a_container_since_its_start(envcheck: Envcheck, engine: Engine) -> None:
    folder = "/home/idl-face/feature-frame/log"
    old, new = "FATAL: 01-02 03:04:05: old", "authenticate failed: Couldn't connect to server"
    script = (
        f'mkdir -p {folder}; cd {folder}; echo "{old}" > service.log.wf; '
        f'if [ -e /tmp/bad ]; then echo "WARNING: $(date "+%m-%d %H:%M:%S"): {new}" >> service.log.wf; '
        f'else echo "WARNING: $(date "+%m-%d %H:%M:%S"): fine" >> service.log.wf; fi; {STAY}'
    )
    zone = {"TZ": "UTC-8"}  # trap: eight hours ahead of the host
    both = ["/bin/busybox", "grep", "-c", ":", f"{folder}/service.log.wf"]
    with container(engine, script, environment=zone) as made:
        wait_until(lambda: made.exec_run(both).output.strip() == b"2")
        assert face(envcheck, engine)["log-errors"]["status"] == "pass"
    with container(engine, f"echo > /tmp/bad; {script}", environment=zone) as other:
        wait_until(lambda: other.exec_run(both).output.strip() == b"2")
        found = face(envcheck, engine)["log-errors"]
    assert (found["status"], found["hints"]) == ("fail", ["license-unreachable"]), found


def test_from_inside_a_container(envcheck: Envcheck, engine: Engine) -> None:
    place = "127.0.0.1:8887"
    with network() as own, docker_engine("--storage-driver", "vfs", prefix=own.prefix) as inner:
        with client(inner.address) as asked:
            asked.api.import_image_from_data(image(), repository="face-test")
        own.hold(BANNER.format(body="baidu-rpc", address="127.0.0.1", port=8887))
        options: dict[str, Any] = {"prefix": own.prefix, "env": {"DOCKER_HOST": inner.address}}
        asked_for = ("face-server", "--set", f"license-server={place}", "--from-container", "face-1")
        with container(inner, STAY) as made:
            found = verify(envcheck, *asked_for, **options)
            assert found["container-license"]["status"] == "pass", str(found)
            assert found["self-test"]["status"] == "pass", str(found)
            made.exec_run([*SH, "echo search FAILED > /tmp/says"])
            found = verify(envcheck, *asked_for, **options)
            assert (found["self-test"]["status"], found["self-test"]["actual"]) == ("fail", "search FAILED")
            without = verify(envcheck, "face-server", **options)
            assert without["self-test"]["status"] == without["container-license"]["status"] == "skipped"
        with container(inner, STAY, network_mode="none"):  # as behind a rule that drops everything
            found = verify(envcheck, *asked_for, **options)
        assert (found["license-answer"]["actual"], found["container-license"]["status"]) == (
            f"{place} answers (baidu-rpc), a loopback address",
            "fail",
        )
        assert found["container-license"]["hints"] == ["license-unreachable"]


# -- the cluster ---------------------------------------------------------------------------

SPACE = "/api/v1/namespaces/baiduface"
PORT = {"port": 8300, "protocol": "TCP", "targetPort": 8300, "nodePort": 30300}
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "odp-svc"}}


def lists(*items: dict[str, Any]) -> Reply:
    return 200, {
        "kind": "ReplicationControllerList",
        "apiVersion": "v1",
        "metadata": {},
        "items": list(items),
    }


def controller(ready: int) -> dict[str, Any]:
    return {
        "metadata": {"name": "odp"},
        "spec": {"replicas": 2},
        "status": {"replicas": 2, "readyReplicas": ready},
    }


def cluster(envcheck: Envcheck, config: Path, answers: dict[str, Reply]) -> dict[str, dict[str, Any]]:
    need_root()
    standard = {
        "/api/v1/nodes": nodes(node("node-1", "192.0.2.11")),
        SPACE: (200, {"kind": "Namespace", "apiVersion": "v1", "status": {"phase": "Active"}}),
        f"{SPACE}/services/odp-svc": (200, {**SERVICE, "spec": {"type": "NodePort", "ports": [PORT]}}),
        f"{SPACE}/replicationcontrollers": lists(controller(2)),
        **{
            f"/apis/apps/v1/namespaces/baiduface/{kind}": lists()
            for kind in ("deployments", "statefulsets", "daemonsets")
        },
    }
    with serving_paths({**standard, **answers}) as server:
        env = {"KUBECONFIG": str(server.kubeconfig(config))}
        found = verify(envcheck, "face-server-k8s", env=env)
    return {name: found[name] for name in ("cluster", "nodes-ready", "namespace", "service", "controllers")}


def missing(kind: str, name: str) -> Reply:
    return refusal(404, "NotFound", f'{kind} "{name}" not found', name=name, kind=kind)


def test_a_cluster_that_runs_the_service(envcheck: Envcheck, tmp_path: Path) -> None:
    found = cluster(envcheck, tmp_path / "config", {})
    assert {each["status"] for each in found.values()} == {"pass"}, found
    assert found["service"]["actual"] == "odp-svc: 30300 of every node leads to 8300"
    assert found["controllers"]["actual"] == "odp 2/2 ready"


def test_a_service_of_another_name(envcheck: Envcheck, tmp_path: Path) -> None:
    """Trap: the name must not be changed, whatever else is right."""
    renamed = lists({"metadata": {"name": "odp-service"}, "spec": {}})
    answers = {f"{SPACE}/services/odp-svc": missing("services", "odp-svc"), f"{SPACE}/services": renamed}
    found = cluster(envcheck, tmp_path / "config", answers)["service"]
    assert (found["status"], found["hints"]) == ("fail", ["odp-svc-wrong"])
    assert found["actual"] == "no Service odp-svc, only odp-service"


def test_a_service_inside_only(envcheck: Envcheck, tmp_path: Path) -> None:
    inner = {**SERVICE, "spec": {"type": "ClusterIP", "ports": [{"port": 8300, "targetPort": 8300}]}}
    found = cluster(envcheck, tmp_path / "config", {f"{SPACE}/services/odp-svc": (200, inner)})["service"]
    assert (found["status"], found["hints"]) == ("fail", ["odp-svc-wrong"])
    assert found["actual"] == "odp-svc of type ClusterIP, no NodePort leads to 8300"


def test_pods_that_are_not_ready(envcheck: Envcheck, tmp_path: Path) -> None:
    answers = {f"{SPACE}/replicationcontrollers": lists(controller(1))}
    found = cluster(envcheck, tmp_path / "config", answers)["controllers"]
    assert (found["status"], found["actual"], found["hints"]) == (
        "fail",
        "odp 1/2 ready",
        ["controllers-not-ready"],
    )
    none = cluster(envcheck, tmp_path / "config", {f"{SPACE}/replicationcontrollers": lists()})["controllers"]
    assert none["status"] == "fail"


def test_no_namespace_and_no_right_to_see_it(envcheck: Envcheck, tmp_path: Path) -> None:
    found = cluster(envcheck, tmp_path / "config", {SPACE: missing("namespaces", "baiduface")})
    assert (found["namespace"]["status"], found["namespace"]["hints"]) == ("fail", ["namespace-missing"])
    assert found["service"]["reason"] == "blocked by namespace"
    denied = refusal(403, "Forbidden", 'namespaces "baiduface" is forbidden: User "dev" cannot get it')
    found = cluster(envcheck, tmp_path / "config", {SPACE: denied})
    assert found["namespace"]["status"] == "unknown"
