"""The host's C library."""

from __future__ import annotations

import re
from typing import Annotated

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host, Unreadable
from envcheck.probes.shared import packages
from envcheck.record import Record
from envcheck.values import Version

_LIBRARIES = ("/lib64/libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6")


class Libc(Record):
    """The C library that the host's programs use, never the one of envcheck's interpreter."""

    glibc: Annotated[
        Fact[Version],
        doc(
            "version of the GNU C library",
            zh="GNU C 库的版本",
            sources="getconf, ldd, the library's file name, rpm or dpkg",
            example="2.17",
        ),
    ]


def collect(host: Host) -> Libc:
    """Ask getconf, else ldd, else look at the library and at the package."""
    return Libc(
        first(
            ("getconf GNU_LIBC_VERSION", lambda: _by_getconf(host.run("getconf", "GNU_LIBC_VERSION").stdout)),
            ("ldd --version", lambda: _by_ldd(host)),
            ("libc.so.6", lambda: _by_library(host)),
            ("packages", lambda: _by_package(host)),
        )
    )


def _by_getconf(text: str) -> Version:
    match = re.fullmatch(r"glibc (\d+(?:\.\d+)+)\s*", text)
    if match is None:
        raise ValueError("tells no version of glibc")
    return Version(match[1])


def _by_ldd(host: Host) -> Version:
    """`ldd (Debian GLIBC 2.31-13+deb11u5) 2.31`: the last word of the first line counts."""
    output = host.run("ldd", "--version")
    if "musl libc" in output.stdout + output.stderr:
        raise ValueError("the C library is musl, not glibc")
    match = re.match(r"ldd \(.*\) (\d+(?:\.\d+)+)\s*$", output.stdout, re.MULTILINE)
    if match is None:
        raise ValueError("tells no version of glibc")
    return Version(match[1])


def _by_library(host: Host) -> Version:
    """Before 2.34 libc.so.6 is a link to libc-<version>.so."""
    problem: Unreadable | ValueError | None = None
    for path in _LIBRARIES:
        try:
            target = host.resolve(path)
        except Unreadable as error:
            problem = problem or error
            continue
        match = re.search(r"/libc-(\d+(?:\.\d+)+)\.so$", target)
        if match:
            return Version(match[1])
        problem = ValueError(f"{target} tells no version")
    raise problem or ValueError("there is none")


def _by_package(host: Host) -> Version:
    installed = packages.installed(host)
    for name in ("glibc", "libc6"):
        if name in installed:
            return Version(installed[name][0].upstream)
    raise ValueError("neither glibc nor libc6 is installed")
