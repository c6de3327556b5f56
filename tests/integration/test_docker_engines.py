"""Real docker engines on real file systems, as face-server judges them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.integration.engines import Engine
from tests.integration.running import CONCLUSION, NO_ENGINE, Envcheck, Run
from tests.integration.world import World

pytestmark = pytest.mark.integration

ABOUT_DOCKER = ("docker", "storage-driver", "storage-driver-tested", "docker-space", "nvidia-docker2")


def on(envcheck: Envcheck, engine: Engine, **options: object) -> Run:
    return envcheck.json("face-server", env={"DOCKER_HOST": engine.address}, **options)


def test_overlay2_on_the_plain_disk(envcheck: Envcheck, plain_engine: Engine) -> None:
    found = on(envcheck, plain_engine).results()
    assert found["docker"]["status"] == "pass"
    assert found["docker"]["actual"] == f"{plain_engine.version} ({plain_engine.address})"
    assert found["docker"]["source"] == "docker API"
    assert found["storage-driver"]["status"] == found["storage-driver-tested"]["status"] == "pass"
    assert found["storage-driver"]["actual"].startswith("overlay2 (on ")
    assert found["storage-driver"]["actual"].endswith("d_type true)")
    left = os.statvfs(plain_engine.data)
    roomy = left.f_bavail * left.f_frsize >= 30 * 10**9
    assert found["docker-space"]["status"] == ("pass" if roomy else "fail")
    assert str(plain_engine.data) in found["docker-space"]["actual"]
    assert "nvidia" not in found["docker"]["hints"]


def test_table_and_json_agree(envcheck: Envcheck, plain_engine: Engine) -> None:
    found = on(envcheck, plain_engine)
    table = envcheck.run("face-server", env={"DOCKER_HOST": plain_engine.address})
    assert table.status == found.status == 1  # no machine that runs tests is what a face server needs
    lines = table.stdout.splitlines()
    assert lines[-1] == f"{CONCLUSION}{found.report['conclusion']}"
    assert lines[0] == f"Log: {envcheck.home}/state/envcheck/envcheck.log"
    signs = {"✓": "pass", "✗": "fail", "?": "unknown", "-": "skipped"}
    shown = {}
    for line in lines[lines.index("face-server") + 1 : lines.index("Not met:")]:
        if line.strip():
            sign, name = line.split()[:2]
            shown[name.lstrip("*")] = signs[sign]
            assert name.startswith("*") == (found.results()[name.lstrip("*")]["level"] == "recommended")
    assert shown == {name: result["status"] for name, result in found.results().items()}


def test_vfs_is_no_storage_driver_for_it(envcheck: Envcheck, vfs_engine: Engine) -> None:
    found = on(envcheck, vfs_engine).results()
    assert found["docker"]["status"] == "pass"
    assert found["storage-driver"]["status"] == "fail"
    assert found["storage-driver"]["actual"] == "vfs"
    assert found["storage-driver"]["hints"] == ["storage-driver-overlay2"]
    assert found["storage-driver-tested"]["status"] == "skipped"
    assert found["storage-driver-tested"]["reason"] == "blocked by storage-driver"


def test_btrfs_with_little_room(envcheck: Envcheck, btrfs_engine: Engine) -> None:
    found = on(envcheck, btrfs_engine).results()
    assert found["storage-driver"]["status"] == "fail"
    assert found["storage-driver"]["actual"].startswith("btrfs")
    assert found["storage-driver"]["hints"] == ["storage-driver-overlay2"]
    assert found["docker-space"]["status"] == "fail"
    assert found["docker-space"]["hints"] == ["container-space"]
    free = os.statvfs(btrfs_engine.data)
    assert found["docker-space"]["actual"] == (
        f"{round(free.f_bavail * free.f_frsize / 1e9, 1):g} GB free on {btrfs_engine.data}"
    )


def test_overlay2_on_xfs_with_ftype(envcheck: Envcheck, xfs_engine: Engine) -> None:
    found = on(envcheck, xfs_engine).results()
    assert found["storage-driver"]["status"] == "pass"
    assert found["storage-driver"]["actual"] == "overlay2 (on xfs, d_type true)"
    assert found["docker-space"]["status"] == "pass"


def test_images_need_room_where_docker_keeps_them(envcheck: Envcheck, xfs_engine: Engine) -> None:
    """40 GiB are enough for the containers of a face server, and too little for images."""
    found = envcheck.json("default", env={"DOCKER_HOST": xfs_engine.address}).results()["disk-free-images"]
    assert (found["status"], found["hints"]) == ("fail", ["images-disk-small"])
    assert found["source"] == f"file system of {xfs_engine.data}"


def context_directory(folder: Path, **addresses: str) -> Path:
    """A directory of docker's client with these contexts, the first of which is the chosen one."""
    for name, address in addresses.items():
        meta = folder / "contexts/meta" / hashlib.sha256(name.encode()).hexdigest() / "meta.json"
        meta.parent.mkdir(parents=True)
        meta.write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": address}}}))
    (folder / "config.json").write_text(json.dumps({"currentContext": next(iter(addresses))}))
    return folder


@pytest.mark.parametrize("by", ["config.json", "DOCKER_CONTEXT", "DOCKER_HOST"])
def test_contexts_as_dockers_own_client(
    envcheck: Envcheck, plain_engine: Engine, vfs_engine: Engine, tmp_path: Path, by: str
) -> None:
    """The context of config.json, over which DOCKER_CONTEXT goes, over which DOCKER_HOST goes."""
    folder = context_directory(tmp_path / "config", first=plain_engine.address, second=vfs_engine.address)
    chosen = {
        "DOCKER_CONTEXT": {"DOCKER_CONTEXT": "second"},
        "DOCKER_HOST": {"DOCKER_HOST": vfs_engine.address},
    }
    environ = {"DOCKER_CONFIG": str(folder), **chosen.get(by, {})}
    found = envcheck.json("face-server", env={"DOCKER_HOST": None, **environ}).results()
    expected = vfs_engine if by in chosen else plain_engine
    assert found["docker"]["actual"] == f"{expected.version} ({expected.address})"
    assert found["storage-driver"]["status"] == ("fail" if by in chosen else "pass")
    client = shutil.which("docker")
    if client is not None:
        asked = [client, "info", "--format", "{{.DockerRootDir}}"]
        said = subprocess.run(
            asked, env={"PATH": os.environ["PATH"], **environ}, check=True, capture_output=True, text=True
        )
        assert said.stdout.strip() == str(expected.data)


def test_context_that_is_not_there(envcheck: Envcheck, tmp_path: Path) -> None:
    folder = context_directory(tmp_path / "config", first="unix:///var/run/docker.sock")
    env = {"DOCKER_HOST": None, "DOCKER_CONFIG": str(folder), "DOCKER_CONTEXT": "gone"}
    run = envcheck.json("face-server", env=env)
    docker_result = run.results()["docker"]
    assert docker_result["status"] in ("fail", "unknown")
    assert "there is no docker context gone" in (docker_result["actual"] or docker_result["reason"])
    assert set(run.statuses(*ABOUT_DOCKER[1:])) == {"skipped"}


def test_engine_that_does_not_run_blocks_what_needs_it(envcheck: Envcheck, plain_engine: Engine) -> None:
    """Docker is installed here, since the other engine runs, but nobody is at this address."""
    run = envcheck.json("face-server", env={"DOCKER_HOST": NO_ENGINE})
    found = run.results()
    assert found["docker"]["status"] == "fail"
    assert found["docker"]["hints"] == ["docker-not-running"]
    assert "installed, not running" in found["docker"]["actual"]
    for name in ("storage-driver", "storage-driver-tested", "docker-space", "nvidia-docker2"):
        assert (found[name]["status"], found[name]["reason"]) == ("skipped", "blocked by docker")
    assert found["daemon-json"]["status"] != "skipped"


@contextmanager
def forwarded(path: str) -> Iterator[str]:
    """A TCP address behind which the local socket at `path` answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def copy(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    near, far = listener.accept()[0], socket.socket(socket.AF_UNIX)
                    far.connect(path)
                    for pair in ((near, far), (far, near)):
                        threading.Thread(target=copy, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def test_engine_on_another_host(envcheck: Envcheck, plain_engine: Engine) -> None:
    """Its version and driver can be known, the room on its disks can not."""
    with forwarded(plain_engine.address[len("unix://") :]) as address:
        found = envcheck.json("face-server", env={"DOCKER_HOST": address}).results()
    assert found["docker"]["actual"] == f"{plain_engine.version} ({address})"
    assert found["storage-driver"]["status"] == "pass"
    for name in ("docker-space", "daemon-json"):
        assert found[name]["status"] == "unknown"
        assert "the engine is on another host" in found[name]["reason"]


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("{}", []),
        ('{"data-root": "/data/docker"}', []),
        ('{"data-root": "/data/docker",}', ["daemon-json-invalid"]),
        ('["overlay2"]', ["daemon-json-invalid"]),
    ],
)
def test_daemon_json_of_the_machine(
    envcheck: Envcheck, plain_engine: Engine, world: World, text: str, hints: list[str]
) -> None:
    world.etc({"docker/daemon.json": text})
    found = on(envcheck, plain_engine, prefix=world.prefix).results()["daemon-json"]
    assert (found["status"], found["hints"]) == ("fail" if hints else "pass", hints)
    assert found["source"].endswith("/etc/docker/daemon.json")


def test_graph_is_refused_by_engines_since_23_only(
    envcheck: Envcheck, plain_engine: Engine, world: World
) -> None:
    world.etc({"docker/daemon.json": '{"graph": "/data/docker"}'})
    found = on(envcheck, plain_engine, prefix=world.prefix).results()["daemon-json"]
    refused = int(plain_engine.version.partition(".")[0]) >= 23
    assert found["status"] == ("fail" if refused else "pass")
    assert found["hints"] == (["daemon-json-graph"] if refused else [])
