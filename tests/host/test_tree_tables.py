"""Free space and addresses of a recorded host."""

from __future__ import annotations

import pytest

from envcheck.host.base import Filesystem, NotRecorded
from tests.conftest import Tree

DF = """Filesystem 1K-blocks Used Available Use% Mounted on
/dev/sda2 1000 100 900 10% /
/dev/sdb1 500 100 400 20% /data
"""
INODES = "Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda2 7 1 6 10% /\n"
MOUNTS = "/dev/sda2 / xfs rw 0 0\n/dev/sdb1 /data ext4 rw 0 0\n"


@pytest.mark.parametrize(
    "name",
    [
        "sos_commands/filesys/df_-al_-x_autofs",
        "df",
        "sos_commands/x/df",
        "sos_commands/x/df_-P",
        "sos_commands/x/df_-k",
    ],
)
def test_any_df_serves(tree: Tree, name: str) -> None:
    host = tree({name: DF, "proc/mounts": MOUNTS, "sos_commands/filesys/df_-ali_-x_autofs": INODES})
    assert host.filesystem("/data/docker") == Filesystem("/data", 500 * 1024, 400 * 1024, "ext4", "/dev/sdb1")
    assert host.filesystem("/home").mount_point == "/"


def test_links_on_the_way_are_followed(tree: Tree) -> None:
    host = tree({"df": DF, "var/lib/docker": "-> /data/docker"})
    assert host.filesystem("/var/lib/docker/overlay2").mount_point == "/data"


def test_exact_sizes_are_preferred(tree: Tree) -> None:
    human = "Filesystem Size Used Avail Use% Mounted on\n/dev/sda2 1M 1M 1M 10% /\n"
    host = tree({"sos_commands/a/df_-h": human, "sos_commands/b/df_-k": DF})
    assert host.filesystem("/").free == 900 * 1024


def test_what_one_df_lacks_another_may_have(tree: Tree) -> None:
    host = tree(
        {
            "sos_commands/a/df_-P": DF.replace("/data", "/old"),
            "sos_commands/b/df_-k": DF,
            "sos_commands/filesys/mount_-l": "/dev/sda2 on / type xfs (rw)\n"
            "/dev/sdc1 on /data type xfs (rw)\n",
        }
    )
    assert host.filesystem("/data").free == 400 * 1024


def test_the_answers_kept_for_us_come_first(tree: Tree) -> None:
    kept = '[{"mount_point": "/", "total": 9, "free": 5, "type": "btrfs", "device": "/dev/x"}]'
    host = tree({"df": DF, "sos_commands/envcheck/filesystem.json": kept})
    assert host.filesystem("/data/x") == Filesystem("/", 9, 5, "btrfs", "/dev/x")


@pytest.mark.parametrize("files", [{"etc/x": ""}, {"df": INODES}, {"df": "bash: df: command not found\n"}])
def test_no_df_no_answer(tree: Tree, files: dict[str, str]) -> None:
    with pytest.raises(NotRecorded, match="the free space of /home is not in this record"):
        tree(files).filesystem("/home")


ONE_LINE = r"""1: lo    inet 127.0.0.1/8 scope host lo\       valid_lft forever
2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\       valid_lft forever
2: eth0    inet6 fe80::1/64 scope link \       valid_lft forever
4: tun0    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0\  valid_lft forever
"""
MANY_LINES = """1: lo: <LOOPBACK,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
26: eth0@if27: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP
    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0
       valid_lft forever preferred_lft forever
27: bond0.100@bond0: <BROADCAST> mtu 1500
"""
IFCONFIG_NEW = """eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet 10.0.0.5  netmask 255.255.255.0  broadcast 10.0.0.255
        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>

lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
        inet 127.0.0.1  netmask 255.0.0.0
        inet6 ::1  prefixlen 128  scopeid 0x10<host>
"""
IFCONFIG_OLD = """eth0      Link encap:Ethernet  HWaddr 00:16:3e:3f:d9:1c
          inet addr:10.0.0.5  Bcast:10.0.0.255  Mask:255.255.255.0
          inet6 addr: fe80::1/64 Scope:Link

lo        Link encap:Local Loopback
          inet addr:127.0.0.1  Mask:255.0.0.0
          inet6 addr: ::1/128 Scope:Host
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "sos_commands/networking/ip_-o_addr",
            ONE_LINE,
            {"lo": (), "eth0": ("10.0.0.5", "fe80::1"), "tun0": ("10.8.0.1",)},
        ),
        ("ip_addr", ONE_LINE, {"lo": (), "eth0": ("10.0.0.5", "fe80::1"), "tun0": ("10.8.0.1",)}),
        (
            "sos_commands/networking/ip_-d_address",
            MANY_LINES,
            {"lo": (), "eth0": ("10.0.0.5",), "bond0.100": ()},
        ),
        ("sos_commands/x/ifconfig_-a", IFCONFIG_NEW, {"eth0": ("10.0.0.5", "fe80::1"), "lo": ()}),
        ("sos_commands/x/ifconfig", IFCONFIG_OLD, {"eth0": ("10.0.0.5", "fe80::1"), "lo": ()}),
    ],
)
def test_addresses(tree: Tree, name: str, text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert tree({name: text}).addresses() == expected


def test_an_output_without_interfaces_is_no_answer(tree: Tree) -> None:
    host = tree({"ip_addr": "bash: ip: command not found\n", "sos_commands/x/ifconfig": IFCONFIG_OLD})
    assert host.addresses()["eth0"][0] == "10.0.0.5"
    with pytest.raises(NotRecorded):
        tree({"ip_addr": "", "sos_commands/x/ifconfig": ""}).addresses()
