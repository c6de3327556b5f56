"""The C compiler, by which kernel modules are built."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, Unknown, doc, first
from envcheck.host.base import Host, NotRecorded
from envcheck.lazy import regex
from envcheck.probes.shared import on_path, packages
from envcheck.record import Record
from envcheck.values import Version

WAITS = True

_VERSION = regex(r"\S*gcc\S* (?:\(.*?\) )?(?P<version>\d+(?:\.\d+)+)")


class Gcc(Record):
    """The command gcc."""

    present: Annotated[
        Fact[bool],
        doc("whether there is a command gcc", zh="是否有 gcc 命令", sources="trusted path, rpm or dpkg"),
    ]
    version: Annotated[
        Fact[Version],
        doc(
            "version of the C compiler; unknown where there is none",
            zh="C 编译器的版本；没有时为未知",
            sources="gcc --version, rpm or dpkg",
            example="4.8.5",
        ),
    ]


def collect(host: Host) -> Gcc:
    """Look on the trusted path and run it; a record answers by its outputs and packages."""
    present = on_path.present(host, "gcc")
    absent = not isinstance(present, Unknown) and not present.value
    return Gcc(present, Unknown("gcc is not installed") if absent else _version(host))


def _version(host: Host) -> Fact[Version]:
    answer: Fact[Version] = first(
        ("gcc --version", lambda: _said(host.run("gcc", "--version").stdout)),
        ("packages", lambda: _packaged(host)),
    )
    return answer


def _said(text: str) -> Version:
    """`gcc (GCC) 4.8.5 20150623 (Red Hat 4.8.5-44)`: what follows the vendor's bracket."""
    match = _VERSION.match(text)
    if match is None:
        raise ValueError("tells no version")
    return Version(match["version"])


def _packaged(host: Host) -> Version:
    if host.live:
        raise NotRecorded("gcc does not run")
    return Version(packages.installed(host)["gcc"][0].upstream)
