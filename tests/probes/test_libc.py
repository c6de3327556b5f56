"""The host's glibc, from whatever tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host, Output
from envcheck.host.tree import TreeHost
from envcheck.probes import libc

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]


def glibc(host: Host) -> tuple[str, str]:
    found = libc.collect(host).glibc
    assert isinstance(found, Known), found
    return str(found.value), found.source


def test_getconf_comes_first(scripted: Scripted) -> None:
    host = scripted(
        {"run getconf GNU_LIBC_VERSION": "glibc 2.17\n", "run ldd --version": "ldd (GNU libc) 2.28\n"}
    )
    assert glibc(host) == ("2.17", "getconf GNU_LIBC_VERSION")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("ldd (GNU libc) 2.14.1\nCopyright (C) 2011\n", "2.14.1"),
        ("ldd (Debian GLIBC 2.31-13+deb11u5) 2.31\n", "2.31"),
        ("ldd (Ubuntu EGLIBC 2.19-0ubuntu6.6) 2.19\n", "2.19"),
    ],
)
def test_ldd(tree: Tree, text: str, version: str) -> None:
    assert glibc(tree({"sos_commands/envcheck/ldd_--version": text})) == (version, "ldd --version")


def test_musl_is_no_glibc(scripted: Scripted) -> None:
    musl = Output("", "musl libc (x86_64)\nVersion 1.2.3\n", 1)
    host = scripted({"run getconf": Output("", "getconf: unknown variable", 1), "run ldd": musl})
    found = libc.collect(host).glibc
    assert isinstance(found, Unknown)
    assert "musl, not glibc" in found.reason


def test_name_of_the_library(tree: Tree) -> None:
    old = {"usr/lib64/libc-2.12.so": "", "usr/lib64/libc.so.6": "-> libc-2.12.so", "lib64": "-> usr/lib64"}
    assert glibc(tree(old)) == ("2.12", "libc.so.6")


def test_library_that_is_no_link_tells_nothing(tree: Tree) -> None:
    found = libc.collect(tree({"lib/x86_64-linux-gnu/libc.so.6": "ELF"})).glibc
    assert isinstance(found, Unknown)
    assert "tells no version" in found.reason


def test_packages(tree: Tree) -> None:
    debs = "ii  libc6:amd64  2.31-0ubuntu9.2  amd64  GNU C Library\n"
    assert glibc(tree({"etc/os-release": "ID=ubuntu\n", "installed-debs": debs})) == ("2.31", "packages")
    musl = "ii  musl  1.2.2-1  amd64  C library\n"
    assert isinstance(
        libc.collect(tree({"etc/os-release": "ID=ubuntu\n", "installed-debs": musl})).glibc, Unknown
    )
