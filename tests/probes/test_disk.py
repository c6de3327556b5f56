"""The sum over the distinct physical disks, and nothing that is none."""

from __future__ import annotations

import pytest

from envcheck.facts import Fact, Known, Unknown
from envcheck.probes import disk
from envcheck.probes.disk import Disk
from envcheck.values import Bytes
from tests.conftest import Tree

SECTORS_512_GB = "1000215216\n"
PCI = "devices/pci0000:00/0000:00:1f.2"


def block(
    name: str, place: str = f"{PCI}/ata1/host0", size: str = SECTORS_512_GB, **more: str
) -> dict[str, str]:
    """A device below /sys/block; of `more`, `device_wwid` is the file device/wwid."""
    files = {"size": size, "removable": "0\n", **{key.replace("_", "/"): text for key, text in more.items()}}
    where = f"{place}/block/{name}" if "virtual" not in place else f"{place}/{name}"
    return {
        f"sys/block/{name}": f"-> ../{where}",
        **{f"sys/{where}/{file}": text for file, text in files.items()},
    }


def names(found: disk.Disks) -> list[str]:
    assert isinstance(found.disks, Known), found.disks
    return [each.name for each in found.disks.value]


def capacity(fact: Fact[Bytes]) -> int:
    assert isinstance(fact, Known), fact
    return fact.value


def test_the_sum_of_all_disks_counts(tree: Tree) -> None:
    found = disk.collect(tree({**block("sda"), **block("sdb", f"{PCI}/ata2/host1")}))
    assert names(found) == ["sda", "sdb"]
    assert capacity(found.capacity) == 2 * 1000215216 * 512


@pytest.mark.parametrize(
    "other",
    [
        block("loop0", "devices/virtual/block"),
        block("ram0", "devices/virtual/block"),
        block("zram0", "devices/virtual/block"),
        block("dm-0", "devices/virtual/block"),
        block("md127", "devices/virtual/block"),
        block("nbd0", "devices/virtual/block"),
        block("vendor0", "devices/virtual/block"),
        block("sr0", f"{PCI}/ata3/host2", removable="1\n"),
        block("fd0", "devices/platform/floppy.0"),
        block("sdz", f"{PCI}/ata4/host3", removable="1\n"),
        # A USB hard disk calls itself not removable.
        block("sdy", "devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6"),
        block("sdx", f"{PCI}/ata5/host4", size="0\n"),
        block("mmcblk0boot0", "devices/pci0000:00/mmc_host/mmc0/mmc0:0001"),
        block("mmcblk1", "devices/pci0000:00/mmc_host/mmc1/mmc1:aaaa", device_type="SD\n"),
        block("nvme0c0n1", f"{PCI}/nvme/nvme0", hidden="1\n"),
    ],
    ids=lambda files: next(iter(files)).rpartition("/")[2],
)
def test_what_is_no_disk_of_the_machine_does_not_count(tree: Tree, other: dict[str, str]) -> None:
    assert names(disk.collect(tree({**block("sda"), **other}))) == ["sda"]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("nvme0n1", f"{PCI}/nvme/nvme0"),
        # With multipath an NVMe disk lies below /virtual/.
        ("nvme0n1", "devices/virtual/nvme-subsystem/nvme-subsys0"),
        ("vda", "devices/pci0000:00/0000:00:05.0/virtio2"),
        ("xvda", "devices/vbd-51712"),
        ("cciss!c0d0", f"{PCI}/cciss0/c0d0"),
        ("mmcblk0", "devices/platform/mmc_host/mmc0/mmc0:0001"),
        ("dasda", "devices/css0/0.0.0150"),
    ],
)
def test_every_kind_of_disk_counts(tree: Tree, name: str, place: str) -> None:
    assert names(disk.collect(tree(block(name, place)))) == [name]


def test_a_disk_under_dm_and_md_counts_once(tree: Tree) -> None:
    stacked = {**block("dm-0", "devices/virtual/block"), **block("md0", "devices/virtual/block")}
    assert capacity(disk.collect(tree({**block("sda"), **stacked})).capacity) == 1000215216 * 512


def test_two_paths_to_one_disk_are_one_disk(tree: Tree) -> None:
    wwid = "naa.600508b1001c4d5d\n"
    paths = {
        **block("sda", device_wwid=wwid),
        **block("sdb", f"{PCI}/host1", device_wwid=wwid),
        **block("sdc", f"{PCI}/host2", device_wwid="naa.600508b1001c0000\n"),
    }
    assert names(disk.collect(tree(paths))) == ["sda", "sdc"]


def test_the_paths_of_a_multipath_device_are_one_disk(tree: Tree) -> None:
    mpath = block("dm-0", "devices/virtual/block", dm_uuid="mpath-360050768\n", slaves_sda="", slaves_sdb="")
    other = block("dm-1", "devices/virtual/block", dm_uuid="LVM-abc\n", slaves_sdc="", slaves_sdd="")
    disks = [block(f"sd{letter}", f"{PCI}/host{letter}") for letter in "abcd"]
    assert names(disk.collect(tree({**mpath, **other, **{k: v for d in disks for k, v in d.items()}}))) == [
        "sda",
        "sdc",
        "sdd",
    ]


PAIRS = """\
NAME="sda" KNAME="sda" TYPE="disk" SIZE="512110190592" RM="0" TRAN="sata" MODEL="SSD 850 " WWN="0x5002"
NAME="sda1" KNAME="sda1" TYPE="part" SIZE="512109142016" RM="0" TRAN="" MODEL="" WWN="0x5002"
NAME="sdb" KNAME="sdb" TYPE="disk" SIZE="2000398934016" RM="0" TRAN="usb" MODEL="Elements" WWN=""
NAME="sdc" KNAME="sdc" TYPE="disk" SIZE="512110190592" RM="0" TRAN="sata" MODEL="SSD 850" WWN="0x5002"
NAME="sr0" KNAME="sr0" TYPE="rom" SIZE="1073741312" RM="1" TRAN="sata" MODEL="DVD" WWN=""
"""
TREE = """\
NAME            MAJ:MIN RM   SIZE RO TYPE  MOUNTPOINT
sda               8:0    0 447.1G  0 disk
├─sda1            8:1    0     1G  0 part  /boot
└─sda2            8:2    0 446.1G  0 part
  └─centos-root (dm-0) 253:0    0 446G  0 lvm  /
sdb               8:16   0 447.1G  0 disk
`-mpatha        253:2    0 447.1G  0 mpath
sdc               8:32   0 447.1G  0 disk
`-mpatha        253:2    0 447.1G  0 mpath
sdd               8:48   1  57.3G  0 disk
zram0           252:0    0     4G  0 disk  [SWAP]
loop0             7:0    0  54.5M  1 loop  /snap/core18/1223
sr0              11:0    1  1024M  0 rom
"""


def test_lsblk_with_transports_tells_usb_disks_and_second_paths(tree: Tree) -> None:
    found = disk.collect(tree({"sos_commands/block/lsblk": TREE, "sos_commands/block/lsblk_-O_-P": PAIRS}))
    assert isinstance(found.disks, Known)
    assert found.disks.value == (Disk("sda", Bytes(512110190592), "SSD 850", "sata"),)


def test_lsblk_as_a_tree(tree: Tree) -> None:
    found = disk.collect(tree({"sos_commands/block/lsblk": TREE}))
    assert names(found) == ["sda", "sdb"]
    assert capacity(found.capacity) == pytest.approx(2 * 480.07e9, rel=0.001)


def test_lsblk_with_a_column_of_transports(tree: Tree) -> None:
    text = (
        "NAME MAJ:MIN RM   SIZE RO TYPE MOUNTPOINT MODEL        TRAN\n"
        "sda    8:0    0 447.1G  0 disk            SSDSC2BB48   sata\n"
        "sdb    8:16   0   1.8T  0 disk            Elements 25  usb\n"
    )
    assert names(disk.collect(tree({"sos_commands/block/lsblk_-o_all": text}))) == ["sda"]


def test_udevs_links_tell_usb_disks_where_lsblk_does_not(tree: Tree) -> None:
    links = "lrwxrwxrwx. 1 0 0 9 Sep 30 10:00 usb-WD_Elements_25-0:0 -> ../../sdb\n"
    host = tree({"sos_commands/block/lsblk": TREE, "sos_commands/block/ls_-lanR_.dev": links})
    assert names(disk.collect(host)) == ["sda", "sdc"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"sys/block/sda/queue/scheduler": "[mq-deadline] none\n"},
        {"sos_commands/block/lsblk_-f_-a_-l": "NAME  FSTYPE LABEL UUID MOUNTPOINT\nsda1  xfs   /boot\n"},
    ],
    ids=["nothing", "no sizes", "no sizes in lsblk"],
)
def test_without_sizes_the_capacity_is_unknown(tree: Tree, files: dict[str, str]) -> None:
    assert isinstance(disk.collect(tree(files)).capacity, Unknown)


def test_a_disk_is_shown_with_its_model() -> None:
    assert str(Disk("sda", Bytes(480103981056), "SSDSC2BB48", "ata")) == "sda 480.1 GB (SSDSC2BB48, ata)"
    assert str(Disk("vda", Bytes(274877906944), "", "")) == "vda 274.8 GB"
