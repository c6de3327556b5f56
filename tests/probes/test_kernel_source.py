"""The source of the kernel that runs, not of another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.host.tree import TreeHost
from envcheck.probes import kernel_source

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]
EL7 = "3.10.0-957.el7.x86_64"


def source(host: Host) -> kernel_source.KernelSource:
    found = kernel_source.collect(host).tree
    assert isinstance(found, Known), found
    return found.value


@pytest.mark.parametrize(
    "path", [f"/usr/src/kernels/{EL7}", f"/usr/src/linux-headers-{EL7}", f"/lib/modules/{EL7}/build"]
)
def test_folders(scripted: Scripted, path: str) -> None:
    found = source(scripted({"read /proc/sys/kernel/osrelease": EL7 + "\n", f"stat {path}": 1}))
    assert (found.present, str(found)) == (True, path)


def test_source_of_another_kernel_does_not_count(scripted: Scripted) -> None:
    script = {"run uname -r": EL7 + "\n", "stat /usr/src/kernels/3.10.0-862.el7.x86_64": 1}
    assert str(source(scripted(script))) == f"not installed (no /usr/src/kernels/{EL7})"
    debian = source(scripted({**script, "read /etc/os-release": "ID=debian\n"}))
    assert debian.path == f"/usr/src/linux-headers-{EL7}"


def rpms(*lines: str) -> dict[str, str]:
    return {
        "sos_commands/kernel/uname_-a": f"Linux host {EL7} #1 SMP Thu Nov 8 23:39:32 UTC 2018 x86_64\n",
        "etc/redhat-release": "CentOS Linux release 7.6.1810",
        "installed-rpms": "\n".join(("bash-4.2.46-34.el7.x86_64", *lines, "")),
    }


def test_recorded_packages(tree: Tree) -> None:
    assert source(tree(rpms("kernel-devel-3.10.0-862.el7.x86_64", f"kernel-devel-{EL7}"))).present
    assert not source(tree(rpms("kernel-devel-3.10.0-862.el7.x86_64", f"kernel-{EL7}"))).present


def test_recorded_debian_package(tree: Tree) -> None:
    record = {
        "proc/sys/kernel/osrelease": "4.15.0-65-generic\n",
        "etc/os-release": "ID=ubuntu\n",
        "installed-debs": "ii  linux-headers-4.15.0-65-generic  4.15.0-65.74  amd64  headers\n",
    }
    assert source(tree(record)).present
    record["proc/sys/kernel/osrelease"] = "4.15.0-66-generic\n"
    assert not source(tree(record)).present


def test_record_that_says_nothing(tree: Tree) -> None:
    assert isinstance(kernel_source.collect(tree({"etc/hostname": "x"})).tree, Unknown)
    assert isinstance(kernel_source.collect(tree({"proc/sys/kernel/osrelease": EL7})).tree, Unknown)
