"""The installed packages, by the package manager of the host's distribution."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from envcheck.host.base import Failed, Host, NotRecorded, Unreadable
from envcheck.probes.formats import packages
from envcheck.probes.formats.packages import Packages

Manager = Literal["rpm", "dpkg", "none"]

_RPM_IDS = frozenset(
    (
        *("rhel", "centos", "fedora", "ol", "rocky", "almalinux", "scientific", "amzn"),
        *("suse", "sles", "sles_sap", "opensuse"),
    )
)
_DPKG_IDS = frozenset(("debian", "ubuntu"))
_EVIDENCE: tuple[tuple[str, Manager], ...] = (
    ("/etc/redhat-release", "rpm"),
    ("/etc/SuSE-release", "rpm"),
    ("/etc/debian_version", "dpkg"),
    ("/var/lib/dpkg/status", "dpkg"),
    ("/var/lib/rpm", "rpm"),
    ("/installed-rpms", "rpm"),
    ("/installed-debs", "dpkg"),
)
_LISTS: Mapping[Manager, tuple[str, ...]] = {
    "rpm": ("rpm_*-qa*", "sh_-c_rpm_*-qa*"),
    "dpkg": ("dpkg_-l", "dpkg-query_*"),
}
"""Names of the outputs that list all packages, in a record."""
_SECONDS = 20.0


def manager(host: Host) -> Manager:
    """The distribution's package manager.

    The distribution decides, not which commands there are: `rpm` is installed on many a
    Debian and lists nothing there. Raises Unreadable where a record has no trace of either.
    """
    named = _named(host)
    if named is not None:
        return named
    missing: Unreadable | None = None
    for path, its_manager in _EVIDENCE:
        try:
            if host.exists(path):
                return its_manager
        except Unreadable as error:
            missing = error
    if missing is not None:
        listed = {kind for kind, patterns in _LISTS.items() if any(host.recorded(*patterns).values())}
        if len(listed) == 1:
            return listed.pop()
        raise missing
    return "none"


def _named(host: Host) -> Manager | None:
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        try:
            text = host.read(path)
        except Unreadable:
            continue
        words = re.findall(r"^ID(?:_LIKE)?=[\"']?([^\"'\n]*)", text, re.MULTILINE)
        ids = {name for word in words for name in re.split(r"[\s-]+", word.strip().lower())}
        if ids & _RPM_IDS:
            return "rpm"
        if ids & _DPKG_IDS:
            return "dpkg"
    return None


def installed(host: Host) -> Packages:
    """Every installed package; raises Unreadable where the list is not to be had or not whole."""
    kind = manager(host)
    if kind == "none":
        raise NotRecorded("no package manager that envcheck knows")
    read = packages.from_rpm if kind == "rpm" else packages.from_dpkg
    try:
        return read(_listed(host, kind))
    except ValueError as error:
        raise Failed(f"{kind}: {error}") from error


def _listed(host: Host, kind: Manager) -> str:
    if host.live:
        query = packages.RPM_QUERY if kind == "rpm" else packages.DPKG_QUERY
        output = host.run(*query, timeout=_SECONDS)
        if output.status != 0:
            raise Failed(f"{query[0]} failed: {output.stderr.strip()[:200]}")
        return output.stdout
    return _recorded(host, "installed-rpms" if kind == "rpm" else "installed-debs", *_LISTS[kind])


def _recorded(host: Host, root_file: str, *patterns: str) -> str:
    try:
        text = host.read(f"/{root_file}", 64 << 20)
        if text.strip():
            return text
    except Unreadable:
        pass
    for text in host.recorded(*patterns).values():
        if text.strip():
            return text
    raise NotRecorded(f"{root_file} is not in this record")
