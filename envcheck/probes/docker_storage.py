"""Where docker keeps images and containers, how, and how much room is left there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Optional

from envcheck.facts import Fact, Known, Unknown, doc, first, map_fact
from envcheck.host.base import NOT_RECORDED, Absent, Failed, Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import docker_info, xfs_info
from envcheck.probes.shared import daemon_config, engine
from envcheck.probes.shared.room import Room, room
from envcheck.record import Record
from envcheck.values import Bytes

WAITS = True

_CONTAINERD_ROOT = "/var/lib/containerd"
_DEFAULT_ROOT = "/var/lib/docker"
_NOT_FOR_IMAGES = regex(r"/(?:boot|dev|proc|run|snap|sys)(?:/|$)")
_WITHOUT_DOCKER = "/home"
"""Where the modules' installer puts images before there is a docker."""


class Storage(Record):
    """The storage driver. `base_size` and `pool_free` are devicemapper's, in bytes."""

    driver: str
    d_type: Optional[bool]
    """Whether the file system below tells file types, without which overlay2 loses files."""
    base_size: Optional[Bytes]
    pool_free: Optional[Bytes]
    backing: str

    def __str__(self) -> str:
        parts = [f"on {self.backing}"] if self.backing else []
        if self.d_type is not None:
            parts.append(f"d_type {'true' if self.d_type else 'false'}")
        if self.driver == "devicemapper":
            parts.append(f"Base Device Size {self.base_size or 'unknown'}")
            parts.append(f"{'unknown' if self.pool_free is None else self.pool_free} left in its pool")
        return f"{self.driver} ({', '.join(parts)})" if parts else self.driver


class Space(Record):
    """The room for containers: bytes free on the tightest file system that they lie on."""

    free: Optional[Bytes]
    """None where only devicemapper's own figures are known."""
    path: str
    base_size: Optional[Bytes]
    pool_free: Optional[Bytes]
    driver: str

    def __str__(self) -> str:
        text = f"{self.free} free on {self.path}" if self.free is not None else "free space unknown"
        if self.driver != "devicemapper":
            return text
        left = "unknown" if self.pool_free is None else self.pool_free
        return f"{text}; Base Device Size {self.base_size or 'unknown'}, {left} left in its pool"


class DockerStorage(Record):
    """Docker's storage."""

    storage: Annotated[
        Fact[Storage],
        doc(
            "the storage driver and what it stands on",
            zh="存储驱动及其底层文件系统",
            sources="docker info, xfs_info",
            example="overlay2 (on xfs, d_type true)",
        ),
    ]
    root: Annotated[
        Fact[str],
        doc(
            "directory that holds the images; under containerd's if it keeps them",
            zh="存放镜像的目录；由 containerd 保存镜像时为 containerd 的目录",
            sources="docker info",
            example=_DEFAULT_ROOT,
        ),
    ]
    container_space: Annotated[
        Fact[Space],
        doc(
            "room for containers",
            zh="容器可用空间",
            sources="docker info, file system of docker's root",
            example="120 GB free on /var/lib/docker",
        ),
    ]
    container_room: Annotated[
        Fact[Room],
        doc(
            "file system that containers lie on",
            sources="docker info, file system of docker's root",
            example="120 GB free on /var",
        ),
    ]
    images_space: Annotated[
        Fact[Bytes],
        doc(
            "bytes free where images go; on /home where docker is absent",
            zh="镜像所在位置的可用字节数；未装 docker 时为 /home",
            sources="docker info, file system where images go",
            example="120 GB",
        ),
    ]
    images_room: Annotated[
        Fact[Room],
        doc(
            "file system where images go",
            sources="docker info, file system where images go",
            example="120 GB free on /var",
        ),
    ]


def collect(host: Host) -> DockerStorage:
    """Ask the engine; where it does not run, images go where its configuration says."""
    answer: Fact[engine.Engine] = first(("docker", lambda: engine.find(host)))
    state = answer.value.state if isinstance(answer, Known) else None
    if state != "running":
        gone = answer if isinstance(answer, Unknown) else _REASONS[state]
        later = _images_without_engine(host, state, gone)
        return DockerStorage(gone, gone, gone, gone, _free_of(later), later)
    info: Fact[Mapping[str, Any]] = first(("docker info", lambda: engine.info(host)))
    if isinstance(info, Unknown):
        return DockerStorage(info, info, info, info, info, info)
    storage = _storage(host, info.value)
    roots: Fact[tuple[str, ...]] = first(("docker info", lambda: _roots(host, info.value)))
    tightest = _tightest(host, roots.value) if isinstance(roots, Known) else roots
    return DockerStorage(
        storage,
        Known(roots.value[-1], roots.source) if isinstance(roots, Known) else roots,
        _container_space(storage, tightest),
        tightest,
        _free_of(tightest),
        tightest,
    )


def _free_of(room: Fact[Room]) -> Fact[Bytes]:
    free: Fact[Bytes] = map_fact(room, lambda found: found.free)
    return free


_REASONS: Mapping[Optional[str], Unknown] = {
    "absent": Unknown("docker is not installed"),
    "stopped": Unknown("docker is not running"),
    "podman": Unknown("podman answers, not Docker"),
    None: Unknown("not in this record: docker", recorded=False),
}


# -- the driver ---------------------------------------------------------------------------


def _storage(host: Host, info: Mapping[str, Any]) -> Fact[Storage]:
    driver = info.get("Driver")
    if not driver:
        return Unknown("docker info tells no storage driver")
    status = docker_info.driver_status(info)
    backing = status.get("Backing Filesystem", "").strip().strip("<>")
    return Known(
        Storage(
            driver=str(driver),
            d_type=_d_type(host, info, status, backing),
            base_size=_size(status.get("Base Device Size")),
            pool_free=_size(status.get("Data Space Available")),
            backing="" if backing == "unknown" else backing,
        ),
        "docker info",
    )


def _d_type(host: Host, info: Mapping[str, Any], status: Mapping[str, str], backing: str) -> Optional[bool]:
    told = status.get("Supports d_type", "").strip().lower()
    if told in {"true", "false"}:
        return told == "true"
    if docker_info.uses_containerd(info):
        return True  # containerd does not load its overlayfs snapshotter on any other file system
    if backing == "extfs":
        return True  # ext4 tells the types of its entries, also where docker does not say so
    if backing != "xfs":
        return None
    found: Fact[bool] = first(("xfs_info", lambda: _xfs_d_type(host, str(info.get("DockerRootDir") or ""))))
    return found.value if isinstance(found, Known) else None


def _xfs_d_type(host: Host, root: str) -> bool:
    if not root or engine.elsewhere(host):
        raise Failed("not known where docker's root is")
    return xfs_info.d_type(host.run("xfs_info", host.filesystem(root).mount_point).stdout)


def _size(text: Optional[str]) -> Optional[Bytes]:
    """Docker prints sizes in decimal units (`10.74 GB`, without blank since 17.05)."""
    try:
        return None if text is None else Bytes.parse(text)
    except ValueError:
        return None


# -- the room -----------------------------------------------------------------------------


def _roots(host: Host, info: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the roots, or why there are none
    """Docker's root directory, and containerd's after it where that keeps the images."""
    reason = engine.elsewhere(host) or engine.in_a_machine(info)
    if reason:
        return Unknown(reason)
    root = info.get("DockerRootDir")
    if not root:
        return Unknown("docker info tells no root directory")
    roots = (str(root),)
    return (*roots, _containerd_root(host, info, str(root))) if docker_info.uses_containerd(info) else roots


def _containerd_root(host: Host, info: Mapping[str, Any], root: str) -> str:
    """Docker's own containerd keeps things below docker's root; else containerd's file says where."""
    address = str((info.get("Containerd") or {}).get("Address") or "")
    if "/docker/" in address:
        return f"{root}/containerd/daemon"
    try:
        text = host.read("/etc/containerd/config.toml")
    except Unreadable:
        return _CONTAINERD_ROOT
    match = re.search(r"^root\s*=\s*[\"']([^\"']+)", text, re.MULTILINE)
    return match[1] if match else _CONTAINERD_ROOT


def _container_space(storage: Fact[Storage], room: Fact[Room]) -> Fact[Space]:
    if isinstance(storage, Unknown):
        return storage
    driver = storage.value
    figures = (driver.base_size, driver.pool_free, driver.driver)
    if isinstance(room, Unknown):
        return room if driver.pool_free is None else Known(Space(None, "", *figures), "docker info")
    path = room.value.path
    return Known(Space(room.value.free, path, *figures), f"docker info, file system of {path}")


def _tightest(host: Host, roots: tuple[str, ...]) -> Fact[Room]:
    def tightest() -> Known[Room]:
        found = min(_seen(host, path) for path in roots)
        return Known(found, f"file system of {found.path}")

    answer: Fact[Room] = first(("file system", tightest))
    return answer


def _seen(host: Host, path: str) -> Room:
    """Where a directory lies. A root of the engine that is not here lies in another mount namespace."""
    if host.live:
        try:
            host.stat(path)
        except Absent as error:
            raise ValueError(f"{path}, which docker names, is not to be seen from here") from error
        except Unreadable:
            pass  # it is there, in a directory that only root may enter
    return room(host, path)


def _images_without_engine(host: Host, state: Optional[str], gone: Unknown) -> Fact[Room]:
    if state is None and not host.live:
        only: Fact[Room] = first(("df", lambda: _wherever(host)))
        return only if isinstance(only, Known) else gone
    if state not in {"absent", "stopped"}:
        return gone
    reason = engine.elsewhere(host)
    if reason:
        return Unknown(reason)
    answer: Fact[Room] = first(("file system", lambda: _images_later(host, state)))
    return answer


def _wherever(host: Host) -> Fact[Room]:
    """Of a record with one file system only: wherever docker is, its images lie there."""
    from envcheck.host import df

    points = set()
    for text in host.recorded("df", "df_*").values():
        with suppress(ValueError):  # counts inodes, or is a message
            points |= {row.mount_point for row in df.rows(text) if row.total}
    if {point for point in points if not _NOT_FOR_IMAGES.match(point)} != {"/"}:
        raise NotRecorded(f"where images lie {NOT_RECORDED}")
    return Known(room(host, "/"), "df: the only file system")


def _images_later(host: Host, state: Optional[str]) -> Fact[Room]:
    path = _WITHOUT_DOCKER if state == "absent" else daemon_config.data_root(host) or _DEFAULT_ROOT
    return Known(room(host, path), f"file system of {path}")
