"""The kernel that runs."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.probes import kernel
from envcheck.values import Version
from tests.conftest import Tree


@pytest.mark.parametrize(
    ("files", "release"),
    [
        ({"proc/sys/kernel/osrelease": "3.10.0-957.el7.x86_64\n"}, "3.10.0-957.el7.x86_64"),
        (
            {"uname": "Linux study 3.10.0-327.el7.x86_64 #1 SMP Thu x86_64 GNU/Linux\n"},
            "3.10.0-327.el7.x86_64",
        ),
        ({"sos_commands/kernel/uname_-r": "6.1.0+\n"}, "6.1.0+"),
        ({"sos_commands/host/hostnamectl": "    Kernel: Linux 3.10.0-327.13.1.el7\n"}, "3.10.0-327.13.1.el7"),
    ],
)
def test_release(tree: Tree, files: dict[str, str], release: str) -> None:
    found = kernel.collect(tree(files))
    assert isinstance(found.release, Known)
    assert found.release.value == release
    assert isinstance(found.version, Known)
    assert found.version.value == Version(release)


@pytest.mark.parametrize(
    ("release", "enough"),
    [("3.9.11", False), ("3.2.0-99-generic", False), ("3.10.0-327.el7", True), ("4.4.0-fc", True)],
)
def test_versions_are_compared_as_numbers(tree: Tree, release: str, enough: bool) -> None:
    version = kernel.collect(tree({"proc/sys/kernel/osrelease": release})).version
    assert isinstance(version, Known)
    assert (version.value >= Version("3.10")) is enough


@pytest.mark.parametrize("files", [{}, {"uname": "Linux\n"}])
def test_without_a_release_it_is_unknown(tree: Tree, files: dict[str, str]) -> None:
    found = kernel.collect(tree(files))
    assert isinstance(found.release, Unknown)
    assert isinstance(found.version, Unknown)


def test_a_release_that_is_no_version_is_unknown(tree: Tree) -> None:
    found = kernel.collect(tree({"proc/sys/kernel/osrelease": "dev\n"}))
    assert isinstance(found.release, Known)
    assert isinstance(found.version, Unknown)
