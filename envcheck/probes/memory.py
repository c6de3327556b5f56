"""The machine's memory."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Unknown, doc, first, map_fact
from envcheck.host.base import Host, NotRecorded, Unreadable
from envcheck.probes.formats import docker_info, lxcfs, meminfo
from envcheck.probes.shared import engine
from envcheck.record import Record
from envcheck.values import Bytes

_MEMINFO = "/proc/meminfo"
_NODES = "/sys/devices/system/node"
_FACE = 4096
_FREE_UNITS = {"free": 1024, "free_-k": 1024, "free_-b": 1, "free_-m": 1024**2}


class Settings(Record):
    """What the face service takes for itself, in bytes: the system, its models, its processes."""

    service_memory: Bytes = Bytes(8 * 10**9)


_USUAL = Settings()


class Memory(Record):
    """Memory that the kernel can use: some 2 % less than what is plugged in."""

    total: Annotated[
        Fact[Bytes],
        doc(
            "memory of the machine, not of a container",
            zh="整机内存，而非容器的内存",
            sources="/proc/meminfo, /sys/devices/system/node, free",
            example="33.5 GB",
        ),
    ]
    faces: Annotated[
        Fact[int],
        doc(
            "how many face features of 4 KB each fit into it",
            sources="/proc/meminfo, /sys/devices/system/node, free",
        ),
    ]
    face_capacity: Annotated[
        Fact[int],
        doc(
            "how many face features of 4 KB each fit beside the face service itself",
            zh="除人脸服务自身占用外，内存可容纳的人脸特征数（每条 4 KB）",
            sources="memory.total less the parameter service-memory",
            example=6_200_000,
        ),
    ]


def collect(host: Host, settings: Settings = _USUAL) -> Memory:
    """Ask /proc/meminfo; where lxcfs replaces it, the NUMA nodes."""
    total = _total(host)
    return Memory(
        total,
        map_fact(total, lambda size: size // _FACE),
        map_fact(total, lambda size: max(0, size - settings.service_memory) // _FACE),
    )


def _total(host: Host) -> Fact[Bytes]:
    nodes = (f"{_NODES}/node*/meminfo", lambda: _of_nodes(host))
    if _MEMINFO not in _replaced_by_lxcfs(host):
        plain: Fact[Bytes] = first(
            (_MEMINFO, lambda: meminfo.total(host.read(_MEMINFO))),
            nodes,
            ("free", lambda: _free(host)),
            *(
                ()
                if host.live
                else (("docker info", lambda: Bytes(docker_info.memory(engine.told(host, "MemTotal")))),)
            ),
        )
        return plain
    answer: Fact[Bytes] = first(nodes)
    if isinstance(answer, Unknown):
        return Unknown(f"{_MEMINFO} is lxcfs' and shows a container's limit; {answer.reason}")
    return answer


def _replaced_by_lxcfs(host: Host) -> frozenset[str]:
    found: set[str] = set()
    for path in (
        ("/proc/self/mounts",) if host.live else ("/proc/mounts", "/proc/self/mounts", "/proc/1/mountinfo")
    ):
        try:
            found |= lxcfs.replaced(host.read(path))
        except Unreadable:
            continue
    for text in host.recorded("mount", "mount_-l").values():
        found |= lxcfs.replaced(text)
    return frozenset(found)


def _of_nodes(host: Host) -> Bytes:
    names = [name for name in host.names(_NODES) if name[:4] == "node" and name[4:].isdigit()]
    if not names:
        raise ValueError("no node below it")
    return Bytes(sum(meminfo.total(host.read(f"{_NODES}/{name}/meminfo")) for name in names))


def _free(host: Host) -> Bytes:
    texts = host.recorded(*_FREE_UNITS)
    for name, unit in _FREE_UNITS.items():
        if name in texts:
            return meminfo.free_total(texts[name], unit)
    raise NotRecorded("the output of free is not in this record")
