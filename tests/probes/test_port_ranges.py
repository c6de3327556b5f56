"""Ranges of ports, and the kernel's settings."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.belongings import Process
from envcheck.probes import port_ranges, sysctl
from tests.conftest import Tree
from tests.probes.conftest import Scripted

RANGE = "proc/sys/net/ipv4/ip_local_port_range"
RESERVED = "proc/sys/net/ipv4/ip_local_reserved_ports"


def test_the_kernels_range(tree: Tree) -> None:
    found = port_ranges.collect(tree({RANGE: "32768\t60999\n", RESERVED: "\n"}))
    assert found.ephemeral == Known(port_ranges.Range(32768, 60999, 28232), f"/{RANGE}")
    assert isinstance(found.node_ports, Known)
    assert str(found.node_ports.value) == "30000-32767"


@pytest.mark.parametrize(
    ("reserved", "shown"),
    [
        ("33000-65535", "32768-60999, 232 of them not reserved"),
        ("8080,33000-33009,40000", "32768-60999, 28221 of them not reserved"),
        ("8080", "32768-60999"),
    ],
)
def test_what_is_reserved(tree: Tree, reserved: str, shown: str) -> None:
    found = port_ranges.collect(tree({RANGE: "32768 60999", RESERVED: reserved})).ephemeral
    assert isinstance(found, Known)
    assert str(found.value) == shown


@pytest.mark.parametrize("text", ["", "32768", "a b", "60999 32768", "1 99999"])
def test_what_is_no_range(tree: Tree, text: str) -> None:
    assert isinstance(port_ranges.collect(tree({RANGE: text})).ephemeral, Unknown)


def test_a_record_of_sysctl(tree: Tree) -> None:
    host = tree(
        {"sos_commands/kernel/sysctl_-a": "net.ipv4.ip_local_port_range = 10240\t29999\nvm.swappiness = 30\n"}
    )
    found = port_ranges.collect(host).ephemeral
    assert isinstance(found, Known)
    assert (found.value.first, found.value.last, found.source) == (10240, 29999, "sysctl -a")
    assert sysctl.collect(host, sysctl.Settings("vm.swappiness")).value == Known("30", "sysctl -a")
    assert isinstance(sysctl.collect(host, sysctl.Settings("vm.swap")).value, Unknown)


@pytest.mark.parametrize(
    ("said", "number"),
    [("4096\n", 4096), ("-1\n", -1), ("18446744073709551615\n", (1 << 64) - 1)],
)
def test_a_setting_is_compared_as_a_number(tree: Tree, said: str, number: int) -> None:
    host = tree({"proc/sys/net/core/somaxconn": said})
    found = sysctl.collect(host, sysctl.Settings("net.core.somaxconn"))
    assert found.number == Known(number, "/proc/sys/net/core/somaxconn")


@pytest.mark.parametrize("said", ["10240 29999\n", "on\n", "１\n", "9" * 5000, ""])
def test_a_setting_that_is_no_number_is_unknown_as_one(tree: Tree, said: str) -> None:
    found = sysctl.collect(tree({"proc/sys/x/y": said}), sysctl.Settings("x.y")).number
    assert isinstance(found, Unknown)
    assert "is no whole number" in found.reason


def test_the_api_servers_own_range(scripted: Scripted, tree: Tree) -> None:
    line = "kube-apiserver --service-node-port-range=20000-22767 --v=2"
    running = scripted({"processes": [Process(5, "kube-apiserver", "root", line, None, None, "")]})
    manifest = tree(
        {"etc/kubernetes/manifests/kube-apiserver.yaml": "    - --service-node-port-range=1-65535\n"}
    )
    for host, shown in ((running, "20000-22767"), (manifest, "1-65535")):
        found = port_ranges.collect(host).node_ports
        assert isinstance(found, Known)
        assert str(found.value) == shown
