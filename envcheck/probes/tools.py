"""Tools that the installers call."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Unknown, doc, first
from envcheck.host.base import Absent, Host, NotRecorded
from envcheck.lazy import regex
from envcheck.probes.shared import packages
from envcheck.record import Record
from envcheck.values import Version

WAITS = True

_GCC = regex(r"\S*gcc\S* (?:\(.*?\) )?(?P<version>\d+(?:\.\d+)+)")


class Tools(Record):
    """Commands on the trusted path."""

    gcc: Annotated[
        Fact[Version],
        doc(
            "version of the C compiler; unknown where there is none",
            zh="C 编译器的版本；没有时为未知",
            sources="gcc --version, rpm or dpkg",
            example="4.8.5",
        ),
    ]
    gcc_present: Annotated[
        Fact[bool],
        doc("whether there is a command gcc", zh="是否有 gcc 命令", sources="trusted path, rpm or dpkg"),
    ]
    tar: Annotated[
        Fact[bool],
        doc("whether there is a command tar", zh="是否有 tar 命令", sources="trusted path, rpm or dpkg"),
    ]
    unzip: Annotated[Fact[bool], doc("whether there is a command unzip", sources="trusted path, rpm or dpkg")]


def collect(host: Host) -> Tools:
    """Look on the trusted path; a record answers by its outputs and packages too."""
    present = _present(host, "gcc")
    absent = not isinstance(present, Unknown) and not present.value
    return Tools(
        gcc=Unknown("gcc is not installed") if absent else _gcc(host),
        gcc_present=present,
        tar=_present(host, "tar"),
        unzip=_present(host, "unzip"),
    )


def _present(host: Host, command: str) -> Fact[bool]:
    answer: Fact[bool] = first((f"trusted path ({command})", lambda: _on_path(host, command)))
    return answer


def _on_path(host: Host, command: str) -> bool:
    try:
        return bool(host.which(command))
    except Absent:
        return False


def _gcc(host: Host) -> Fact[Version]:
    answer: Fact[Version] = first(
        ("gcc --version", lambda: _gcc_version(host.run("gcc", "--version").stdout)),
        ("packages", lambda: _gcc_package(host)),
    )
    return answer


def _gcc_version(text: str) -> Version:
    """`gcc (GCC) 4.8.5 20150623 (Red Hat 4.8.5-44)`: what follows the vendor's bracket."""
    match = _GCC.match(text)
    if match is None:
        raise ValueError("tells no version")
    return Version(match["version"])


def _gcc_package(host: Host) -> Version:
    if host.live:
        raise NotRecorded("gcc does not run")
    return Version(packages.installed(host)["gcc"][0].upstream)
