"""Sosreports hold little of /sys/class/net: what `ip` and `ifconfig` printed of the links counts too."""

from __future__ import annotations

from typing import Optional

import pytest

from envcheck.facts import Known
from envcheck.probes import network
from envcheck.probes.network import Interface
from tests.conftest import Tree

LINK = "    link/ether 52:54:00:0a:0b:0c brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 9000\n"
OLD_STYLE = "eth0      Link encap:Ethernet  HWaddr 52:54:00:0A:0B:0C\n          inet addr:10.0.0.5\n"
UP, LOST = "BROADCAST,MULTICAST,UP,LOWER_UP", "NO-CARRIER,BROADCAST,MULTICAST,UP"


def line(number: int, name: str, flags: str = UP, state: str = "UP", of: str = "") -> str:
    return f"{number}: {name}: <{flags}> mtu 1500 qdisc mq {of}state {state} group default qlen 1000\n{LINK}"


def address(name: str, scope: str = "global", at: str = "10.0.0.5") -> str:
    return f"    inet {at}/24 brd 10.0.0.255 scope {scope} {name}\n       valid_lft forever\n"


def in_sos(name: str, place: str = "pci0000:00/0000:00:19.0", flags: str = "0x1003") -> dict[str, str]:
    """What sos copies of one interface: a link and two files; never the state, nor the kind."""
    folder = f"sys/devices/{place}/net/{name}"
    return {
        f"sys/class/net/{name}": f"-> ../../devices/{place}/net/{name}",
        f"{folder}/flags": f"{flags}\n",
        f"{folder}/statistics/rx_bytes": "12\n",
    }


def found(tree: Tree, ip: str, *copied: dict[str, str]) -> dict[str, Interface]:
    files = {path: text for each in copied for path, text in each.items()}
    fact = network.collect(tree({**files, "sos_commands/networking/ip_-d_address": ip})).interfaces
    assert isinstance(fact, Known), fact
    return {each.name: each for each in fact.value}


@pytest.mark.parametrize(
    ("flags", "state", "up"),
    [
        (UP, "UP", True),
        (UP, "UNKNOWN", True),
        (LOST, "DOWN", False),
        ("BROADCAST,MULTICAST", "DOWN", False),
        (UP, "LOWERLAYERDOWN", False),
        ("BROADCAST,MULTICAST,UP", "UNKNOWN", None),
    ],
)
def test_the_link_is_as_ip_printed_it(tree: Tree, flags: str, state: str, up: Optional[bool]) -> None:
    ip = line(2, "eth0", flags, state) + address("eth0")
    assert found(tree, ip, in_sos("eth0"))["eth0"] == Interface("eth0", "wired", up, ("10.0.0.5",), True)


@pytest.mark.parametrize(
    ("flags", "up"), [("0x1003", None), ("0x1002", False), ("0x1043", True), ("?", None)]
)
def test_flags_alone_tell_only_what_the_administrator_wants(
    tree: Tree, flags: str, up: Optional[bool]
) -> None:
    """The kernel shows them there without the one that says that there is a link."""
    oneline = f"2: eth0{address('eth0')}"
    assert found(tree, oneline, in_sos("eth0", flags=flags))["eth0"].up is up


STACKS = {
    "bond": line(2, "eth0", of="master bond0 ")
    + "    bond_slave state ACTIVE\n"
    + line(3, "bond0")
    + "    bond mode active-backup\n"
    + address("bond0"),
    "bridge": line(2, "eth0", of="master bond0 ")
    + "    bridge_slave state forwarding\n"
    + line(3, "bond0")
    + "    bridge forward_delay 1500\n"
    + address("bond0"),
    "vlan": line(2, "eth0")
    + line(3, "bond0@eth0")
    + "    vlan protocol 802.1Q id 7 <REORDER_HDR>\n"
    + address("bond0"),
}


@pytest.mark.parametrize("sysfs", [True, False])
@pytest.mark.parametrize("kind", STACKS)
def test_what_lies_over_a_wired_one_is_wired(tree: Tree, kind: str, sysfs: bool) -> None:
    copied = (in_sos("eth0"), in_sos("bond0", "virtual")) if sysfs else ()
    shown = found(tree, STACKS[kind], *copied)
    assert shown["bond0"] == Interface("bond0", "wired", True, ("10.0.0.5",), True)


@pytest.mark.parametrize("sysfs", [True, False])
@pytest.mark.parametrize("kind", ["bond", "bridge"])
def test_a_stack_over_a_lost_link_is_not_up(tree: Tree, kind: str, sysfs: bool) -> None:
    copied = (in_sos("eth0"), in_sos("bond0", "virtual")) if sysfs else ()
    ip = STACKS[kind].replace(UP, LOST, 1).replace("state UP", "state DOWN", 1)
    assert found(tree, ip, *copied)["bond0"].up is False


@pytest.mark.parametrize("sysfs", [True, False])
@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("podman0", "bridge forward_delay 1500"),
        ("br7", "bridge forward_delay 1500"),
        ("vnet0", "tun type tap"),
        ("ve-x", "veth"),
        ("lan0", "macvlan mode bridge"),
        ("vx0", "vxlan id 7"),
        ("w0", "wireguard"),
    ],
)
def test_what_leads_to_containers_or_tunnels_is_virtual(
    tree: Tree, name: str, made: str, sysfs: bool
) -> None:
    ip = (
        f"{line(2, 'eth0')}{line(3, name)}    {made}\n{address(name)}{line(4, 'veth9', of=f'master {name} ')}"
    )
    ip += "    veth\n    bridge_slave state forwarding\n"
    copied = (in_sos("eth0"), in_sos(name, "virtual"), in_sos("veth9", "virtual")) if sysfs else ()
    assert found(tree, ip, *copied)[name].kind == "virtual"


@pytest.mark.parametrize("name", ["podman0", "podman1", "vnet0", "vnet12", "cni-podman0", "wg0", "lxcbr0"])
def test_by_its_name_alone_it_is_virtual(tree: Tree, name: str) -> None:
    assert found(tree, f"2: {name}{address(name)}")[name].kind == "virtual"


@pytest.mark.parametrize("name", ["wlp3s0", "wwan0"])
def test_a_wireless_card_of_a_sosreport_is_known_by_its_name(tree: Tree, name: str) -> None:
    assert found(tree, line(2, name) + address(name), in_sos(name))[name].kind == "wireless"


@pytest.mark.parametrize(
    ("printed", "up"),
    [
        ("eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet 10.0.0.5 ", True),
        ("eth0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500\n        inet 10.0.0.5 ", False),
        (f"{OLD_STYLE}          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1", True),
        (f"{OLD_STYLE}          UP BROADCAST MULTICAST  MTU:1500  Metric:1", False),
    ],
)
def test_ifconfig_tells_the_link_too(tree: Tree, printed: str, up: bool) -> None:
    fact = network.collect(tree({"sos_commands/networking/ifconfig_-a": f"{printed}\n"})).interfaces
    assert isinstance(fact, Known)
    assert [(each.name, each.kind, each.up) for each in fact.value] == [("eth0", "wired", up)]
