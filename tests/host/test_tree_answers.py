"""Docker, NVML, sockets and the user of a recorded host."""

from __future__ import annotations

import pytest

from envcheck.host.base import Absent, Failed, NotRecorded, NvmlCard
from tests.conftest import Tree

KEPT = "sos_commands/envcheck"


def test_docker_by_path(tree: Tree) -> None:
    host = tree(
        {
            f"{KEPT}/docker_info.json": '{"Driver": "overlay2"}',
            f"{KEPT}/docker_containers_json.json": "[]",
            f"{KEPT}/docker_address": "tcp://10.0.0.9:2375\n",
        }
    )
    assert host.docker("/info") == {"Driver": "overlay2"}
    assert host.docker("/containers/json") == []
    assert host.docker_address() == "tcp://10.0.0.9:2375"
    with pytest.raises(NotRecorded, match="/version"):
        host.docker("/version")


@pytest.mark.parametrize("line", ["docker", "/var/run/docker.sock", "/run/docker.sock"])
def test_docker_known_to_be_absent(tree: Tree, line: str) -> None:
    host = tree({f"{KEPT}/absent": line})
    with pytest.raises(Absent):
        host.docker("/info")
    assert host.docker_address() == "unix:///var/run/docker.sock"


@pytest.mark.parametrize("text", ["{", "[" * 200_000, "\ufeff"])
def test_a_broken_answer_is_a_failure(tree: Tree, text: str) -> None:
    with pytest.raises(Failed, match=r"docker_info\.json"):
        tree({f"{KEPT}/docker_info.json": text}).docker("/info")


def test_nvml(tree: Tree) -> None:
    card = '{"name": "Tesla P4", "memory": 7981694976, "virtualization": "none", "mig": false}'
    found = tree({f"{KEPT}/nvml.json": f'{{"driver_version": "384.66", "cards": [{card}]}}'}).nvml()
    assert found.driver_version == "384.66"
    assert found.cards == (NvmlCard(0, "Tesla P4", 7981694976, None, None, "none", False),)


def test_an_error_of_nvml(tree: Tree) -> None:
    host = tree({f"{KEPT}/nvml.json": '{"error": "Driver/library version mismatch", "code": 18}'})
    with pytest.raises(Failed, match="mismatch") as caught:
        host.nvml()
    assert caught.value.code == 18


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"driver_version": 384.66}',
        '{"driver_version": "1", "cards": [{"name": "x", "memory": "8 GB"}]}',
        '{"driver_version": "1", "cards": [{"name": "x", "mig": "no"}]}',
        '{"driver_version": "1", "cards": ["x"]}',
    ],
)
def test_an_answer_of_nvml_that_cannot_be_one(tree: Tree, text: str) -> None:
    with pytest.raises(Failed, match=r"nvml\.json"):
        tree({f"{KEPT}/nvml.json": text}).nvml()


def test_no_nvml(tree: Tree) -> None:
    with pytest.raises(Absent):
        tree({f"{KEPT}/absent": "/usr/lib64/libnvidia-ml.so.1\n"}).nvml()
    with pytest.raises(NotRecorded):
        tree({f"{KEPT}/absent": "docker\n"}).nvml()


def test_socket_owners(tree: Tree) -> None:
    assert tree({"etc/x": ""}).socket_owners() == {}
    assert tree({f"{KEPT}/socket_owners.json": '{"77": "nginx (pid 5)"}'}).socket_owners() == {
        77: "nginx (pid 5)"
    }


@pytest.mark.parametrize(
    ("files", "root"),
    [
        ({f"{KEPT}/id_-u": "0\n"}, True),
        ({f"{KEPT}/id_-u": "1000\n", "sos_commands/kernel/lsmod": ""}, False),
        ({f"{KEPT}/id": "uid=0(root) gid=0(root)\n"}, True),
        ({"sos_commands/kernel/lsmod": "x"}, True),
        ({"version.txt": "sos report: 4.5\n"}, True),
    ],
)
def test_who_took_the_record(tree: Tree, files: dict[str, str], root: bool) -> None:
    assert tree(files).is_root() is root


def test_a_root_tree_does_not_say_who_took_it(tree: Tree) -> None:
    with pytest.raises(NotRecorded):
        tree({"etc/hosts": "", f"{KEPT}/absent": "docker\n"}).is_root()
