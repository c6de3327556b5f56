"""The source (headers) of the running kernel, which NVIDIA's driver is built against."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Unknown, doc, first
from envcheck.host.base import Host, Unreadable
from envcheck.lazy import regex
from envcheck.probes.shared import packages
from envcheck.record import Record

_DEVEL = regex(r"kernel(?:-\w+)*-devel")
"""kernel-devel, and those of other kernels: kernel-ml-devel, kernel-lt-devel, kernel-uek-devel."""


class KernelSource(Record):
    """Whether it is installed, and where it is or was looked for."""

    present: bool
    path: str

    def __str__(self) -> str:
        return self.path if self.present else f"not installed (no {self.path})"


class KernelSources(Record):
    """Kernel source trees."""

    tree: Annotated[
        Fact[KernelSource],
        doc(
            "source of the running kernel",
            zh="运行中内核的源码",
            sources="/usr/src, /lib/modules/*/build, rpm or dpkg",
            example="/usr/src/kernels/3.10.0-957.el7.x86_64",
        ),
    ]


def collect(host: Host) -> KernelSources:
    """Look where distributions put it, in a record also for its package."""
    release: Fact[str] = first(
        ("/proc/sys/kernel/osrelease", lambda: host.read("/proc/sys/kernel/osrelease").strip()),
        ("uname -r", lambda: host.run("uname", "-r").stdout.split()[0]),
        ("uname -a", lambda: host.run("uname", "-a").stdout.split()[2]),
    )
    if isinstance(release, Unknown):
        return KernelSources(release)
    return KernelSources(
        first(
            ("/usr/src", lambda: _in_folders(host, release.value)),
            ("packages", lambda: _in_packages(host, release.value)),
        )
    )


def _in_folders(host: Host, release: str) -> KernelSource:
    unknown: Unreadable | None = None
    for path in (
        f"/usr/src/kernels/{release}",
        f"/usr/src/linux-headers-{release}",
        f"/lib/modules/{release}/build",  # a link, left dangling when the source is removed
    ):
        try:
            if host.exists(path):
                return KernelSource(True, path)
        except Unreadable as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return KernelSource(False, _usual_path(host, release))


def _in_packages(host: Host, release: str) -> KernelSource:
    present = any(
        name == f"linux-headers-{release}" or (_DEVEL.fullmatch(name) and f"{p.version}.{p.arch}" == release)
        for name, versions in packages.installed(host).items()
        for p in versions
    )
    return KernelSource(present, _usual_path(host, release))


def _usual_path(host: Host, release: str) -> str:
    try:
        debian = packages.manager(host) == "dpkg"
    except Unreadable:
        debian = False
    return f"/usr/src/linux-headers-{release}" if debian else f"/usr/src/kernels/{release}"
