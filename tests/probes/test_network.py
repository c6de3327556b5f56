"""Wired interfaces that are up with an address: bonds, bridges and VLANs over them too."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.probes import network
from envcheck.probes.network import Interface
from tests.conftest import Tree

NET = "sys/class/net"
PCI = "devices/pci0000:00/0000:00:19.0"


def card(name: str, operstate: str = "up", carrier: str = "1", devtype: str = "") -> dict[str, str]:
    """A card of metal; the kind is that of /sys/class/net, where each name is a link."""
    place = f"{PCI}/net/{name}"
    return {
        f"{NET}/{name}": f"-> ../../{place}",
        f"sys/{place}/device": "-> ../..",
        f"sys/{place}/type": "1\n",
        f"sys/{place}/operstate": f"{operstate}\n",
        f"sys/{place}/carrier": f"{carrier}\n",
        f"sys/{place}/uevent": f"DEVTYPE={devtype}\nINTERFACE={name}\n" if devtype else f"INTERFACE={name}\n",
    }


def virtual(name: str, devtype: str = "", *lowers: str, operstate: str = "up", **more: str) -> dict[str, str]:
    place = f"devices/virtual/net/{name}"
    return {
        f"{NET}/{name}": f"-> ../../{place}",
        f"sys/{place}/type": "1\n",
        f"sys/{place}/operstate": f"{operstate}\n",
        f"sys/{place}/uevent": f"DEVTYPE={devtype}\n" if devtype else "INTERFACE=x\n",
        **{f"sys/{place}/lower_{lower}": f"-> ../../../{lower}" for lower in lowers},
        **{f"sys/{place}/{key.replace('_', '/')}": text for key, text in more.items()},
    }


LO = {f"{NET}/lo/type": "772\n", f"{NET}/lo/operstate": "unknown\n"}


def addresses(**of: str) -> dict[str, str]:
    lines = ["1: lo    inet 127.0.0.1/8 scope host lo\n"]
    for number, (name, address) in enumerate(of.items(), 2):
        family = "inet6" if ":" in address else "inet"
        scope = "link" if address.startswith("fe80") else "global"
        lines.append(f"{number}: {name.replace('__', '.')}    {family} {address}/24 scope {scope} {name}\n")
    return {"ip_addr": "".join(lines)}


def found(tree: Tree, *parts: dict[str, str]) -> dict[str, Interface]:
    fact = network.collect(tree({path: text for part in parts for path, text in part.items()})).interfaces
    assert isinstance(fact, Known), fact
    return {each.name: each for each in fact.value}


def test_a_card_with_link_and_address(tree: Tree) -> None:
    shown = found(tree, LO, card("eth0"), addresses(eth0="10.0.0.5"))
    assert shown["eth0"] == Interface("eth0", "wired", True, ("10.0.0.5",), True)
    assert str(shown["eth0"]) == "eth0 (wired, up, 10.0.0.5)"
    assert shown["lo"].kind == "loopback"
    assert str(shown["lo"]) == "lo (loopback, link unknown, no address)"


@pytest.mark.parametrize(
    ("operstate", "carrier", "up"),
    [
        ("up", "1", True),
        ("down", "0", False),
        ("lowerlayerdown", "0", False),
        ("dormant", "1", False),
        ("unknown", "1", True),
        ("unknown", "0", False),
        ("unknown", "", None),
    ],
)
def test_link(tree: Tree, operstate: str, carrier: str, up: bool | None) -> None:
    assert found(tree, card("eth0", operstate, carrier), addresses(eth0="10.0.0.5"))["eth0"].up is up


@pytest.mark.parametrize(
    "wireless",
    [
        card("wlan0", devtype="wlan"),
        card("wwan0", devtype="wwan"),
        {**card("enp3s0"), f"sys/{PCI}/net/enp3s0/wireless/status": "1\n"},
        {**card("enp3s0"), f"sys/{PCI}/net/enp3s0/phy80211/index": "0\n"},
    ],
)
def test_wireless_is_not_wired_whatever_its_name(tree: Tree, wireless: dict[str, str]) -> None:
    (interface,) = found(tree, wireless, addresses(wlan0="10.0.0.5")).values()
    assert interface.kind == "wireless"


@pytest.mark.parametrize(
    "stack",
    [
        virtual("bond0", "bond", "eth0", bonding_slaves="eth0\n"),
        virtual("bond0", "bond", bonding_slaves="eth0\n"),
        virtual("bond0", "bridge", "eth0", "veth1"),
        virtual("bond0", "bridge", bridge_stp_state="0\n", brif_eth0_port="1\n"),
        virtual("bond0", "vlan", "eth0"),
        virtual("bond0", "", "eth0"),
    ],
    ids=["bond", "bond of old kernels", "bridge", "bridge of old kernels", "vlan", "team"],
)
def test_what_lies_over_a_wired_one_is_wired(tree: Tree, stack: dict[str, str]) -> None:
    shown = found(tree, card("eth0"), virtual("veth1"), stack, addresses(bond0="10.0.0.5"))
    assert shown["bond0"] == Interface("bond0", "wired", True, ("10.0.0.5",), True)


def test_a_vlan_over_a_bridge_over_a_bond_is_wired(tree: Tree) -> None:
    stack = (
        virtual("bond0", "bond", "eth0"),
        virtual("br0", "bridge", "bond0"),
        virtual("br0.7", "vlan", "br0"),
    )
    assert found(tree, card("eth0"), *stack, addresses(br0__7="10.0.0.5"))["br0.7"].kind == "wired"


def test_what_lies_over_a_wireless_one_is_wireless(tree: Tree) -> None:
    shown = found(
        tree, card("wlan0", devtype="wlan"), virtual("br0", "bridge", "wlan0"), addresses(br0="10.0.0.5")
    )
    assert shown["br0"].kind == "wireless"


@pytest.mark.parametrize(
    "bond",
    [
        {
            **card("eth0", "down", "0"),
            **virtual("bond0", "bond", "eth0"),
        },
        {
            **card("eth0"),
            **virtual("bond0", "bond", "eth0"),
            "proc/net/bonding/bond0": "MII Status: up\n\nSlave Interface: eth0\nMII Status: down\n",
        },
        {**card("eth0", "down", "0"), **virtual("bond0", "bond", "eth0", operstate="down")},
        # docker's containers keep the bridge up, though its cable is out
        {**card("eth0", "down", "0"), **virtual("veth1"), **virtual("bond0", "bridge", "eth0", "veth1")},
    ],
    ids=["no carrier below", "by /proc/net/bonding", "down itself", "bridge"],
)
def test_a_stack_without_carrier_below_is_not_up(tree: Tree, bond: dict[str, str]) -> None:
    assert found(tree, bond, addresses(bond0="10.0.0.5"))["bond0"].up is False


@pytest.mark.parametrize(
    "other",
    [
        virtual("docker0", "bridge", "veth1"),
        virtual("docker0", "bridge", bridge_stp_state="0\n"),
        virtual("docker0"),
        virtual("docker0", "vxlan", "eth0"),
        virtual("docker0", "macvlan", "eth0"),
        virtual("docker0", "wireguard"),
    ],
    ids=["bridge of containers", "empty bridge", "veth", "vxlan", "macvlan", "wireguard"],
)
def test_what_leads_to_containers_or_tunnels_is_virtual(tree: Tree, other: dict[str, str]) -> None:
    shown = found(tree, card("eth0"), virtual("veth1"), other, addresses(docker0="172.17.0.1"))
    assert shown["docker0"].kind == "virtual"


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("10.0.0.5", True),
        ("2001:db8::5", True),
        ("169.254.3.4", False),
        ("fe80::216:3eff:fe3f:d91c", False),
    ],
)
def test_link_local_addresses_are_none(tree: Tree, address: str, usable: bool) -> None:
    assert found(tree, card("eth0"), addresses(eth0=address))["eth0"].addressed is usable


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("eth0", "wired"),
        ("enp3s0f0", "wired"),
        ("bond0", "wired"),
        ("br0", "wired"),
        ("eth0__100", "wired"),
        ("wlp3s0", "wireless"),
        ("wwan0", "wireless"),
        ("docker0", "virtual"),
        ("veth1a2b", "virtual"),
        ("br-0a1b2c", "virtual"),
        ("virbr0", "virtual"),
        ("lxdbr0", "virtual"),
        ("tun0", "virtual"),
        ("tap0", "virtual"),
        ("cni0", "virtual"),
        ("flannel__1", "virtual"),
        ("cali0a1b", "virtual"),
    ],
)
def test_without_sysfs_the_name_decides_and_an_address_is_up(tree: Tree, name: str, kind: str) -> None:
    shown = found(tree, addresses(**{name: "10.0.0.5"}))[name.replace("__", ".")]
    assert shown[1:] == (kind, True, ("10.0.0.5",), True)


def test_without_sysfs_a_bond_without_carrier_is_not_up(tree: Tree) -> None:
    bonding = {"proc/net/bonding/bond0": "MII Status: up\n\nSlave Interface: eth0\nMII Status: down\n"}
    assert found(tree, addresses(bond0="10.0.0.5"), bonding)["bond0"].up is False


def test_without_sysfs_an_interface_without_address_is_not_up(tree: Tree) -> None:
    assert found(tree, addresses(eth0="fe80::1"))["eth0"].up is False


def test_a_record_that_copied_no_links_goes_by_names(tree: Tree) -> None:
    files = {
        f"{NET}/eth0/operstate": "unknown\n",
        f"{NET}/eth0/flags": "0x1043\n",
        f"{NET}/docker0/operstate": "up\n",
        f"{NET}/bonding_masters": "bond0\n",
    }
    shown = found(tree, files, addresses(eth0="10.0.0.5"))
    assert shown["eth0"][1:3] == ("wired", True)
    assert shown["docker0"].kind == "virtual"
    assert "bonding_masters" not in shown


def test_without_addresses_nothing_is_known(tree: Tree) -> None:
    assert isinstance(network.collect(tree(card("eth0"))).interfaces, Unknown)
