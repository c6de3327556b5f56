"""What lets containers use the GPU, and whether the running docker knows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Denied, Host
from envcheck.host.tree import TreeHost
from envcheck.probes import nvidia_docker

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]
EL7 = {"etc/redhat-release": "CentOS Linux release 7.9.2009 (Core)\n"}


def toolkit(host: Host) -> nvidia_docker.Toolkit:
    found = nvidia_docker.collect(host).toolkit
    assert isinstance(found, Known), found
    return found.value


def rpms(*lines: str) -> dict[str, str]:
    return {**EL7, "installed-rpms": "\n".join(("bash-4.2.46-34.el7.x86_64   Tue 05 Mar 2019", *lines, ""))}


@pytest.mark.parametrize(
    ("line", "package", "version"),
    [
        ("nvidia-docker2-2.0.3-1.docker17.12.1.ce.noarch", "nvidia-docker2", "2.0.3"),
        ("nvidia-docker2-2.0.1-1.docker18.09.ce.noarch", "nvidia-docker2", "2.0.1"),
        ("nvidia-docker-1.0.1-1.x86_64", "nvidia-docker", "1.0.1"),
        ("nvidia-container-toolkit-1.14.3-1.x86_64", "nvidia-container-toolkit", "1.14.3"),
    ],
)
def test_package_and_its_own_version(tree: Tree, line: str, package: str, version: str) -> None:
    found = toolkit(tree(rpms(line)))
    assert (found.package, str(found.version)) == (package, version)


def test_whole_list_without_the_package(tree: Tree) -> None:
    assert str(toolkit(tree(rpms()))) == "not installed; runtime `nvidia` not known to be registered"


def test_without_a_package_list_its_absence_is_not_known(tree: Tree) -> None:
    assert isinstance(nvidia_docker.collect(tree(EL7)).toolkit, Unknown)


def test_debian_package(tree: Tree) -> None:
    debs = "ii  nvidia-container-toolkit  1.13.5-1  amd64  tools\n"
    debs += "rc  nvidia-docker2  2.0.3+docker18.09-1  all  old\n"
    found = toolkit(tree({"etc/os-release": "ID=ubuntu\n", "installed-debs": debs}))
    assert str(found).startswith("nvidia-container-toolkit 1.13.5;")


def test_commands_tell_where_no_list_does(tree: Tree) -> None:
    ctk = "NVIDIA Container Toolkit CLI version 1.14.3\ncommit: 53b24618a542025b108239fe602e66e912b7d6e2\n"
    assert str(toolkit(tree({"sos_commands/x/nvidia-ctk_--version": ctk})).version) == "1.14.3"


@pytest.mark.parametrize(("version", "package"), [("2.0.3", "nvidia-docker2"), ("1.0.1", "nvidia-docker")])
def test_nvidia_docker_version_is_not_dockers(tree: Tree, version: str, package: str) -> None:
    text = f"NVIDIA Docker: {version}\nClient:\n Version: 19.03.6\n"
    found = toolkit(tree({"sos_commands/x/nvidia-docker_version": text}))
    assert (found.package, str(found.version)) == (package, version)


@pytest.mark.parametrize(
    ("runtimes", "registered"), [({"runc": {}, "nvidia": {}}, True), ({"runc": {}}, False), (None, None)]
)
def test_registered_in_the_running_docker(scripted: Scripted, runtimes: object, registered: object) -> None:
    host = scripted(
        {
            "read /etc/os-release": "ID=debian\n",
            "run dpkg-query": "install ok installed\tnvidia-docker2\t2.13.0-1\n",
            "docker /version": {"Version": "20.10.9"},
            "docker /info": {"Runtimes": runtimes},
        }
    )
    assert toolkit(host).registered is registered


def test_docker_that_does_not_answer_registers_nothing_known(scripted: Scripted) -> None:
    script = {
        "read /etc/os-release": "ID=debian\n",
        "run dpkg-query": "install ok installed\tbash\t5\n",
        "docker /version": Denied("no"),
    }
    assert toolkit(scripted(script)) == nvidia_docker.Toolkit("", None, None)
    broken = {**script, "run nvidia-ctk": "Segmentation fault\n"}
    assert isinstance(nvidia_docker.collect(scripted(broken)).toolkit, Unknown)


def test_recorded_runtimes_line(tree: Tree) -> None:
    info = "Server Version: 20.10.9\nStorage Driver: overlay2\nRuntimes: io.containerd.runc.v2 nvidia runc\n"
    assert toolkit(tree({**rpms(), "sos_commands/docker/docker_info": info})).registered is True
