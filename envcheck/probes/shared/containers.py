"""Signs of containers and of WSL."""

from __future__ import annotations

import re
from functools import partial
from typing import Optional

from envcheck.facts import Fact, Known, Unknown, first
from envcheck.host.base import Host
from envcheck.lazy import regex
from envcheck.probes.formats import lxcfs, virtual
from envcheck.probes.shared import described, engine
from envcheck.probes.shared.signs import Sign, first_sign, maybe

_WSL = regex(r"microsoft|\bwsl", re.IGNORECASE)
_WSL_MARKS = (
    "/proc/sys/fs/binfmt_misc/WSLInterop",
    "/proc/sys/fs/binfmt_misc/WSLInterop-late",
    "/run/WSL",
)
_MARKS = (("/.dockerenv", "docker"), ("/run/.containerenv", "podman"))
_MOUNTS = ("/proc/self/mounts", "/proc/mounts", "/proc/1/mountinfo")


def wsl(host: Host) -> Fact[bool]:
    """Whether Windows runs this kernel: its release says so, or the door to Windows' programs is there."""
    if _wsl_sign(host):
        return Known(True, "kernel release")
    release: Fact[str] = first(
        ("/proc/sys/kernel/osrelease", lambda: host.read("/proc/sys/kernel/osrelease")),
        ("/proc/version", lambda: host.read("/proc/version")),
        ("uname -r", lambda: host.run("uname", "-r").stdout),
        ("uname -a", lambda: host.run("uname", "-a").stdout),
        ("hostnamectl", lambda: described.hostnamectl(host)["Kernel"]),
        *(() if host.live else (("docker info", lambda: _engines_kernel(host)),)),
    )
    if isinstance(release, Unknown):
        return release
    return Known(release.source == "docker info" and bool(_WSL.search(release.value)), release.source)


def _engines_kernel(host: Host) -> str:
    """Of Docker Desktop it is the kernel of its own machine: that of Windows' Linux, or none of ours."""
    kernel = str(engine.info(host).get("KernelVersion") or "")
    if engine.elsewhere(host) or not _WSL.search(kernel):
        return engine.told(host, "KernelVersion")
    return kernel


def sign(host: Host) -> Optional[Sign]:
    """The sign that the host shares its kernel with another one; None where none is seen."""
    return first_sign(
        (
            lambda: _wsl_sign(host),
            lambda: _mark(host),
            lambda: _named(host.read("/run/systemd/container"), "/run/systemd/container"),
            lambda: _environment(host.read("/proc/1/environ")),
            lambda: _cgroup(host.read("/proc/1/cgroup")),
            lambda: _openvz(host),
            lambda: _lxcfs(host),
        )
    )


def _wsl_sign(host: Host) -> Optional[Sign]:
    texts = (
        maybe(lambda: host.read("/proc/sys/kernel/osrelease")),
        maybe(lambda: host.read("/proc/version")),
        None if host.live else maybe(lambda: " ".join(host.run("uname", "-a").stdout.split()[2:])),
        None if host.live else maybe(lambda: host.run("uname", "-r").stdout),
        None if host.live else maybe(lambda: described.hostnamectl(host)["Kernel"]),
    )
    for text in texts:
        if text and _WSL.search(text):
            return Sign("wsl", f"kernel {text.strip()[:80]}")
    for path in _WSL_MARKS:
        if maybe(partial(host.exists, path)):
            return Sign("wsl", path)
    return None


def _mark(host: Host) -> Optional[Sign]:
    for path, kind in _MARKS:
        if maybe(partial(host.exists, path)):
            return Sign(kind, path)
    return None


def _named(text: str, source: str) -> Optional[Sign]:
    name = text.strip()
    return Sign(name, source) if name else None


def _environment(text: str) -> Optional[Sign]:
    for entry in text.split("\0"):
        if entry.startswith("container="):
            return _named(entry.partition("=")[2], "/proc/1/environ")
    return None


def _cgroup(text: str) -> Optional[Sign]:
    kind = virtual.cgroup_kind(text)
    return Sign(kind, "control groups of process 1") if kind else None


def _openvz(host: Host) -> Optional[Sign]:
    """The host of OpenVZ containers has /proc/bc as well."""
    if not host.exists("/proc/vz") or maybe(lambda: host.exists("/proc/bc")):
        return None
    return Sign("openvz", "/proc/vz without /proc/bc")


def _lxcfs(host: Host) -> Optional[Sign]:
    texts = [maybe(partial(host.read, path)) for path in (_MOUNTS[:1] if host.live else _MOUNTS)]
    texts += host.recorded("mount", "mount_-l").values()
    paths = {path for text in texts if text for path in lxcfs.replaced(text)}
    return Sign("lxc", f"lxcfs replaces {min(paths)}") if paths else None
