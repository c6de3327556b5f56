"""Where docker keeps images and containers, how, and how much room is left there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Optional

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Absent, Failed, Host, Unreadable
from envcheck.probes.formats import docker_info, xfs_info
from envcheck.probes.shared import daemon_config, engine
from envcheck.record import Record
from envcheck.values import Bytes

WAITS = True

_CONTAINERD_ROOT = "/var/lib/containerd"
_DEFAULT_ROOT = "/var/lib/docker"
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
            sources="docker info, xfs_info",
            example="overlay2 (on xfs, d_type true)",
        ),
    ]
    root: Annotated[
        Fact[str],
        doc(
            "directory that holds the images; under containerd's if it keeps them",
            sources="docker info",
            example=_DEFAULT_ROOT,
        ),
    ]
    container_space: Annotated[
        Fact[Space],
        doc(
            "room for containers",
            sources="docker info, file system of docker's root",
            example="120 GB free on /var/lib/docker",
        ),
    ]
    images_space: Annotated[
        Fact[Bytes],
        doc(
            "bytes free where images go; on /home where docker is absent",
            sources="docker info, file system where images go",
            example="120 GB",
        ),
    ]


def collect(host: Host) -> DockerStorage:
    """Ask the engine; where it does not run, images go where its configuration says."""
    answer: Fact[engine.Engine] = first(("docker", lambda: engine.find(host)))
    state = answer.value.state if isinstance(answer, Known) else None
    if state != "running":
        gone = answer if isinstance(answer, Unknown) else Unknown(_REASONS[answer.value.state])
        return DockerStorage(gone, gone, gone, _images_without_engine(host, state, gone))
    info: Fact[Mapping[str, Any]] = first(("docker info", lambda: engine.info(host)))
    if isinstance(info, Unknown):
        return DockerStorage(info, info, info, info)
    storage = _storage(host, info.value)
    roots: Fact[tuple[str, ...]] = first(("docker info", lambda: _roots(host, info.value)))
    return DockerStorage(
        storage,
        Known(roots.value[-1], roots.source) if isinstance(roots, Known) else roots,
        _container_space(host, storage, roots),
        _tightest(host, roots.value) if isinstance(roots, Known) else roots,
    )


_REASONS = {
    "absent": "docker is not installed",
    "stopped": "docker is not running",
    "podman": "podman answers, not Docker",
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


def _container_space(host: Host, storage: Fact[Storage], roots: Fact[tuple[str, ...]]) -> Fact[Space]:
    if isinstance(storage, Unknown):
        return storage
    driver = storage.value
    spaces = roots if isinstance(roots, Unknown) else _spaces(host, roots.value)
    if isinstance(spaces, Unknown):
        if driver.pool_free is None:
            return spaces
        return Known(Space(None, "", driver.base_size, driver.pool_free, driver.driver), "docker info")
    free, path = min(spaces.value)
    source = f"docker info, file system of {path}"
    return Known(Space(Bytes(free), path, driver.base_size, driver.pool_free, driver.driver), source)


def _tightest(host: Host, roots: tuple[str, ...]) -> Fact[Bytes]:
    spaces = _spaces(host, roots)
    if isinstance(spaces, Unknown):
        return spaces
    free, path = min(spaces.value)
    return Known(Bytes(free), f"file system of {path}")


def _spaces(host: Host, roots: tuple[str, ...]) -> Fact[tuple[tuple[int, str], ...]]:
    answer: Fact[tuple[tuple[int, str], ...]] = first(
        ("file system", lambda: tuple((_free(host, path), path) for path in roots))
    )
    return answer


def _free(host: Host, path: str) -> int:
    """Bytes left. A root of the running engine that is not here lies in another mount namespace."""
    if host.live:
        try:
            host.stat(path)
        except Absent as error:
            raise ValueError(f"{path}, which docker names, is not to be seen from here") from error
        except Unreadable:
            pass  # it is there, in a directory that only root may enter
    return host.filesystem(path).free


def _images_without_engine(host: Host, state: Optional[str], gone: Unknown) -> Fact[Bytes]:
    if state not in {"absent", "stopped"}:
        return gone
    reason = engine.elsewhere(host)
    if reason:
        return Unknown(reason)
    answer: Fact[Bytes] = first(("file system", lambda: _images_later(host, state)))
    return answer


def _images_later(host: Host, state: Optional[str]) -> Fact[Bytes]:
    path = _WITHOUT_DOCKER if state == "absent" else daemon_config.data_root(host) or _DEFAULT_ROOT
    return Known(Bytes(host.filesystem(path).free), f"file system of {path}")
