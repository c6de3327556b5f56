"""What identifies a machine, and what only seems to."""

from __future__ import annotations

from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.probes import identity
from tests.conftest import Tree
from tests.machine import hosts

DMIDECODE = """\
Handle 0x0001, DMI type 1, 27 bytes
System Information
	Manufacturer: HP
	UUID: 30373237-3132-4D32-3235-343230343647

Handle 0x0002, DMI type 2, 17 bytes
Base Board Information
	Manufacturer: HP
	Product Name: ProLiant DL380p Gen8
	Serial Number: PDBF0A0LM8C0EF
"""


def known(fact: Any) -> Any:  # noqa: ANN401
    assert isinstance(fact, Known), fact
    return fact.value


def test_a_whole_machine(tree: Tree) -> None:
    found = identity.collect(tree(hosts.machine()))
    assert known(found.board) == ("Dell Inc.", "0CNCJW", "CN7475148M0123")
    assert known(found.system_uuid) == hosts.UUID
    assert [disk.ids for disk in known(found.disks)] == [("phwl1234",)]
    assert known(found.cards) == (("em1", "b8:ca:3a:f0:12:34"),)
    assert known(found.addresses) == ("10.1.2.3",)
    assert known(found.installation) == "0123456789abcdef0123456789abcdef"


def test_by_dmidecode(tree: Tree) -> None:
    found = identity.collect(tree({"sos_commands/hardware/dmidecode": DMIDECODE}))
    assert known(found.board) == ("HP", "ProLiant DL380p Gen8", "PDBF0A0LM8C0EF")
    assert known(found.system_uuid) == "30373237-3132-4d32-3235-343230343647"


@pytest.mark.parametrize(
    "uuid",
    [
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
        "Not Settable",
        "",
    ],
)
def test_a_uuid_that_many_machines_have_is_none(tree: Tree, uuid: str) -> None:
    found = identity.collect(tree(hosts.machine(hosts.dmi(uuid))))
    assert isinstance(found.system_uuid, Unknown)


@pytest.mark.parametrize(
    "serial",
    ["To be filled by O.E.M.", "Default string", "None", "0", "xxxxxxxx", "Not Specified", "........"],
)
def test_a_serial_number_that_fills_a_place_is_none(tree: Tree, serial: str) -> None:
    found = identity.collect(tree(hosts.machine(hosts.dmi(serial=serial))))
    assert known(found.board).serial is None


def test_a_share_of_a_card_is_no_card(tree: Tree) -> None:
    """A virtual function comes and goes as virtual machines do."""
    share = hosts.card("em1v0", "b8:ca:3a:f0:99:99")
    found = identity.collect(
        tree(hosts.machine(share, {f"sys/{hosts.NIC}/em1v0/device/physfn/vendor": "0x8086\n"}))
    )
    assert [card.name for card in known(found.cards)] == ["em1"]


def test_of_infiniband_only_the_lasting_part_counts(tree: Tree) -> None:
    long = "80:00:02:08:fe:80:00:00:00:00:00:00:e4:1d:2d:03:00:7a:55:01"
    files = {**hosts.card("ib0", long), f"sys/{hosts.NIC}/ib0/type": "32\n"}
    found = identity.collect(tree(hosts.machine(files)))
    assert [card.mac for card in known(found.cards) if card.name == "ib0"] == ["e4:1d:2d:03:00:7a:55:01"]


def test_a_bridge_over_a_card_has_its_address(tree: Tree) -> None:
    bridge = {
        "sys/class/net/br0": "-> ../../devices/virtual/net/br0",
        "sys/devices/virtual/net/br0/address": "b8:ca:3a:f0:12:34\n",
        "sys/devices/virtual/net/br0/bridge/bridge_id": "8000.b8ca3af01234\n",
        "sys/devices/virtual/net/br0/uevent": "DEVTYPE=bridge\nINTERFACE=br0\n",
        "sys/devices/virtual/net/br0/brif/em1/port_no": "0x1\n",
    }
    found = identity.collect(tree(hosts.machine(bridge, hosts.addresses(br0="10.1.2.9/24"))))
    assert known(found.addresses) == ("10.1.2.9",)


def test_a_unit_serial_number(tree: Tree) -> None:
    """Page 80 of a SCSI or SATA disk, where there is no udev."""
    files = {name: text for name, text in hosts.machine().items() if "udev" not in name}
    page = {f"sys/{hosts.PCI}/ata1/host0/block/sda/device/vpd_pg80": b"\0\x80\0\x0f      WD-WCC4N1"}
    found = identity.collect(tree({**files, **page}))
    assert known(found.disks)[0].ids == ("wd-wcc4n1",)


def test_a_record_without_any_of_it(tree: Tree) -> None:
    found = identity.collect(tree({"etc/hostname": "x"}))
    assert all(isinstance(fact, Unknown) and not fact.recorded for fact in found)


def test_a_dmi_table_without_a_board_or_a_system_is_not_known(tree: Tree) -> None:
    table = "Handle 0x0400, DMI type 4, 26 bytes\nProcessor Information\n\tVersion: E5-2620\n"
    found = identity.collect(tree({"sos_commands/hardware/dmidecode": table}))
    assert isinstance(found.board, Unknown)
    assert isinstance(found.system_uuid, Unknown)
