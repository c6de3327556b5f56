"""`docker info`, in the shape of the engine's own answer."""

from __future__ import annotations

import pytest

from envcheck.probes.formats import docker_info

TEXT = """\
Client:
 Context:    default
 Plugins:
  buildx: Docker Buildx (Docker Inc., v0.7.1-docker)

Server:
 Server Version: 20.10.12
 Storage Driver: overlay2
  Backing Filesystem: xfs
  Supports d_type: false
 Logging Driver: json-file
 Runtimes: io.containerd.runc.v2 runc
 Security Options:
  seccomp
   Profile: default
  rootless
 Operating System: CentOS Linux 7 (Core)
 Docker Root Dir: /data/docker
"""
SHAPE = {
    "ServerVersion": "20.10.12",
    "Driver": "overlay2",
    "DriverStatus": [["Backing Filesystem", "xfs"], ["Supports d_type", "false"]],
    "Runtimes": {"io.containerd.runc.v2": {}, "runc": {}},
    "SecurityOptions": ["name=rootless"],
    "OperatingSystem": "CentOS Linux 7 (Core)",
    "DockerRootDir": "/data/docker",
}


def test_shape() -> None:
    assert docker_info.parse(TEXT) == SHAPE


def test_same_shape_without_indentation() -> None:
    assert docker_info.parse("\n".join(line.strip() for line in TEXT.splitlines())) == SHAPE


def test_json_is_taken_as_it_is() -> None:
    assert docker_info.parse('{"Driver": "vfs"}\n') == {"Driver": "vfs"}


@pytest.mark.parametrize("text", ["", "Client:\n Context: default\n\nServer:\n", "{"])
def test_text_without_a_server(text: str) -> None:
    with pytest.raises(ValueError):
        docker_info.parse(text)
