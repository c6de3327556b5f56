"""Texts about the machine that are not what they should be are refused, not guessed at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from envcheck.probes.formats import (
    cpuinfo,
    dmi,
    hostnamectl,
    interfaces,
    lsblk,
    lscpu,
    lxcfs,
    meminfo,
    os_release,
    virtual,
)

READERS: tuple[Callable[[str], object], ...] = (
    cpuinfo.read,
    dmi.read,
    hostnamectl.read,
    interfaces.bond_has_carrier,
    lsblk.parse_size,
    lsblk.read,
    lscpu.read,
    meminfo.free_total,
    meminfo.total,
    os_release.read,
    os_release.read_lsb_release,
    os_release.read_release_line,
    os_release.read_suse_release,
)


@pytest.mark.parametrize("text", ["", "\n\n", "bash: command not found", "Permission denied\n"])
@pytest.mark.parametrize(
    "read", READERS, ids=lambda read: f"{read.__module__.rpartition('.')[2]}.{read.__name__}"
)
def test_another_text_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_another_list_of_mounts_replaces_nothing() -> None:
    assert lxcfs.replaced("") == frozenset()


@pytest.mark.parametrize(
    ("text", "size"),
    [("480103981056", 480103981056), ("447.1G", 480069969510), ("1,8T", 1979120929997), ("1024M", 2**30)],
)
def test_sizes_of_lsblk_are_binary(text: str, size: int) -> None:
    assert lsblk.parse_size(text) == size


def test_a_row_of_lsblk_that_is_cut_short_is_left_out() -> None:
    text = "NAME MAJ:MIN RM  SIZE RO TYPE MOUNTPOINT\nsda    8:0    0   20G  0 disk\nsdb    8:16   0\n"
    assert [device.name for device in lsblk.read(text)] == ["sda"]


def test_a_dmi_table_without_system_tells_no_system() -> None:
    with pytest.raises(ValueError, match="no system"):
        virtual.system_of(dmi.read("Handle 0x0000, DMI type 0, 24 bytes\n\tVendor: HP\n"))


def test_a_bond_without_slaves_has_no_carrier() -> None:
    assert interfaces.bond_has_carrier("MII Status: up\n") is False
    assert interfaces.bond_has_carrier("MII Status: up\n\nSlave Interface: eth0\nMII Status: up\n") is True
