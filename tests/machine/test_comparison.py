"""What a machine record is good for: wrong machine, other hardware, other address, or the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

import pytest

from envcheck.host import open_host
from envcheck.machine import Machine, compare, machine_of, seal
from envcheck.machine.seal import sealed
from tests.machine import hosts
from tests.machine.conftest import Lay

THEN = hosts.machine()
CPU = THEN["proc/cpuinfo"]
OTHER_UUID = "4c4c4544-0042-4a10-8036-c7c04f473132"
ANOTHER = hosts.machine(
    hosts.dmi(OTHER_UUID, "CN7475159X0999"),
    hosts.disk(serial="BTWA9999"),
    hosts.card(mac="b8:ca:3a:99:99:99"),
    {"etc/machine-id": "f" * 32 + "\n"},
)


def _without(files: Mapping[str, str], part: str) -> dict[str, str]:
    return {name: text for name, text in files.items() if part not in name}


SECOND = {**hosts.disk("sdb", "PHWL5678", f"{hosts.PCI}/ata2/host1")}
USB_DISK = hosts.disk("sdc", "USB77", "devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6")
USB_CARD = hosts.card("enx0050b6123456", "00:50:b6:12:34:56", "devices/pci0000:00/0000:00:14.0/usb2/2-2/net")
CONTAINERS = {
    "sys/class/net/docker0": "-> ../../devices/virtual/net/docker0",
    "sys/devices/virtual/net/docker0/address": "02:42:ac:11:00:01\n",
    "sys/devices/virtual/net/docker0/bridge/bridge_id": "8000.0242ac110001\n",
    "sys/class/net/veth1a2b3c4": "-> ../../devices/virtual/net/veth1a2b3c4",
    "sys/devices/virtual/net/veth1a2b3c4/address": "fa:16:3e:00:11:22\n",
}
CHANGES: dict[str, tuple[Mapping[str, str], Optional[str], set[str]]] = {
    "nothing": (THEN, None, set()),
    "disks and cards under other names": (
        {
            **_without(_without(THEN, "sda"), "em1"), **hosts.disk("sdx"), **hosts.card("eth3"),
            **hosts.addresses(eth3="10.1.2.3/24"),
        },
        None, set(),
    ),
    "a USB disk and a USB card": (hosts.machine(USB_DISK, USB_CARD), None, set()),
    "containers": (
        hosts.machine(CONTAINERS, hosts.addresses(em1="10.1.2.3/24", docker0="172.17.0.1/16")), None, set(),
    ),
    "a second address": (hosts.machine(hosts.addresses(em1="10.1.2.3/24", em2="10.1.9.9/24")), None, set()),
    "another address": (
        hosts.machine(hosts.addresses(em1="10.1.2.77/24")), "address-changed", {"addresses"},
    ),
    "no address": (hosts.machine(hosts.addresses()), "address-changed", {"addresses"}),
    "a disk more": (hosts.machine(SECOND), "hardware-changed", {"disks"}),
    "another disk": (hosts.machine(hosts.disk(serial="NEW1")), "hardware-changed", {"disks"}),
    "another card": (hosts.machine(hosts.card(mac="b8:ca:3a:77:77:77")), "hardware-changed", {"cards"}),
    "another CPU": (
        hosts.machine({"proc/cpuinfo": THEN["proc/cpuinfo"].replace("2620", "2630")}),
        "hardware-changed", {"cpu"},
    ),
    "a second CPU": (
        hosts.machine({"proc/cpuinfo": CPU + CPU.replace("physical id\t: 0", "physical id\t: 1")}),
        "hardware-changed", {"cpu"},
    ),
    "another board under the same cards": (
        hosts.machine(hosts.dmi(OTHER_UUID, "CN7475159X0999")), "hardware-changed", {"system_uuid", "board"},
    ),
    "the disks in another machine": (
        {**ANOTHER, **hosts.disk(), "etc/machine-id": THEN["etc/machine-id"]},
        "wrong-machine", {"system_uuid", "board", "cards"},
    ),
    "another machine with the same address": (
        ANOTHER, "wrong-machine", {"system_uuid", "board", "disks", "cards", "installation"},
    ),
    "installed anew": (
        hosts.machine({"etc/machine-id": "a" * 32 + "\n"}), "system-reinstalled", {"installation"},
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "ROUNDS", 10)


def _machine(lay: Lay, files: Mapping[str, str]) -> Machine:
    return machine_of(open_host(lay(files)))


@pytest.mark.parametrize("which", ["neither", "then", "now", "both"])
@pytest.mark.parametrize("case", CHANGES)
def test_what_a_change_means(lay: Lay, case: str, which: str) -> None:
    """Sealed records tell the same as plain ones."""
    files, meaning, changed = CHANGES[case]
    then, now = _machine(lay, THEN), _machine(lay, files)
    then = sealed(then) if which in ("then", "both") else then
    now = sealed(now) if which in ("now", "both") else now
    found = compare(then, now)
    assert found.meaning == meaning
    if which != "neither" and meaning == "wrong-machine":  # then much cannot be told from the seals
        changed = changed & {change.part for change in found.changes if change.status != "unknown"}
        assert "system_uuid" in changed
    assert {change.part for change in found.changes if change.status == "changed"} == changed
    assert found.same == (meaning is None)


def test_what_went_and_what_came_is_named(lay: Lay) -> None:
    now = _machine(lay, hosts.machine(hosts.disk(serial="NEW1"), SECOND))
    change = next(each for each in compare(_machine(lay, THEN), now).changes if each.part == "disks")
    assert [item.ids for item in change.gone] == [("phwl1234",)]
    assert [item.ids for item in change.come] == [("new1",), ("phwl5678",)]


def test_a_bond_does_not_change_its_cards(lay: Lay) -> None:
    """All members show the bond's address; their own is kept beside it."""
    two = {**hosts.card(), **hosts.card("em2", "b8:ca:3a:f0:12:35")}
    own = f"sys/{hosts.NIC}/em2/bonding_slave/perm_hwaddr"
    bonded = {**two, **hosts.card("em2", "b8:ca:3a:f0:12:34"), own: "b8:ca:3a:f0:12:35\n"}
    then, now = _machine(lay, hosts.machine(two)), _machine(lay, hosts.machine(bonded))
    assert compare(then, now).same


def test_what_cannot_be_seen_any_more_is_no_agreement(lay: Lay) -> None:
    """Without root the serial numbers are denied: the record of root is not confirmed by that."""
    then, now = _machine(lay, THEN), _machine(lay, _without(THEN, "class/dmi"))
    found = compare(then, now)
    assert (found.meaning, found.same) == (None, False)
    assert {change.part for change in found.changes if change.lost} == {"system_uuid", "board"}


def test_what_was_never_known_is_not_held_against_it(lay: Lay) -> None:
    bare = _without(THEN, "class/dmi")
    found = compare(_machine(lay, bare), _machine(lay, bare))
    assert found.same
    assert {change.part for change in found.changes if change.status == "unknown"} == {"system_uuid", "board"}


def test_two_equal_disks_without_numbers_are_two(lay: Lay) -> None:
    nameless = {**hosts.disk(serial=""), **hosts.disk("sdb", "", f"{hosts.PCI}/ata2/host1")}
    then = _machine(lay, hosts.machine(nameless))
    assert compare(then, _machine(lay, hosts.machine(nameless))).same
    one = _machine(lay, hosts.machine(hosts.disk(serial="")))
    assert compare(then, one).meaning == "hardware-changed"


def test_without_anything_of_the_hardware_nothing_is_told(lay: Lay) -> None:
    """Two seals of machines without a system UUID: that it was installed anew would be a guess."""
    bare = _without(THEN, "class/dmi")
    other = {**_without(ANOTHER, "class/dmi")}
    found = compare(sealed(_machine(lay, bare)), sealed(_machine(lay, other)))
    assert (found.meaning, found.same) == (None, False)
    plain = compare(_machine(lay, bare), _machine(lay, other))
    assert plain.meaning == "wrong-machine"
