"""Installed packages that are in the way of docker-ce and nvidia-docker2."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, Known, Unknown, doc, first, map_fact
from envcheck.host.base import Absent, Host, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import rpm_version
from envcheck.probes.formats.packages import Packages
from envcheck.probes.shared import engine, packages, runtime
from envcheck.record import Record

WAITS = True

_WANTED = {
    "audit-libs": "2.7.6-3.el7",
    "libsemanage": "2.5-8.el7",
    "policycoreutils": "2.5-17.1.el7",
}
"""The versions that the kit's docker-ce comes with; yum refuses to go back to them by itself."""
_LEFTOVER = regex(r"(?:lib)?nvidia-container")
_TOOLKITS = ("nvidia-container-toolkit", "nvidia-container-runtime")


class InstalledPackages(Record):
    """What the package manager has installed, as far as it matters here."""

    manager: Annotated[
        Fact[Literal["rpm", "dpkg", "none"]],
        doc("the distribution's package manager", sources="os-release", example="rpm"),
    ]
    el7: Annotated[
        Fact[bool],
        doc(
            "whether this is Enterprise Linux 7 (RHEL, CentOS or a rebuild)",
            zh="是否为 Enterprise Linux 7（RHEL、CentOS 或其衍生版）",
            sources="release files",
        ),
    ]
    docker_ce: Annotated[Fact[bool], doc("whether docker-ce is installed", sources="rpm or dpkg")]
    conflicts: Annotated[
        Fact[tuple[str, ...]],
        doc(
            "on Enterprise Linux 7 without docker-ce: packages newer than the kit's docker-ce can follow",
            zh="未装 docker-ce 的 Enterprise Linux 7 上，比部署包中 docker-ce 所能适配的更新的软件包",
            sources="release files, rpm",
            example=("audit-libs 2.8.5-4.el7 is newer than 2.7.6-3.el7",),
        ),
    ]
    leftovers: Annotated[
        Fact[tuple[str, ...]],
        doc(
            "nvidia-container packages without nvidia-docker2 or a toolkit that docker knows",
            zh="缺少 nvidia-docker2 或 docker 已知 toolkit 时残留的 nvidia-container 软件包",
            sources="rpm or dpkg, docker info",
            example=("libnvidia-container1 1.0.0-1",),
        ),
    ]


def collect(host: Host) -> InstalledPackages:
    """Ask the package manager once for everything."""
    installed: Fact[Packages] = first(("packages", lambda: packages.installed(host)))
    manager: Fact[packages.Manager] = first(("os-release", lambda: packages.manager(host)))
    el7: Fact[bool] = first(("release files", lambda: _is_el7(host)))
    return InstalledPackages(
        manager=manager,
        el7=el7,
        docker_ce=map_fact(installed, lambda found: "docker-ce" in found),
        conflicts=_conflicts(el7, installed),
        leftovers=_leftovers(host, installed),
    )


def _is_el7(host: Host) -> bool:
    """Raises Unreadable when no release file is to be had."""
    problem: Optional[Unreadable] = None
    for path, pattern in (
        ("/etc/os-release", r'^VERSION_ID=["\']?7(?:[."\']|$)'),
        ("/etc/redhat-release", r"\brelease 7\b"),
    ):
        try:
            text = host.read(path)
        except Unreadable as error:
            problem = problem if problem and isinstance(error, Absent) else error
            continue
        family = path != "/etc/os-release" or re.search(
            r"^ID(?:_LIKE)?=.*\b(rhel|centos)\b", text, re.MULTILINE
        )
        return bool(family and re.search(pattern, text, re.MULTILINE))
    if problem is not None and not isinstance(problem, Absent):
        raise problem
    return False


def _conflicts(el7: Fact[bool], installed: Fact[Packages]) -> Fact[tuple[str, ...]]:
    if isinstance(el7, Unknown):
        return el7
    if not el7.value:
        return Known((), el7.source)
    answer: Fact[tuple[str, ...]] = map_fact(installed, _newer_than_wanted)
    return answer


def _newer_than_wanted(installed: Packages) -> tuple[str, ...]:
    if "docker-ce" in installed:
        return ()
    return tuple(
        f"{name} {_shown(package.version)} is newer than {wanted}"
        for name, wanted in _WANTED.items()
        for package in installed.get(name, ())[:1]
        if rpm_version.compare(package.version, wanted) > 0
    )


def _leftovers(host: Host, installed: Fact[Packages]) -> Fact[tuple[str, ...]]:
    if isinstance(installed, Unknown):
        return installed
    found = tuple(
        f"{name} {_shown(packages_[0].version)}"
        for name, packages_ in sorted(installed.value.items())
        if _LEFTOVER.match(name)
    )
    if not found or "nvidia-docker2" in installed.value:
        return Known((), installed.source)
    if not any(name in installed.value for name in _TOOLKITS):
        return Known(found, installed.source)
    answer: Fact[tuple[str, ...]] = first(
        (installed.source, lambda: () if _in_use(host) else found),
    )
    return answer


def _in_use(host: Host) -> bool:
    """Whether docker knows the toolkit's runtime, or will by its configuration once it runs."""
    known = runtime.registered(host)
    if known is None:
        try:
            absent = engine.find(host).state == "absent"
        except Unreadable:
            absent = False
        return not absent and runtime.configured(host)
    return known


def _shown(version: str) -> str:
    return version.removeprefix("(none):").removeprefix("0:")
