"""Which docker engine answers: the server's version, not one of those that stand beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Absent, Denied, Failed, Host, TimedOut
from envcheck.host.tree import TreeHost
from envcheck.probes import docker
from envcheck.values import Version

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]

VERSION = "sos_commands/docker/docker_version"
INFO = "sos_commands/docker/docker_info"

COMMUNITY = """\
Client: Docker Engine - Community
 Version:           26.0.0
 API version:       1.45
 OS/Arch:           linux/amd64

Server: Docker Engine - Community
 Engine:
  Version:          19.03.15
  API version:      1.40 (minimum version 1.12)
  Built:            Sat Jan 30 03:15:25 2021
 containerd:
  Version:          1.6.9
 docker-init:
  Version:          0.18.0
"""
FLUSH_LEFT = "\n".join(line.strip() for line in COMMUNITY.splitlines())
EL7 = """\
Client:
 Version:         1.13.1
 API version:     1.26
 Package version: docker-1.13.1-161.git64e9980.el7_8.x86_64

Server:
 Version:         1.12.6
 API version:     1.26 (minimum version 1.17)
 Built:           Tue Jul 17 18:34:48 2018
"""
NO_DAEMON = """\
Client:
 Version:           17.12.1-ce
Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
"""
DENIED = """\
Client:
 Version:    24.0.7
permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
"""
PODMAN = """\
Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.
Client:       Podman Engine
Version:      4.9.4
API Version:  4.9.4
"""
INFO_TEXT = """\
Client:
 Version:    26.0.0
 Plugins:
  buildx: Docker Buildx (Docker Inc., v0.9.1)

Server:
 Containers: 1
 Server Version: 20.10.9
"""


def engine(host: Host) -> docker.Engine:
    found = docker.collect(host).engine
    assert isinstance(found, Known), found
    return found.value


def api(version: str, component: str = "Engine") -> dict[str, Any]:
    return {"docker /version": {"Version": version, "Components": [{"Name": component, "Version": version}]}}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (COMMUNITY, "19.03.15"),
        (FLUSH_LEFT, "19.03.15"),
        (EL7, "1.12.6"),
        ("Client version: 1.9.0\nClient API version: 1.21\nServer version: 1.9.1\n", "1.9.1"),
        ("Server: Docker Desktop 4.12.0 (85629)\n Engine:\n  Version: 20.10.17\n", "20.10.17"),
    ],
)
def test_recorded_version_is_the_servers(tree: Tree, text: str, version: str) -> None:
    host = tree({VERSION: text})
    assert engine(host).state == "running"
    assert str(engine(host).version) == version


def test_info_tells_the_version_where_version_is_not_recorded(tree: Tree) -> None:
    host = tree({INFO: INFO_TEXT})
    assert str(engine(host)) == "20.10.9 (unix:///var/run/docker.sock)"
    assert docker.collect(host).server_version == Known(Version("20.10.9"), "docker info")


def test_client_alone_proves_no_server(tree: Tree) -> None:
    for text in ("Client:\n Version: 17.12.1-ce\n", "Docker version 17.12.1-ce, build 7390fc6\n"):
        assert isinstance(docker.collect(tree({VERSION: text})).engine, Unknown)
    assert isinstance(docker.collect(tree({INFO: "Client:\n\nServer:\n"})).engine, Unknown)


def test_recorded_daemon_that_does_not_run(tree: Tree) -> None:
    host = tree({VERSION: NO_DAEMON})
    assert engine(host).state == "stopped"
    assert str(engine(host)).startswith("installed, not running")
    assert docker.collect(host).server_version == Unknown("docker is not running")


def test_recorded_denial_is_unknown_and_says_root(tree: Tree) -> None:
    found = docker.collect(tree({VERSION: DENIED})).engine
    assert isinstance(found, Unknown)
    assert "run as root" in found.reason
    assert found.denied


def test_recorded_podman_is_told_apart(tree: Tree) -> None:
    for text in (PODMAN, "Version:       1.6.4\nRemoteAPI Version:  1\nGo Version:    go1.12.12\n"):
        host = tree({VERSION: text})
        assert engine(host).state == "podman"
        assert "answers, not Docker" in str(engine(host))
    info = "host:\n  arch: amd64\n  buildahVersion: 1.33.7\nversion:\n  APIVersion: 4.9.4\n  Version: 4.9.4\n"
    assert engine(tree({INFO: info, VERSION: ""})).state == "podman"


def test_record_that_says_nothing_is_unknown(tree: Tree) -> None:
    assert isinstance(docker.collect(tree({"etc/hostname": "a"})).engine, Unknown)


def test_absence_needs_evidence(tree: Tree) -> None:
    assert engine(tree({"sos_commands/envcheck/absent": "docker\n"})).state == "absent"


def test_complete_package_list_without_docker_shows_absence(tree: Tree) -> None:
    packages = {
        "etc/redhat-release": "CentOS Linux release 7.9.2009 (Core)\n",
        "installed-rpms": "bash-4.2.46-34.el7.x86_64\n",
    }
    assert engine(tree(packages)).state == "absent"
    with_docker = {
        **packages,
        "installed-rpms": "bash-4.2.46-34.el7.x86_64\ndocker-ce-17.12.1.ce-1.el7.x86_64\n",
    }
    assert isinstance(engine(tree(with_docker)).state, Unknown)
    assert engine(tree(with_docker)).version == Version("17.12.1.ce")


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"sos_commands/rpm/rpm_-qa": "docker-common-1.13.1-102.git7f2769b.el7.x86_64\n"}, "1.13.1"),
        ({"installed-debs": "ii  docker.io  20.10.24+dfsg1-1  amd64  runtime\n"}, "20.10.24"),
        ({"sos_commands/docker/docker_--version": "Docker version 1.10.3, build 20f81dd\n"}, "1.10.3"),
    ],
)
def test_what_is_installed_may_be_known_where_nothing_tells_whether_it_runs(
    tree: Tree, files: dict[str, str], version: str
) -> None:
    host = tree(files)
    found = engine(host)
    assert isinstance(found.state, Unknown)
    assert str(found.version).startswith(version)
    assert str(found) == f"{found.version} is installed; whether it runs is not known"
    assert isinstance(docker.collect(host).server_version, Unknown)


@pytest.mark.parametrize(
    "files",
    [
        # since 1.12 the client is a program of its own, and may be older or newer than the engine
        {"sos_commands/docker/docker_--version": "Docker version 1.12.6, build 78d1802\n"},
        {"sos_commands/docker/docker_--version": "Docker version 20.10.17-ce, build a89b842\n"},
        {"installed-debs": "ii  docker  1.5-2  amd64  System tray for KDE3/GNOME2 docklet applications\n"},
    ],
)
def test_a_client_or_a_dock_tells_nothing_of_the_engine(tree: Tree, files: dict[str, str]) -> None:
    assert isinstance(docker.collect(tree(files)).engine, Unknown)


@pytest.mark.parametrize(("more", "state"), [({}, "running"), ({"BuildahVersion": "1.33.7"}, "podman")])
def test_the_engines_answer_to_info_alone_tells_its_version(
    tree: Tree, more: dict[str, str], state: str
) -> None:
    info = json.dumps({"ServerVersion": "18.09.1", "Driver": "aufs", **more})
    found = engine(tree({"sos_commands/envcheck/docker_info.json": info}))
    assert (found.state, found.version) == (state, Version("18.09.1"))


def test_nvidia_docker_passes_on_what_docker_says(tree: Tree) -> None:
    text = "NVIDIA Docker: 2.0.3\nClient:\n Version: 19.03.6\n\nServer:\n Engine:\n  Version: 19.03.5\n"
    assert engine(tree({"sos_commands/docker/nvidia-docker_version": text})).version == Version("19.03.5")


def test_traces_of_docker_outweigh_the_package_list(tree: Tree) -> None:
    packages = {
        "etc/redhat-release": "CentOS Linux release 7",
        "installed-rpms": "bash-4.2.46-34.el7.x86_64\n",
    }
    host = tree(
        {**packages, "sos_commands/process/ps_auxwww": "root 812 0.1 /opt/docker/dockerd -H unix://\n"}
    )
    assert isinstance(docker.collect(host).engine, Unknown)


def test_answer_of_the_api(scripted: Scripted) -> None:
    assert str(engine(scripted(api("28.2.2")))) == "28.2.2 (unix:///var/run/docker.sock)"
    assert engine(scripted(api("4.9.4", "Podman Engine"))).state == "podman"


def test_version_that_is_none_is_unknown(scripted: Scripted) -> None:
    host = scripted(api("dev"))
    assert engine(host).version is None
    assert isinstance(docker.collect(host).server_version, Unknown)


@pytest.mark.parametrize("error", [Denied("permission denied (not root)"), TimedOut("no answer in 10 s")])
def test_no_answer_is_unknown_not_stopped(scripted: Scripted, error: Exception) -> None:
    host = scripted({"docker /version": error, "run docker version": COMMUNITY})
    found = docker.collect(host).engine
    assert isinstance(found, Unknown)
    assert found.reason == str(error)


def test_live_states_without_an_engine(scripted: Scripted) -> None:
    refused = Failed("docker is not answering at /run/d.sock: connection refused", 111)
    assert engine(scripted({})).state == "absent"
    stopped = engine(scripted({"docker /version": Absent("no docker socket"), "which dockerd": ""}))
    assert (stopped.state, stopped.detail) == ("stopped", "no docker socket")
    assert engine(scripted({"docker /version": refused, "run docker": NO_DAEMON})).detail == str(refused)


def test_engine_that_answers_with_an_error_is_unknown(scripted: Scripted) -> None:
    found = docker.collect(
        scripted({"docker /version": Failed("docker answers 500", 500), "which docker": ""})
    )
    assert found.engine == Unknown("docker answers 500")


def test_engine_that_ssh_does_not_reach_is_unknown(scripted: Scripted) -> None:
    script = {"address": "ssh://u@h", "docker /version": Failed("no SSH here"), "run docker": NO_DAEMON}
    found = docker.collect(scripted(script)).engine
    assert found == Unknown("the engine is on another host (ssh://u@h) and is not reached by ssh")


def test_remote_engine_that_refuses_is_not_absent(scripted: Scripted) -> None:
    refused = Failed("docker at tcp://10.1.1.1:2375: Connection refused")
    host = scripted({"address": "tcp://10.1.1.1:2375", "docker /version": refused})
    assert engine(host).state == "stopped"
    assert docker.collect(
        scripted({"docker /version": ["no", "object"], "which docker": ""})
    ).engine == Unknown("docker's answer to /version is not understood")
