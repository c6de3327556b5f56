"""Which block devices count as disks of the machine, by their names."""

import pytest

from envcheck.probes.formats.block_names import may_be_disk


@pytest.mark.parametrize(
    "name",
    ["sda", "sdaa", "vda", "xvda", "hda", "nvme0n1", "mmcblk0", "cciss!c0d0", "dasda", "stx", "mdadm", "fd"],
)
def test_a_disk(name: str) -> None:
    assert may_be_disk(name)


@pytest.mark.parametrize(
    "name",
    [
        *("loop0", "ram15", "zram0", "dm-0", "dm-12", "md127", "md_d0", "md-x", "sr0", "scd0", "fd0", "nbd1"),
        *("drbd0", "rbd0", "zd16", "bcache0", "mtdblock0", "nullb0", "pmem0", "st0", "ublkb0"),
        *("nvme0c0n1", "mmcblk0boot0", "mmcblk0rpmb", "mmcblk0gp1"),
    ],
)
def test_no_disk(name: str) -> None:
    assert not may_be_disk(name)
