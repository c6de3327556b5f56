from __future__ import annotations

import os
import threading
from pathlib import Path

import psutil
import pytest

from envcheck.host import live
from envcheck.host.base import TimedOut
from envcheck.host.filesystems import holding
from envcheck.host.live import LiveHost


def test_space_is_what_psutil_sees(tmp_path: Path) -> None:
    found = LiveHost().filesystem(str(tmp_path))
    usage = psutil.disk_usage(str(tmp_path))
    assert found.total == os.statvfs(tmp_path).f_blocks * os.statvfs(tmp_path).f_frsize
    assert abs(found.free - usage.free) < 200 << 20
    assert tmp_path.is_relative_to(found.mount_point)


def test_path_that_is_not_there_yet_lies_on_its_parents(tmp_path: Path) -> None:
    host = LiveHost()
    later = host.filesystem(str(tmp_path / "not" / "yet"))
    assert later.mount_point == host.filesystem(str(tmp_path)).mount_point


def test_proc_is_told_from_the_root() -> None:
    found = LiveHost().filesystem("/proc/sys")
    assert (found.mount_point, found.type) == ("/proc", "proc")


def mounts(*lines: str) -> str:
    return "".join(f"{line} rw 0 0\n" for line in lines)


def test_longest_mount_point_holds_the_path(tmp_path: Path) -> None:
    table = mounts("/dev/sda1 / ext4", f"/dev/sdb1 {tmp_path}/data xfs", f"/dev/sdc1 {tmp_path}/data2 ext3")
    (tmp_path / "data").mkdir()
    (tmp_path / "data2").mkdir()
    assert holding(f"{tmp_path}/data/docker", table).device == "/dev/sdb1"
    assert holding(f"{tmp_path}/data2", table).type == "ext3"
    assert holding(str(tmp_path), table).mount_point == "/"


def test_link_is_followed_to_the_file_system_of_its_target(tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "docker").symlink_to(tmp_path / "big")
    table = mounts("/dev/sda1 / ext4", f"/dev/sdb1 {tmp_path}/big xfs")
    assert holding(f"{tmp_path}/docker/overlay2", table).device == "/dev/sdb1"


def test_last_of_two_mounts_at_one_place_counts(tmp_path: Path) -> None:
    table = mounts(
        "rootfs / rootfs", "/dev/sda1 / ext4", f"auto {tmp_path} autofs", f"nas:/x {tmp_path} nfs4"
    )
    assert holding(str(tmp_path), table).type == "nfs4"
    assert holding("/", table).device == "/dev/sda1"


def test_blank_in_a_mount_point(tmp_path: Path) -> None:
    (tmp_path / "my data").mkdir()
    table = mounts("/dev/sda1 / ext4", f"/dev/sdb1 {tmp_path}/my\\040data xfs")
    assert holding(f"{tmp_path}/my data", table).mount_point == f"{tmp_path}/my data"


def test_free_space_is_without_the_blocks_kept_for_root(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = (4096, 4096, 1000, 600, 500, 0, 0, 0, 0, 255)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(fields))
    assert holding("/", mounts("/dev/sda1 / ext4")).free == 500 * 4096


def test_dead_mount_costs_its_deadline_only(monkeypatch: pytest.MonkeyPatch) -> None:
    forever = threading.Event()
    monkeypatch.setattr(live, "FILE_SECONDS", 0.1)
    monkeypatch.setattr(os, "statvfs", lambda _: forever.wait())
    host = LiveHost()
    vars(host)["_all_mounts_local"] = False
    with pytest.raises(TimedOut, match=r"/mnt/nas: no answer in 0\.1 s"):
        host.filesystem("/mnt/nas")
    forever.set()
