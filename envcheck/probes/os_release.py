"""The Linux distribution and its version."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import NOT_RECORDED, Absent, Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import distribution
from envcheck.probes.formats import os_release as text_of
from envcheck.probes.formats.os_release import ReleaseLine
from envcheck.probes.shared import described
from envcheck.record import Record
from envcheck.values import Version

_OS_RELEASES = ("/etc/os-release", "/usr/lib/os-release")
_LINES = ("/etc/centos-release", "/etc/redhat-release", "/etc/oracle-release", "/etc/system-release")
# Their os-release may give the major only, and then the minor is not .0 but untold.
_WITH_MINOR = ("centos", "rhel")
_CPE = regex(r"cpe:(?:/|2\.3:)o:[^:]+:[^:]+:(\d+(?:\.\d+)*)(?::sp(\d+))?", re.IGNORECASE)
_NUMBER = regex(r"(\d+(?:\.\d+)*)(?:[ -]SP(\d+))?")


class Release(Record):
    """A distribution and its version."""

    distribution: str
    """Its id: centos, centos-stream, rhel, ubuntu, sles, scientific, rocky, …"""
    major: Optional[int]
    """7 of 7.2, 16 of 16.04; None where it has no numbers."""
    version: Optional[Version]
    """None where it is no number, or where only the major of CentOS or RHEL is told."""
    name: str
    """As the distribution calls itself, with the version."""

    def __str__(self) -> str:
        """`CentOS Linux 7.2.1511`."""
        return self.name


class OsRelease(Record):
    """What is installed, by its own account."""

    release: Annotated[
        Fact[Release],
        doc(
            "distribution and version",
            zh="发行版及版本",
            sources="os-release, other release files, /etc/lsb-release, lsb_release -a, hostnamectl",
            example="CentOS Linux 7.2.1511",
        ),
    ]


def collect(host: Host) -> OsRelease:
    """Ask os-release, made precise by the other release files; else those; else their commands."""
    return OsRelease(
        first(
            *((path, partial(_by_os_release, host, path)) for path in _OS_RELEASES),
            ("release files", lambda: _by_lines(host)),
            ("/etc/lsb-release", lambda: _by_lsb(text_of.read(host.read("/etc/lsb-release")))),
            (
                "lsb_release -a",
                lambda: _by_lsb(text_of.read_lsb_release(host.run("lsb_release", "-a").stdout)),
            ),
            ("hostnamectl", lambda: _by_hostnamectl(described.hostnamectl(host))),
        )
    )


def _by_os_release(host: Host, path: str) -> Release:
    values = text_of.read(host.read(path))
    lines = _release_lines(host)
    claimed = distribution.of_os_release(values)
    name = values.get("PRETTY_NAME") or values.get("NAME") or claimed or ""
    settled = distribution.settle(
        claimed, (distribution.by_name(other) for other in _other_names(host, lines))
    )
    if settled is None:
        raise ValueError("it names no distribution")
    version = values.get("VERSION_ID") or values.get("VERSION", "")
    if settled != claimed:  # its os-release is its parent's, the version too
        return _release(settled, "", _name_of(settled, host, lines))
    for line in lines:
        if _needs_minor(settled, version) and distribution.by_name(line.name) == settled:
            version, name = line.version, f"{line.name} {line.version}"
    if _needs_minor(settled, version):
        version = _cpe_version(values.get("CPE_NAME", "")) or version
    return _release(settled, version, name)


def _other_names(host: Host, lines: tuple[ReleaseLine, ...]) -> list[str]:
    """What the host calls itself outside os-release: Mint's is Ubuntu's."""
    return [line.name for line in lines] + [_lsb(host).get("DISTRIB_ID", "")]


def _name_of(settled: str, host: Host, lines: tuple[ReleaseLine, ...]) -> str:
    for line in lines:
        if distribution.by_name(line.name) == settled:
            return f"{line.name} {line.version}"
    return _lsb(host).get("DISTRIB_DESCRIPTION") or settled


def _lsb(host: Host) -> dict[str, str]:
    try:
        return text_of.read(host.read("/etc/lsb-release"))
    except (Unreadable, ValueError):
        return {}


def _release_lines(host: Host) -> tuple[ReleaseLine, ...]:
    """What each release file says; rebuilds of RHEL ship centos-release with their own name in it."""
    found = []
    for path in _LINES:
        try:
            found.append(text_of.read_release_line(host.read(path)))
        except (Unreadable, ValueError):
            continue
    return tuple(found)


def _by_lines(host: Host) -> Release:
    lines = _release_lines(host)
    if not lines:
        try:
            lines = (text_of.read_suse_release(host.read("/etc/SuSE-release")),)
        except Unreadable as error:
            if isinstance(error, Absent):
                raise Absent("no release file is there") from error
            raise NotRecorded(f"a release file {NOT_RECORDED}") from error
    settled = distribution.settle(None, (distribution.by_name(line.name) for line in lines))
    line = next((line for line in lines if distribution.by_name(line.name) == settled), lines[0])
    return _release(settled or "", line.version, f"{line.name} {line.version}")


def _by_lsb(values: dict[str, str]) -> Release:
    names = (values.get("DISTRIB_ID", ""), values.get("DISTRIB_DESCRIPTION", ""))
    settled = distribution.settle(None, map(distribution.by_name, names))
    if settled is None:
        raise ValueError("it names no distribution")
    return _release(settled, values.get("DISTRIB_RELEASE", ""), names[1] or names[0])


def _by_hostnamectl(values: dict[str, str]) -> Release:
    name = values["Operating System"]
    settled = distribution.by_name(name)
    if settled is None:
        raise ValueError("it names no distribution")
    number = _NUMBER.search(name)
    named = f"{number[1]}.{number[2]}" if number and number[2] else number[1] if number else ""
    version = _cpe_version(values.get("CPE OS Name", "")) or named
    return _release(settled, version, name if number else f"{name} {version}".strip())


def _cpe_version(cpe: str) -> str:
    match = _CPE.match(cpe)
    if match is None:
        return ""
    return f"{match[1]}.{match[2]}" if match[2] else match[1]


def _needs_minor(name: str, version: str) -> bool:
    return name in _WITH_MINOR and "." not in version


def _release(name: str, text: str, pretty: str) -> Release:
    number = re.match(r"\d+(?:\.\d+)*", text)
    if number is None:
        return Release(name, None, None, pretty)
    version = None if _needs_minor(name, number[0]) else Version(number[0])
    return Release(name, int(number[0].split(".")[0]), version, pretty)
