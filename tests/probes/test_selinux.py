"""SELinux: what is in force, and what the next boot brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.host.tree import TreeHost
from envcheck.probes import selinux

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]
ON = "nodev\tsysfs\nnodev\tselinuxfs\n\text4\n"
OFF = "nodev\tsysfs\n\text4\n"


def mode(host: Host) -> str:
    found = selinux.collect(host).mode
    assert isinstance(found, Known), found
    return found.value


def config(host: Host) -> str:
    found = selinux.collect(host).config
    assert isinstance(found, Known), found
    return found.value


def lasting(host: Host) -> bool:
    found = selinux.collect(host).lasting
    assert isinstance(found, Known), found
    return found.value


@pytest.mark.parametrize("path", ["sys/fs/selinux/enforce", "selinux/enforce"])
def test_kernel_says(tree: Tree, path: str) -> None:
    assert mode(tree({path: "1"})) == "enforcing"
    assert mode(tree({path: "0"})) == "permissive"


def test_kernel_without_selinuxfs_is_disabled(tree: Tree) -> None:
    assert mode(tree({"proc/filesystems": OFF})) == "disabled"


def test_selinux_without_a_policy_is_disabled(scripted: Scripted) -> None:
    script = {"read /proc/filesystems": ON, "read /proc/self/attr/current": "kernel\0"}
    assert mode(scripted(script)) == "disabled"


def test_selinux_out_of_sight_is_unknown(scripted: Scripted) -> None:
    script = {
        "read /proc/filesystems": ON,
        "read /proc/self/attr/current": "system_u:system_r:container_t:s0\0",
    }
    found = selinux.collect(scripted(script)).mode
    assert isinstance(found, Unknown)
    assert "can't be seen from here" in found.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELinux status:                 disabled\n", "disabled"),
        (
            "SELinux status:    enabled\nCurrent mode:      permissive\nMode from config file:  enforcing\n",
            "permissive",
        ),
        (
            "SELinux status: enabled\nCurrent mode: enforcing\n\nPolicy booleans:\nx_permissive  off\n",
            "enforcing",
        ),
    ],
)
def test_sestatus(tree: Tree, text: str, expected: str) -> None:
    assert mode(tree({"sos_commands/selinux/sestatus_-b": text})) == expected
    assert mode(tree({"sos_commands/selinux/sestatus": text})) == expected


@pytest.mark.parametrize(("text", "expected"), [("Enforcing", "enforcing"), ("Disabled\n", "disabled")])
def test_getenforce(tree: Tree, text: str, expected: str) -> None:
    assert mode(tree({"sos_commands/selinux/getenforce": text})) == expected


@pytest.mark.parametrize("text", ["", "SELinux status: enabled\n", "sestatus: command failed\n"])
def test_cut_output_is_unknown(tree: Tree, text: str) -> None:
    assert isinstance(selinux.collect(tree({"sos_commands/selinux/sestatus": text})).mode, Unknown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELINUX=disabled # was enforcing\n", "disabled"),
        ("#SELINUX=enforcing\nSELINUX=permissive\nSELINUXTYPE=targeted\n", "permissive"),
        ("# SELINUX= can take one of these\nSELINUX=Enforcing", "enforcing"),
        (" SELINUX=disabled\nSELINUX= enforcing\n", "enforcing"),
        ("SELINUX=typo\nSELINUX=disabled\nSELINUX=enforcing\n", "disabled"),
    ],
)
def test_config_as_libselinux_reads_it(tree: Tree, text: str, expected: str) -> None:
    assert config(tree({"etc/selinux/config": text})) == expected


def test_config_without_a_mode_is_unknown(tree: Tree) -> None:
    assert isinstance(selinux.collect(tree({"etc/selinux/config": "SELINUX=\nenforcing\n"})).config, Unknown)


def test_config_that_is_not_there(scripted: Scripted, tree: Tree) -> None:
    assert config(scripted({})) == "absent"
    assert lasting(scripted({})) is True
    assert config(tree({"etc/selinux/semanage.conf": ""})) == "absent"


def test_sestatus_tells_the_config_of_a_record_without_it(tree: Tree) -> None:
    text = "SELinux status: enabled\nCurrent mode: permissive\nMode from config file: enforcing\n"
    host = tree({"sos_commands/selinux/sestatus": text})
    assert config(host) == "enforcing"
    assert lasting(host) is False


@pytest.mark.parametrize(
    ("cmdline", "written", "expected"),
    [
        ("ro quiet", "enforcing", False),
        ("ro quiet", "permissive", True),
        ("ro selinux=0", "enforcing", True),
        ("ro enforcing=0", "enforcing", True),
        ("ro enforcing=0 enforcing=1", "permissive", False),
        ("ro enforcing=1", "disabled", True),
    ],
)
def test_next_boot(tree: Tree, cmdline: str, written: str, expected: bool) -> None:
    host = tree({"proc/cmdline": cmdline + "\n", "etc/selinux/config": f"SELINUX={written}\n"})
    assert lasting(host) is expected
