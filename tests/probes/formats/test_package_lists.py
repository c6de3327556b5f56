"""Lists of installed packages, as each tool prints them."""

from __future__ import annotations

import pytest

from envcheck.probes.formats import packages
from envcheck.probes.formats.packages import Package


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("glibc-2.17-260.el7.x86_64          Tue 05 Mar 2019", Package("glibc", "2.17-260.el7", "x86_64")),
        ("glibc (none):2.17-260.el7 x86_64", Package("glibc", "(none):2.17-260.el7", "x86_64")),
        ("make 1:3.82-24.el7 x86_64", Package("make", "1:3.82-24.el7", "x86_64")),
        ("python-2.7.5-89.el7.x86_64", Package("python", "2.7.5-89.el7", "x86_64")),
        ("nvidia-docker2-2.0.3-1.docker17.12.1.ce", Package("nvidia-docker2", "2.0.3-1.docker17.12.1.ce")),
        ("gpg-pubkey-f4a80eb5-53a7ff4b.(none)", Package("gpg-pubkey", "f4a80eb5-53a7ff4b", "(none)")),
    ],
)
def test_rpm_lines(line: str, package: Package) -> None:
    assert packages.from_rpm(line + "\n") == {package.name: (package,)}


def test_several_versions_of_one_name() -> None:
    found = packages.from_rpm("kernel-3.10.0-957.el7.x86_64\nkernel-3.10.0-1160.el7.x86_64\n")["kernel"]
    assert [package.version for package in found] == ["3.10.0-957.el7", "3.10.0-1160.el7"]


def test_dpkg_lines() -> None:
    text = """\
||/ Name           Version         Architecture Description
+++-==============-===============-============-===========
ii  libc6:amd64    2.31-0ubuntu9.9 amd64        GNU C Library
hi  gcc            4:9.3.0-1       amd64        held, and there
rc  tar            1.30+dfsg-7     amd64        removed, settings left
"""
    assert packages.from_dpkg(text) == {
        "libc6": (Package("libc6", "2.31-0ubuntu9.9"),),
        "gcc": (Package("gcc", "4:9.3.0-1"),),
    }


def test_dpkg_query() -> None:
    text = "install ok installed\tgcc\t4:9.3.0-1\n"
    text += "deinstall ok config-files\ttar\t1.30\nunknown ok not-installed\tunzip\t\n"
    assert packages.from_dpkg(text) == {"gcc": (Package("gcc", "4:9.3.0-1"),)}


def test_upstream_version() -> None:
    assert Package("gcc", "4:9.3.0-1ubuntu2").upstream == "9.3.0"
    assert Package("nvidia-docker2", "2.0.3-1.docker17.12.1.ce").upstream == "2.0.3"


@pytest.mark.parametrize(
    "text", ["", "rpm: command not found\n", "bash-4.2-1.x86_64\nerror: rpmdb open failed\n"]
)
def test_list_that_is_empty_or_breaks_off(text: str) -> None:
    with pytest.raises(ValueError):
        packages.from_rpm(text)
