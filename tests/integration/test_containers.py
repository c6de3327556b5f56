"""Containers of a real engine that take the service's port."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker.errors
import pytest

from tests.integration.engines import Engine, client, docker_engine
from tests.integration.network import Network
from tests.integration.running import Envcheck, wait_until

pytestmark = pytest.mark.integration

SERVE = ["/bin/busybox", "httpd", "-f", "-p"]


def busybox_image() -> bytes:
    """A root file system that holds nothing but busybox."""
    program = shutil.which("busybox")
    if program is None:
        pytest.skip("there is no busybox")
    if b"/ld-linux" in Path(program).read_bytes():
        pytest.skip("busybox is not the static one: it needs a loader that the image has not")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(program, "bin/busybox")
    return buffer.getvalue()


@contextmanager
def container(engine: Engine, command: list[str], **options: Any) -> Iterator[None]:  # noqa: ANN401
    """A container named `web` that runs a command of busybox."""
    with client(engine.address) as asked:
        asked.api.import_image_from_data(busybox_image(), repository="envcheck-test")
        try:
            made = asked.containers.run("envcheck-test", command, name="web", detach=True, **options)
        except docker.errors.APIError as error:
            asked.api.remove_container("web", force=True)
            pytest.skip(f"no container runs here: {error.explanation}")
        try:
            yield
        finally:
            made.remove(force=True)


def test_container_on_the_hosts_network(envcheck: Envcheck, own_network: Network) -> None:
    """It is a process that listens, like any other."""
    with docker_engine("--storage-driver", "vfs", prefix=own_network.prefix) as engine:
        free = envcheck.json("face-server", prefix=own_network.prefix, env={"DOCKER_HOST": engine.address})
        assert free.results()["ports"]["status"] == "pass"
        with container(engine, [*SERVE, "8300"], network_mode="host"):
            found: dict[str, Any] = {}

            def listens() -> bool:
                run = envcheck.json(
                    "face-server", prefix=own_network.prefix, env={"DOCKER_HOST": engine.address}
                )
                found.update(run.results()["ports"])
                return bool(found["status"] == "fail")

            wait_until(listens)
            assert found["actual"].startswith("8300 by busybox (pid ")
            assert found["hints"] == ["port-taken"]


@pytest.mark.parametrize("proxy", ["true", "false"])
def test_port_that_a_container_publishes(envcheck: Envcheck, own_network: Network, proxy: str) -> None:
    """The container is named, whether or not a proxy of docker's listens for it."""
    options = ("--storage-driver", "vfs", f"--userland-proxy={proxy}")
    with docker_engine(*options, prefix=own_network.prefix, network=True) as engine:
        asked = {"prefix": own_network.prefix, "env": {"DOCKER_HOST": engine.address}}
        with container(engine, [*SERVE, "80"], ports={"80/tcp": 8300}):
            found = envcheck.json("face-server", **asked).results()["ports"]
            assert found["status"] == "fail"
            assert "8300 by container web on " in found["actual"]
            assert "docker-proxy" not in found["actual"]
            other = envcheck.json("offline-security-server", **asked).results()["ports"]
            assert other["status"] == "pass"
        assert envcheck.json("face-server", **asked).results()["ports"]["status"] == "pass"
