"""Free space from df, whatever its language, unit and layout."""

from __future__ import annotations

import pytest

from envcheck.host import df
from envcheck.host.mounts import Mount, mount, proc_mounts

KIB = 1024
GIB = 1024**3


def row(text: str, *, decimal: bool = False) -> tuple[str, str, int | None, int | None]:
    (only,) = df.rows(text, decimal=decimal)
    return only[:4]


@pytest.mark.parametrize(
    ("header", "total", "free"),
    [
        ("Filesystem 1K-blocks Used Available Use% Mounted on", 1000 * KIB, 400 * KIB),
        ("Filesystem 1024-blocks Used Available Capacity Mounted on", 1000 * KIB, 400 * KIB),
        ("文件系统 1K-块 已用 可用 已用% 挂载点", 1000 * KIB, 400 * KIB),
        ("文件系统 1024-块 已用 可用 容量 挂载点", 1000 * KIB, 400 * KIB),
        ("Dateisystem 1K-Blöcke Benutzt Verfügbar Verw% Eingehängt auf", 1000 * KIB, 400 * KIB),
        ("Filesystem 512-blocks Used Available Use% Mounted on", 1000 * 512, 400 * 512),
        ("Filesystem 1B-blocks Used Available Use% Mounted on", 1000, 400),
        # Coarser units are rounded up by df: the least that it can be.
        ("Filesystem 2MB-blocks Used Available Use% Mounted on", 999 * 2_000_000, 399 * 2_000_000),
        ("Filesystem 1M-blocks Used Available Use% Mounted on", 999 << 20, 399 << 20),
    ],
)
def test_the_header_says_what_is_counted(header: str, total: int, free: int) -> None:
    assert row(f"{header}\n/dev/sda1 1000 600 400 60% /\n") == ("/dev/sda1", "/", total, free)


def test_human_sizes_are_the_least_they_can_be() -> None:
    english = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/xvda2  30G  927M 1.5G   4% /\n"
    assert row(english) == ("/dev/xvda2", "/", 29 * GIB, 14 * GIB // 10)
    chinese = "文件系统        容量  已用  可用 已用% 挂载点\n/dev/sda3       1.8T     0   31G    0% /home\n"
    assert row(chinese) == ("/dev/sda3", "/home", 17 * 1024 * GIB // 10, 30 * GIB)
    assert row(english, decimal=True) == ("/dev/xvda2", "/", 29 * 10**9, 14 * 10**8)


def test_messages_before_the_header_and_between_rows() -> None:
    text = (
        "/bin/df: '/vobs/GEMS': No such file or directory\n"
        "Filesystem 1K-blocks Used Available Use% Mounted on\n"
        "df: /run/user/1000/gvfs: Permission denied\n"
        "/dev/sda1 1000 600 400 60% /\n"
        "\n"
        "tmpfs 10 0 10 0% /run\n"
    )
    assert [(each.mount_point, each.free) for each in df.rows(text)] == [("/", 400 * KIB), ("/run", 10 * KIB)]


def test_a_long_device_on_a_line_of_its_own() -> None:
    text = (
        "Filesystem           1K-blocks      Used Available Use% Mounted on\n"
        "/dev/mapper/vg_a_very_long_name-lv_root\n"
        "                      1000   600 400  60% /\n"
        "/dev/sda1 10 5 5 50% /boot\n"
    )
    assert [each[:4] for each in df.rows(text)] == [
        ("/dev/mapper/vg_a_very_long_name-lv_root", "/", 1000 * KIB, 400 * KIB),
        ("/dev/sda1", "/boot", 10 * KIB, 5 * KIB),
    ]


def test_type_column_and_mount_points_with_blanks() -> None:
    text = (
        "Filesystem Type 1K-blocks Used Available Use% Mounted on\n/dev/sdb1 xfs 10 5 5 50% /mnt/my  disk\n"
    )
    (only,) = df.rows(text)
    assert (only.device, only.type, only.mount_point) == ("/dev/sdb1", "xfs", "/mnt/my  disk")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "df: command failed\n",
        "Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda1 1000 600 400 60% /\n",
        "文件系统 Inode 已用(I) 可用(I) 已用(I)% 挂载点\n/dev/sda1 1000 600 400 60% /\n",
        "/dev/sda1 1000 600 400 60% /\n",
    ],
)
def test_what_is_no_table_of_sizes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="df"):
        df.rows(text)


HEADER = "Filesystem 1K-blocks Used Available Use% Mounted on\n"


def free_of(path: str, table: str, mounts: str = "") -> int:
    return df.filesystem(path, df.rows(HEADER + table), proc_mounts(mounts)).free // KIB


def test_the_deepest_mount_point_holds_the_path() -> None:
    table = "/dev/a 100 1 99 1% /\n/dev/b 50 1 49 2% /home\n/dev/c 9 1 8 2% /home2\n"
    assert free_of("/home/x", table) == 49
    assert free_of("/home", table) == 49
    assert free_of("/homely", table) == 99
    assert free_of("/", table) == 99


def test_of_two_rows_for_one_place_the_last_that_has_a_size() -> None:
    assert free_of("/x", "rootfs 100 1 99 1% /\n/dev/a 50 1 49 2% /\nsystemd-1 0 0 0 - /\n") == 49


def test_a_mount_that_df_left_out_is_not_replaced_by_the_one_above() -> None:
    table = "/dev/a 100 1 99 1% /\n"
    with pytest.raises(LookupError, match="/home"):
        free_of("/home/x", table, "/dev/a / ext4 rw 0 0\nnas:/v /home nfs rw 0 0\n")
    assert free_of("/home/x", table, "/dev/a / ext4 rw 0 0\n/dev/a /home ext4 rw 0 0\n") == 99


@pytest.mark.parametrize("sizes", ["- - - -", "0 0 0 -"])
def test_a_size_that_df_could_not_tell(sizes: str) -> None:
    with pytest.raises(LookupError, match="no size of /net"):
        free_of("/net/x", f"/dev/a 100 1 99 1% /\nnas {sizes} /net\n")


def test_overdrawn_reserve_is_no_space() -> None:
    assert free_of("/", "/dev/a 100 120 -20 100% /\n") == 0


def test_type_and_device_come_from_the_mounts() -> None:
    table = df.rows(HEADER + "/dev/root 100 1 99 1% /\n")
    found = df.filesystem("/x", table, [Mount("/dev/vda1", "/", "xfs")])
    assert (found.type, found.device, found.total) == ("xfs", "/dev/vda1", 100 * KIB)


def test_a_hostile_table_takes_no_time() -> None:
    with pytest.raises(ValueError, match="df"):
        df.rows(HEADER + " ".join(["1"] * 500_000) + "\n" + " " * 1_000_000 + "\n")


def test_mount_tables() -> None:
    assert proc_mounts("/dev/sdb1 /mnt/my\\040disk ext4 rw 0 0\nbroken\n") == [
        Mount("/dev/sdb1", "/mnt/my disk", "ext4", "rw")
    ]
    assert mount("/dev/sda1 on /boot type xfs (rw,relatime) [label]\nnothing\n") == [
        Mount("/dev/sda1", "/boot", "xfs", "rw,relatime")
    ]
