"""Logs out of real containers: printed ones and files inside, also when the container has exited."""

from __future__ import annotations

import json
import socket
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import docker.errors
import pytest

from tests.integration.engines import Engine, client, docker_engine
from tests.integration.running import Envcheck
from tests.integration.test_containers import busybox_image

pytestmark = pytest.mark.integration

SH = ["/bin/busybox", "sh", "-c"]
START = "/bin/busybox mkdir -p /home/idl-face && "


@contextmanager
def exited(engine: Engine, name: str, script: str, **options: Any) -> Iterator[None]:  # noqa: ANN401
    """A container that ran a script and has exited."""
    with client(engine.address) as asked:
        asked.api.import_image_from_data(busybox_image(), repository="envcheck-test")
        try:
            made = asked.containers.run("envcheck-test", [*SH, script], name=name, detach=True, **options)
        except docker.errors.APIError as error:
            asked.api.remove_container(name, force=True)
            pytest.skip(f"no container runs here: {error.explanation}")
        try:
            made.wait(timeout=30)
            yield
        finally:
            made.remove(force=True)


def packed(envcheck: Envcheck, engine: Engine, *arguments: str) -> Mapping[str, bytes]:
    """The files of a bundle made beside that engine."""
    path = envcheck.home / "bundle-unredacted.tar.gz"
    run = envcheck.run(
        *("bundle", "face-server", "--no-redact", "-o", str(path), *arguments),
        env={"DOCKER_HOST": engine.address},
    )
    assert run.status == 0, run.stderr
    assert "Traceback" not in run.stderr
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with docker_engine("--storage-driver", "vfs") as started:
        yield started


def test_logs_of_a_container_that_has_exited(envcheck: Envcheck, engine: Engine) -> None:
    script = f"{START} echo started > /home/idl-face/sys_start.log; echo out; echo err >&2; exit 3"
    with exited(engine, "renamed", script):
        files = packed(envcheck, engine)

    assert files["logs/containers/renamed/home/idl-face/sys_start.log"] == b"started\n"
    printed = files["logs/containers/renamed/output.log"].splitlines()
    assert sorted(line.split(b" ", 1)[1] for line in printed) == [b"err", b"out"]
    assert printed[0][:2] == b"20"  # each line with its time


def test_a_container_with_a_terminal(envcheck: Envcheck, engine: Engine) -> None:
    with exited(engine, "face_tty", "echo on a terminal", tty=True):
        files = packed(envcheck, engine)
    assert files["logs/containers/face_tty/output.log"].endswith(b" on a terminal\r\n")


def test_only_the_tail_of_long_logs(envcheck: Envcheck, engine: Engine) -> None:
    script = (
        f"{START} i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done "
        "| /bin/busybox tee /home/idl-face/sys_start.log"
    )
    with exited(engine, "face_long", script):
        files = packed(envcheck, engine, "--max-size", "100kB")
    for name in ("home/idl-face/sys_start.log", "output.log"):
        content = files[f"logs/containers/face_long/{name}"]
        assert content.endswith(b"line 19999\n")
        assert 10_000 < len(content) <= 100_000
        assert b"line 0\n" not in content
    assert files["logs/containers/face_long/home/idl-face/sys_start.log"].startswith(b"line ")


def test_a_log_that_is_a_link_in_the_container(envcheck: Envcheck, engine: Engine) -> None:
    script = f"{START} cd /home/idl-face; echo today > today.log; /bin/busybox ln -s today.log sys_start.log"
    with exited(engine, "linked", script):
        files = packed(envcheck, engine)
    assert files["logs/containers/linked/home/idl-face/sys_start.log"] == b"today\n"


def test_a_strangers_container_stays_out(envcheck: Envcheck, engine: Engine) -> None:
    with exited(engine, "customers-own", "echo not yours"):
        files = packed(envcheck, engine)
    assert not any("customers-own" in name for name in files)
    assert {
        "name": "container customers-own",
        "reason": "no module names this container, and it holds no log of the product",
    } in json.loads(files["manifest.json"])["left_out"]


def test_the_engine_by_tcp(envcheck: Envcheck) -> None:
    """Where the engine is asked through the docker SDK, the same logs come."""
    vfs = ("--storage-driver", "vfs", "--tls=false")
    with reserved_port() as port, docker_engine(*vfs, "-H", f"tcp://127.0.0.1:{port}") as engine:
        script = f"{START} echo started > /home/idl-face/sys_start.log; echo out"
        with exited(engine, "renamed", script):
            files = packed(envcheck, Engine(f"tcp://127.0.0.1:{port}", engine.data, engine.pid))
    assert files["logs/containers/renamed/home/idl-face/sys_start.log"] == b"started\n"
    assert files["logs/containers/renamed/output.log"].endswith(b" out\n")


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that nobody is given by chance, and that who sets SO_REUSEADDR, as Go does, can listen on."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
