"""Records of one output or two, as support gets them: what they prove is decided, the rest is unknown."""

from __future__ import annotations

from typing import TypeVar

import pytest

from envcheck.facts import Fact, Known, Unknown
from envcheck.probes import cpu, docker_storage, gpu, libc, memory, nvidia_docker, packages, ports, tools
from envcheck.values import Bytes, Version
from tests.conftest import Tree

T = TypeVar("T")
INFO = "sos_commands/docker/docker_info"
RPM_INFO = """\
Name        : {0}
{3}Version     : {1}
Release     : {2}
Architecture: x86_64
Install Date: Wed 16 Oct 2019 09:21:42 AM PDT
Source RPM  : {0}-{1}-{2}.src.rpm
Summary     : Something
Description :
Name of what it does
Version and more: words that are no field

"""


def engine(**rows: str) -> dict[str, str]:
    lines = [" Server Version: 18.09.1", " Storage Driver: overlay2"]
    return {
        INFO: "\n".join(
            ["Server:", *lines, *(f" {key.replace('_', ' ')}: {value}" for key, value in rows.items())]
        )
    }


def value(fact: Fact[T]) -> T:
    assert isinstance(fact, Known), fact
    return fact.value


@pytest.mark.parametrize(
    ("told", "size"), [("3.845GiB", int(3.845 * 2**30)), ("31.26 GiB", int(31.26 * 2**30)), ("1TiB", 2**40)]
)
def test_docker_tells_the_memory(tree: Tree, told: str, size: int) -> None:
    assert memory.collect(tree(engine(Total_Memory=told))).total == Known(Bytes(size), "docker info")


def test_docker_tells_the_memory_as_json(tree: Tree) -> None:
    info = '{"ServerVersion": "18.09.1", "Driver": "overlay2", "MemTotal": 33559371776}'
    assert value(memory.collect(tree({INFO: info})).total) == 33559371776


@pytest.mark.parametrize(
    "more",
    [
        {"sos_commands/envcheck/docker_address": "tcp://other:2376\n"},
        engine(Total_Memory="31GiB", Operating_System="Docker Desktop"),
    ],
    ids=["on another host", "in a machine of its own"],
)
def test_an_engine_elsewhere_tells_nothing_of_this_machine(tree: Tree, more: dict[str, str]) -> None:
    host = tree({**engine(Total_Memory="31GiB", Architecture="x86_64"), **more})
    assert isinstance(memory.collect(host).total, Unknown)
    assert isinstance(cpu.collect(host).architecture, Unknown)


ARM = "{}Client:\n Version: 19.03.6\n OS/Arch: linux/amd64\n\nServer:\n Engine:\n  OS/Arch: linux/arm64\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (engine(Architecture="x86_64"), "x86_64"),
        ({"sos_commands/docker/docker_version": ARM.format("")}, "aarch64"),
        ({"sos_commands/docker/nvidia-docker_version": ARM.format("NVIDIA Docker: 2.0.3\n")}, "aarch64"),
        (
            {"etc/redhat-release": "CentOS Linux release 7.9.2009 (AltArch)\n"},
            "not x86_64 (AltArch)",
        ),
        ({"etc/os-release": 'NAME="Raspbian GNU/Linux"\nID=raspbian\nVERSION_ID="8"\n'}, "arm (Raspbian)"),
    ],
)
def test_the_architecture_by_what_is_built_for_it(tree: Tree, files: dict[str, str], expected: str) -> None:
    assert value(cpu.collect(tree(files)).architecture) == expected


@pytest.mark.parametrize(
    "files",
    [
        {"sos_commands/docker/docker_version": "Client:\n Version: 19.03.6\n OS/Arch: linux/amd64\n"},
        {"etc/redhat-release": "CentOS Linux release 7.9.2009 (Core)\n"},
    ],
)
def test_a_client_or_a_release_is_no_architecture(tree: Tree, files: dict[str, str]) -> None:
    assert isinstance(cpu.collect(tree(files)).architecture, Unknown)


def test_rpm_may_list_packages_with_all_that_it_knows(tree: Tree) -> None:
    blocks = [
        RPM_INFO.format("bash", "4.2.46", "33.el7", ""),
        RPM_INFO.format("glibc", "2.17", "292.el7", ""),
        RPM_INFO.format("gcc", "4.8.5", "39.el7", ""),
        RPM_INFO.format("docker-ce", "17.12.1.ce", "1.el7", "Epoch       : 3\n"),
    ]
    host = tree({"sos_commands/rpm/rpm_-qai": "".join(blocks)})
    assert value(libc.collect(host).glibc) == Version("2.17")
    assert value(tools.collect(host).gcc) == Version("4.8.5")
    assert value(packages.collect(host).docker_ce) is True


@pytest.mark.parametrize(
    ("name", "text", "manager"),
    [
        ("rpm/rpm_-qa", "nvidia-docker2-2.0.3-1.docker17.12.1.ce.noarch\n", "rpm"),
        ("dpkg/dpkg_-l", "ii  nvidia-docker2  2.0.3+docker18.09.2-1  all  wrapper\n", "dpkg"),
    ],
)
def test_the_list_shows_which_manager_there_is(tree: Tree, name: str, text: str, manager: str) -> None:
    host = tree({f"sos_commands/{name}": text})
    assert value(packages.collect(host).manager) == manager
    found = nvidia_docker.collect(host).toolkit
    assert isinstance(found, Known)
    assert (found.value.package, str(found.value.version)[:5]) == ("nvidia-docker2", "2.0.3")


def test_two_managers_without_a_release_leave_it_open(tree: Tree) -> None:
    host = tree(
        {"sos_commands/rpm/rpm_-qa": "a-1-1.noarch\n", "sos_commands/dpkg/dpkg_-l": "ii  a  1  all\n"}
    )
    assert isinstance(packages.collect(host).manager, Unknown)


@pytest.mark.parametrize(("runtimes", "registered"), [("runc", False), ("nvidia runc", None)])
def test_docker_without_the_runtime_needs_no_package_list(
    tree: Tree, runtimes: str, registered: bool | None
) -> None:
    found = nvidia_docker.collect(tree(engine(Runtimes=runtimes))).toolkit
    if registered is None:  # registered, and by which package is not known
        assert isinstance(found, Unknown)
    else:
        assert isinstance(found, Known)
        assert str(found.value) == "package not known; runtime `nvidia` not registered"


def test_a_port_that_any_listing_shows_is_taken(tree: Tree) -> None:
    """They are of different moments: the service may have been started between them."""
    host = tree(
        {
            "sos_commands/networking/ss_-a": "Netid State Recv-Q\ntcp LISTEN 0 128 0.0.0.0:ssh 0.0.0.0:*\n",
            "sos_commands/networking/ss_-tulpen": (
                "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n"
                'tcp LISTEN 0 511 0.0.0.0:8300 0.0.0.0:* users:(("nginx",pid=77,fd=3))\n'
            ),
        }
    )
    found = ports.collect(host).busy
    assert isinstance(found, Known)
    assert "8300 by nginx (pid 77) on 0.0.0.0" in map(str, found.value)


MISMATCH = "Failed to initialize NVML: Driver/library version mismatch"


@pytest.mark.parametrize(
    ("files", "source"),
    [
        (
            {"proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  384.81  Sat\n"},
            "/proc/driver/nvidia/version",
        ),
        ({"sos_commands/nvidia/nvidia-smi": f"{MISMATCH}\n"}, "nvidia-smi"),
    ],
)
def test_a_loaded_module_shows_that_there_is_a_card(tree: Tree, files: dict[str, str], source: str) -> None:
    assert gpu.collect(tree(files)).present == Known(True, source)


DF = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/sda2 100000000 1 90000000 1% /\n"


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ("", True),
        ("tmpfs 8000000 0 8000000 0% /dev/shm\n/dev/sda1 1000000 1 900000 1% /boot\n", True),
        ("/dev/loop1 60000 60000 0 100% /snap/core/7270\n", True),
        ("/dev/sdb1 100000000 1 90000000 1% /data\n", False),
        ("nas:/export 100000000 1 90000000 1% /home\n", False),
    ],
)
def test_with_one_file_system_only_the_images_lie_there(tree: Tree, more: str, known: bool) -> None:
    found = docker_storage.collect(tree({"sos_commands/filesys/df": DF + more})).images_space
    expected = Known(Bytes(90000000 * 1024), "df: the only file system")
    assert (found == expected) if known else isinstance(found, Unknown)
