"""What docker's storage stands on and how much room is left there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Absent, Denied, Host
from envcheck.host.tree import TreeHost
from envcheck.probes import docker_storage

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]

INFO = "sos_commands/docker/docker_info"
DF = "sos_commands/filesys/df_-al_-x_autofs"
DF_TEXT = """\
Filesystem     1K-blocks     Used Available Use% Mounted on
/dev/sda2      100000000 10000000  90000000  10% /
/dev/sdb1      500000000 10000000 490000000   2% /var/lib/docker
/dev/sdc1      800000000 10000000  40000000  95% /home
"""
OVERLAY2 = """\
Server Version: 20.10.9
Storage Driver: overlay2
 Backing Filesystem: xfs
 Supports d_type: true
Logging Driver: json-file
Plugins:
 Network: bridge host null overlay
Docker Root Dir: /var/lib/docker
"""
DEVICEMAPPER = """\
Server Version: 17.12.1-ce
Storage Driver: devicemapper   # the driver
 Pool Name: docker-253:0-537427328-pool
 Base Device Size: 107.4GB
 Backing Filesystem: xfs
 Data Space Available: 53.42 GB
 Metadata Space Available: 2.147 GB
Logging Driver: json-file
"""
XFS = """\
meta-data=/dev/sdb1 isize=256 agcount=4, agsize=65536 blks
naming   =version 2              bsize=4096   ascii-ci=0 ftype={ftype}
log      =internal               bsize=4096   blocks=2560, version=2
"""


def storage(host: Host) -> docker_storage.Storage:
    found = docker_storage.collect(host).storage
    assert isinstance(found, Known), found
    return found.value


def running(info: Mapping[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"docker /version": {"Version": "29.0.1"}, "docker /info": dict(info), **more}


def test_driver_is_not_the_network_of_that_name(tree: Tree) -> None:
    assert str(storage(tree({INFO: OVERLAY2}))) == "overlay2 (on xfs, d_type true)"


def test_no_d_type_is_told(tree: Tree) -> None:
    assert storage(tree({INFO: OVERLAY2.replace("d_type: true", "d_type: false")})).d_type is False


def test_rows_without_indentation(tree: Tree) -> None:
    text = "\n".join(line.strip() for line in OVERLAY2.splitlines())
    assert str(storage(tree({INFO: text.replace("overlay2", "overlay")}))) == "overlay (on xfs, d_type true)"


def test_root_of_the_driver_is_not_dockers_root(tree: Tree) -> None:
    text = OVERLAY2.replace(" Backing", " Root Dir: /var/lib/docker/aufs\n Backing").replace(
        "Docker Root Dir: /var/lib/docker", "Docker Root Dir: /data/docker"
    )
    assert docker_storage.collect(tree({INFO: text})).root == Known("/data/docker", "docker info")


def test_devicemapper_sizes_are_decimal(tree: Tree) -> None:
    found = storage(tree({INFO: DEVICEMAPPER}))
    assert (found.base_size, found.pool_free) == (107_400_000_000, 53_420_000_000)
    assert str(found) == "devicemapper (on xfs, Base Device Size 107.4 GB, 53.4 GB left in its pool)"


def test_devicemapper_pool_counts_although_the_root_is_not_known(tree: Tree) -> None:
    space = docker_storage.collect(tree({INFO: DEVICEMAPPER})).container_space
    assert isinstance(space, Known)
    assert space.value.free is None
    assert space.value.pool_free == 53_420_000_000
    assert "free space unknown" in str(space.value)


@pytest.mark.parametrize("status", [[[""]], None, [], [["Supports d_type"]]])
def test_odd_status_rows_tell_nothing(scripted: Scripted, status: object) -> None:
    found = storage(scripted(running({"Driver": "btrfs", "DriverStatus": status})))
    assert (found.driver, found.d_type, found.backing) == ("btrfs", None, "")


def test_missing_driver_is_unknown(scripted: Scripted) -> None:
    facts = docker_storage.collect(scripted(running({"ServerVersion": "17.09.0-ce"})))
    assert facts.storage == Unknown("docker info tells no storage driver")
    assert facts.images_space == Unknown("docker info tells no root directory")


@pytest.mark.parametrize(("ftype", "expected"), [(0, False), (1, True)])
def test_xfs_info_decides_where_docker_does_not_tell(tree: Tree, ftype: int, expected: bool) -> None:
    untold = OVERLAY2.replace(" Supports d_type: true\n", "")
    host = tree(
        {INFO: untold, DF: DF_TEXT, "sos_commands/xfs/xfs_info_.var.lib.docker": XFS.format(ftype=ftype)}
    )
    assert storage(host).d_type is expected


def test_d_type_stays_unknown_without_any_word_of_it(tree: Tree) -> None:
    assert storage(tree({INFO: OVERLAY2.replace(" Supports d_type: true\n", "")})).d_type is None


def test_ext4_tells_types_where_docker_does_not_say_so(tree: Tree) -> None:
    untold = OVERLAY2.replace(" Supports d_type: true\n", "").replace("xfs", "extfs")
    assert storage(tree({INFO: untold})).d_type is True


def test_containerd_snapshotter_counts_both_roots(scripted: Scripted) -> None:
    info = {
        "Driver": "overlayfs",
        "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        "DockerRootDir": "/var/lib/docker",
    }
    roots = {"filesystem /var/lib/docker": 9 * 10**11, "filesystem /var/lib/containerd": 20 * 10**9}
    there = {"stat /var/lib/docker": 1, "stat /var/lib/containerd": 1}
    facts = docker_storage.collect(scripted(running(info, **roots, **there)))
    assert facts.root == Known("/var/lib/containerd", "docker info")
    assert isinstance(facts.container_space, Known)
    assert str(facts.container_space.value) == "20 GB free on /var/lib/containerd"
    assert facts.images_space == Known(20 * 10**9, "file system of /var/lib/containerd")


def test_containerds_own_place(scripted: Scripted) -> None:
    info: dict[str, Any] = {
        "Driver": "overlayfs",
        "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        "DockerRootDir": "/data/docker",
    }
    configured = running(info, **{"read /etc/containerd/config.toml": 'version = 2\nroot = "/data/ctd"\n'})
    assert docker_storage.collect(scripted(configured)).root == Known("/data/ctd", "docker info")
    info["Containerd"] = {"Address": "/run/docker/containerd/containerd.sock"}
    managed = docker_storage.collect(scripted(running(info))).root
    assert managed == Known("/data/docker/containerd/daemon", "docker info")


def test_space_of_the_file_system_that_holds_the_root(tree: Tree) -> None:
    facts = docker_storage.collect(tree({INFO: OVERLAY2, DF: DF_TEXT}))
    assert isinstance(facts.container_space, Known)
    assert facts.container_space.value.free == 490_000_000 * 1024


def test_root_that_cannot_be_seen_is_no_space(scripted: Scripted) -> None:
    host = scripted(running({"Driver": "overlay2", "DockerRootDir": "/d"}, **{"filesystem /d": 10**12}))
    facts = docker_storage.collect(host)
    assert isinstance(facts.images_space, Unknown)
    assert "/d, which docker names, is not to be seen from here" in facts.images_space.reason
    closed = running(
        {"Driver": "overlay2", "DockerRootDir": "/d"}, **{"filesystem /d": 10**12, "stat /d": Denied("")}
    )
    assert docker_storage.collect(scripted(closed)).images_space == Known(10**12, "file system of /d")


@pytest.mark.parametrize("address", ["tcp://10.0.0.9:2375", "ssh://root@node7"])
def test_engine_on_another_host_has_no_space_here(scripted: Scripted, address: str) -> None:
    info = {"Driver": "overlay2", "DockerRootDir": "/var/lib/docker"}
    local = {"address": address, "filesystem /var/lib/docker": 10**12, "stat /var/lib/docker": 1}
    facts = docker_storage.collect(scripted(running(info, **local)))
    for fact in (facts.images_space, facts.container_space, facts.root):
        assert fact == Unknown(f"the engine is on another host ({address})")
    assert isinstance(facts.storage, Known)


def test_docker_desktop_keeps_its_files_in_its_own_machine(scripted: Scripted) -> None:
    info = {"Driver": "overlay2", "DockerRootDir": "/var/lib/docker", "OperatingSystem": "Docker Desktop"}
    found = docker_storage.collect(scripted(running(info))).images_space
    assert isinstance(found, Unknown)
    assert found.reason.startswith("the engine is on another host")


def test_images_go_to_home_without_docker(tree: Tree) -> None:
    facts = docker_storage.collect(tree({"sos_commands/envcheck/absent": "docker\n", DF: DF_TEXT}))
    assert facts.images_space == Known(40_000_000 * 1024, "file system of /home")
    assert facts.images_path == Known("/home", "file system of /home")
    assert facts.storage == Unknown("docker is not installed")


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({}, "/var/lib/docker"),
        ({"data-root": "/data/docker"}, "/data/docker"),
        ({"graph": "/old/docker"}, "/old/docker"),
    ],
)
def test_images_of_a_stopped_engine_go_where_its_file_says(
    scripted: Scripted, config: Mapping[str, str], path: str
) -> None:
    host = scripted(
        {
            "docker /version": Absent("no docker socket"),
            "which dockerd": "",
            "read /etc/docker/daemon.json": json.dumps(config),
            f"filesystem {path}": 7 * 10**9,
        }
    )
    found = docker_storage.collect(host)
    assert found.images_space == Known(7 * 10**9, f"file system of {path}")
    assert found.images_path == Known(path, f"file system of {path}")


def test_stopped_engine_elsewhere(scripted: Scripted) -> None:
    host = scripted({"address": "tcp://h:1", "docker /version": Absent("no socket")})
    reason = "the engine is on another host (tcp://h:1) and does not answer"
    assert docker_storage.collect(host).images_space == Unknown(reason)


def test_no_answer_leaves_all_unknown(scripted: Scripted) -> None:
    facts = docker_storage.collect(scripted({"docker /version": Denied("permission denied: run as root")}))
    for fact in (facts.storage, facts.root, facts.container_space, facts.images_space):
        assert fact == Unknown("permission denied: run as root", denied=True)


def test_podman_is_not_docker(scripted: Scripted) -> None:
    podman = {"Version": "4.9.4", "Components": [{"Name": "Podman Engine"}]}
    facts = docker_storage.collect(scripted({"docker /version": podman}))
    assert facts.images_space == facts.storage == Unknown("podman answers, not Docker")


def test_info_by_the_client_where_the_api_gives_none(scripted: Scripted) -> None:
    answer = json.dumps({"Driver": "overlay2", "DriverStatus": [["Supports d_type", "true"]]})
    script = {"docker /version": {"Version": "20.10"}, "run docker info --format {{json .}}": answer}
    assert storage(scripted(script)).d_type is True
    failed = json.dumps({"ServerErrors": ["Cannot connect"], "Driver": ""})
    script["run docker info --format {{json .}}"] = failed
    assert docker_storage.collect(scripted(script)).storage == Unknown(
        "docker info: the engine did not answer"
    )
