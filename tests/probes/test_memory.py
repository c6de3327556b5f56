"""The machine's memory, also where a container shows a limit of its own."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.probes import memory
from envcheck.values import Bytes
from tests.conftest import Tree

LIMIT = "MemTotal:        4194304 kB\nMemFree:         1000000 kB\n"
LXCFS = "lxcfs /proc/meminfo fuse.lxcfs rw,nosuid,nodev,relatime,user_id=0 0 0\n"
ROOT = "/dev/sda2 / xfs rw,relatime 0 0\n"


def kilobytes(host: Host) -> float:
    fact = memory.collect(host).total
    assert isinstance(fact, Known), fact
    return fact.value / 1024


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"proc/meminfo": "MemTotal:       32660480 kB"}, 32660480),
        ({"proc/meminfo": "MemTotal:       32784204 kB\nMemFree: 1 kB\n"}, 32784204),
        (
            {"free": "       total    used    free\nMem:   32664752  197348  32267284\nSwap:  0  0  0\n"},
            32664752,
        ),
        ({"sos_commands/memory/free_-m": "      total  used\nMem:   31898  192  31511\n"}, 31898 * 1024),
        ({"sos_commands/memory/free": "      总计  已用\n内存：  16393172  375760  14472360\n"}, 16393172),
    ],
)
def test_total(tree: Tree, files: dict[str, str], expected: int) -> None:
    assert kilobytes(tree(files)) == expected


@pytest.mark.parametrize(
    "mounts",
    [
        {"proc/mounts": ROOT + LXCFS},
        {"proc/self/mounts": ROOT + LXCFS},
        {"proc/1/mountinfo": "84 69 0:47 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n"},
        {"mount": "lxcfs on /proc/meminfo type fuse.lxcfs (rw,nosuid,nodev)\n"},
    ],
    ids=["mounts", "self", "mountinfo", "mount"],
)
def test_behind_lxcfs_the_numa_nodes_tell_the_machines_memory(tree: Tree, mounts: dict[str, str]) -> None:
    nodes = {
        f"sys/devices/system/node/node{number}/meminfo": f"Node {number} MemTotal:  16400000 kB\n"
        for number in range(2)
    }
    assert kilobytes(tree({"proc/meminfo": LIMIT, **mounts, **nodes})) == 32800000


def test_behind_lxcfs_without_nodes_the_memory_is_unknown(tree: Tree) -> None:
    found = memory.collect(tree({"proc/meminfo": LIMIT, "proc/mounts": LXCFS, "free": "Mem: 4194304 1 1\n"}))
    assert isinstance(found.total, Unknown)
    assert "lxcfs" in found.total.reason
    assert isinstance(found.faces, Unknown)


def test_the_host_of_containers_is_believed(tree: Tree) -> None:
    mounts = ROOT + "lxcfs /var/lib/lxcfs fuse.lxcfs rw,nosuid,nodev 0 0\n"
    assert kilobytes(tree({"proc/meminfo": "MemTotal: 32784204 kB\n", "proc/mounts": mounts})) == 32784204


def test_a_face_takes_4_kilobytes(tree: Tree) -> None:
    faces = memory.collect(tree({"proc/meminfo": "MemTotal: 32000000 kB\n"})).faces
    assert isinstance(faces, Known)
    assert faces.value == 8_000_000


@pytest.mark.parametrize("files", [{}, {"proc/meminfo": ""}, {"proc/meminfo": "MemFree: 5 kB\n"}])
def test_without_a_total_it_is_unknown(tree: Tree, files: dict[str, str]) -> None:
    assert isinstance(memory.collect(tree(files)).total, Unknown)


def test_faces_fit_beside_the_service(tree: Tree) -> None:
    host = tree({"proc/meminfo": "MemTotal: 32000000 kB\n"})
    assert memory.collect(host).face_capacity == Known(
        (32_768_000_000 - 8_000_000_000) // 4096, "/proc/meminfo"
    )
    small = memory.collect(host, memory.Settings(Bytes(40 * 10**9))).face_capacity
    assert small == Known(0, "/proc/meminfo")
