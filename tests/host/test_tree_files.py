"""Files of a recorded host: what is asked for is read, and nothing outside the record is."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from envcheck.host import outputs
from envcheck.host.base import Denied, Failed, NotRecorded
from envcheck.host.tree import TreeHost
from tests.conftest import Tree


def test_reads_a_file_up_to_the_limit(tree: Tree) -> None:
    host = tree({"proc/meminfo": "MemTotal: 5 kB\n"})
    assert host.read("/proc/meminfo") == "MemTotal: 5 kB\n"
    assert host.read_bytes("/proc/meminfo", 8) == b"MemTotal"


def test_bytes_that_are_no_text_are_escaped(tree: Tree) -> None:
    assert tree({"etc/x": b"a\xffb"}).read("/etc/x") == r"a\xffb"


def test_a_file_that_is_not_there_is_not_recorded(tree: Tree) -> None:
    host = tree({"etc/hosts": "x"})
    for path in ("/etc/x", "/etc/hosts/below", "/etc/" + "x" * 300, "/etc/\0"):
        with pytest.raises(NotRecorded, match="is not in this record"):
            host.read(path)


def test_absolute_links_stay_inside(tree: Tree) -> None:
    host = tree({"etc/os-release": "-> /usr/lib/os-release", "usr/lib/os-release": "ID=centos\n"})
    assert host.read("/etc/os-release") == "ID=centos\n"
    assert host.resolve("/etc/os-release") == "/usr/lib/os-release"


def test_links_cannot_lead_out_of_the_record(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    host = tree(
        {
            "etc/up": "-> ../../../../../../../../secret",
            "etc/absolute": f"-> {tmp_path}/secret",
            "etc/passwd": "-> /etc/passwd.real",
            "out": "-> ..",
            "secret": "inside",
        }
    )
    assert host.read("/etc/up") == "inside"
    assert host.read("/../../secret") == "inside"
    assert host.read("/out/secret") == "inside"
    for path in ("/etc/absolute", "/etc/passwd"):
        with pytest.raises(NotRecorded):
            host.read(path)


def test_links_in_a_circle_end(tree: Tree) -> None:
    host = tree(
        {
            "a": "-> b",
            "b": "-> a",
            "etc": "-> /etc",
            "grow": "-> grow/grow",
            "sos_commands": "-> sos_commands",
        }
    )
    assert host.recorded("*") == {}
    assert host.name == "host"
    for path in ("/a", "/b/c", "/etc/hosts", "/grow"):
        with pytest.raises(Failed, match="circle"):
            host.read(path)


def test_what_is_no_regular_file_is_not_opened(tree: Tree, tmp_path: Path) -> None:
    tree({"etc/hosts": "x", "etc/link": "-> fifo"})
    os.mkfifo(tmp_path / "host/etc/fifo")
    with socket.socket(socket.AF_UNIX) as server:
        old = Path.cwd()
        os.chdir(tmp_path / "host/etc")
        try:
            server.bind("socket")
        finally:
            os.chdir(old)
        host = TreeHost(tmp_path / "host")
        started = time.monotonic()
        for path in ("/etc/fifo", "/etc/link", "/etc/socket", "/etc"):
            with pytest.raises(Failed, match="not a regular file"):
                host.read(path)
        assert time.monotonic() - started < 1
    assert host.stat("/etc/fifo").kind == "other"


def test_a_device_is_not_opened(tree: Tree, tmp_path: Path) -> None:
    host = tree({"dev/x": "-> null"})
    try:
        os.mknod(tmp_path / "host/dev/null", 0o020666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("needs the right to make a device")
    with pytest.raises(Failed, match="not a regular file"):
        host.read("/dev/x")


def test_names_are_sorted_and_an_empty_folder_says_nothing(tree: Tree, tmp_path: Path) -> None:
    host = tree({"sys/class/net/lo": "", "sys/class/net/eth0": "-> ../x"})
    (tmp_path / "host/sys/block").mkdir()
    assert host.names("/sys/class/net") == ("eth0", "lo")
    for path in ("/sys/block", "/sys/bus"):
        with pytest.raises(NotRecorded):
            host.names(path)
    with pytest.raises(Failed):
        host.names("/sys/class/net/lo")


def test_resolve_names_a_target_that_is_not_recorded(tree: Tree) -> None:
    host = tree({"sys/block/sdb": "-> ../devices/pci0000:00/usb1/1-1/block/sdb", "sys/devices/cpu": ""})
    assert host.resolve("/sys/block/sdb") == "/sys/devices/pci0000:00/usb1/1-1/block/sdb"
    assert host.resolve("/sys/block/sdb/") == "/sys/devices/pci0000:00/usb1/1-1/block/sdb"
    for path in ("/sys/block/sdb/device", "/sys/block/sdc"):
        with pytest.raises(NotRecorded):
            host.resolve(path)


def test_stat_tells_kind_mode_and_size(tree: Tree, tmp_path: Path) -> None:
    host = tree({"var/log/x": "12345"})
    (tmp_path / "host/var/log").chmod(0o1777)
    assert host.stat("/var/log/x").size == 5
    assert host.stat("/var/log/x").kind == "file"
    assert (host.stat("/var/log").kind, host.stat("/var/log").mode) == ("directory", 0o1777)
    assert host.stat("/").kind == "directory"
    with pytest.raises(NotRecorded):
        host.exists("/var/x")


def test_metadata_kept_in_the_record_wins(tree: Tree) -> None:
    kept = '{"/var/log/mariadb": {"kind": "directory", "mode": "0777", "uid": 27}, "/home": {"mode": "0700"}}'
    host = tree({"sos_commands/envcheck/stat.json": kept, "home/x": "1"})
    assert host.stat("/var/log/mariadb")[:3] == ("directory", 0o777, 27)
    assert host.stat("/home")[:2] == ("directory", 0o700)


@pytest.mark.parametrize("calls", [("scandir", "lstat"), ("open",), ("scandir",)])
def test_what_may_not_be_read_is_said(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, calls: tuple[str, ...]
) -> None:
    host = tree({"etc/shadow/x": "x"})

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    for call in calls:
        monkeypatch.setattr(os, call, refuse)
    with pytest.raises(Denied, match=r"/etc/shadow.*: permission denied"):
        host.names("/etc/shadow") if calls == ("scandir",) else host.read("/etc/shadow/x")


@pytest.mark.parametrize("call", ["open", "read"])
def test_what_cannot_be_read_is_said(tree: Tree, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    host = tree({"etc/x": "x"})

    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(Failed, match="/etc/x: Input/output error"):
        host.read("/etc/x")


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"etc/hostname": "db-1\n"}, "db-1"),
        ({"proc/sys/kernel/hostname": "db-2\n"}, "db-2"),
        ({"sos_commands/host/hostname": "db-3\n"}, "db-3"),
        ({"hostname": "db-4\n"}, "db-4"),
        ({"etc/hostname": "-> hostname"}, "host"),
        ({"etc/hostname": "\n"}, "host"),
    ],
)
def test_the_name_of_the_host(tree: Tree, files: dict[str, str], name: str) -> None:
    assert tree(files).name == name


def test_a_crowded_record_is_looked_at_within_bounds(tree: Tree, tmp_path: Path) -> None:
    """A hundred thousand files in one folder cost neither much time nor the other folders."""
    host = tree({"sos_commands/zz/lscpu": "Architecture: x86_64\n"})
    crowded = tmp_path / "host/sos_commands/aa"
    crowded.mkdir()
    for number in range(100_000):
        os.mknod(crowded / f"f{number}")
    started = time.monotonic()
    host = TreeHost(tmp_path / "host")
    assert time.monotonic() - started < 1
    assert host.run("lscpu").stdout == "Architecture: x86_64\n"
    assert len(host.recorded("f*")) <= outputs.MAX_FOLDER


def test_a_deep_record_is_looked_at_within_bounds(tree: Tree, tmp_path: Path) -> None:
    deep = "/".join(["d"] * 200)
    host = tree({f"sos_commands/{deep}/lscpu": "x", "sos_commands/d/lsmod": "y"})
    assert host.run("lsmod").stdout == "y"
    with pytest.raises(NotRecorded):
        host.run("lscpu")


def test_replay_is_fast(tree: Tree, tmp_path: Path) -> None:
    tree({f"sos_commands/p{number}/out_{number}": "text\n" for number in range(40)})
    started = time.process_time()
    for _ in range(20):
        host = TreeHost(tmp_path / "host")
        for number in range(40):
            host.run("out", str(number))
            with pytest.raises(NotRecorded):
                host.read(f"/proc/sys/kernel/x{number}")
    assert (time.process_time() - started) / 20 < 0.05
