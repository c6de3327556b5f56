from __future__ import annotations

import errno
import os
import platform
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from envcheck.host import live
from envcheck.host.base import Absent, Denied, Failed, TimedOut
from envcheck.host.live import LiveHost


def test_host_is_this_machine() -> None:
    host = LiveHost()
    assert host.live
    assert host.name == platform.node()
    assert host.is_root() == (os.geteuid() == 0)
    assert host.recorded("*") == {}


def test_files_of_proc_are_whole() -> None:
    host = LiveHost()
    assert host.read("/proc/sys/kernel/osrelease").strip() == platform.release()
    assert "MemTotal:" in host.read("/proc/meminfo")


def test_read_ends_at_the_limit(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * 300_000)
    assert LiveHost().read_bytes(str(tmp_path / "log"), 200_001) == b"x" * 200_001
    assert len(LiveHost().read(str(tmp_path / "log"))) == 300_000


def test_what_is_not_there_is_absent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "none", tmp_path / "file" / "below"):
        with pytest.raises(Absent, match=f"{path} is not there"):
            LiveHost().read(str(path))
    assert not LiveHost().exists("/etc/no/such/file")
    with pytest.raises(Absent):
        LiveHost().names("/proc/no-such")
    with pytest.raises(Absent):
        LiveHost().resolve("/etc/no-such")


def test_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    started = time.monotonic()
    with pytest.raises(Failed, match="pipe is not a regular file"):
        LiveHost().read(str(tmp_path / "pipe"))
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/etc"])
def test_device_and_directory_are_refused(path: str) -> None:
    with pytest.raises(Failed, match=f"{path} is not a regular file"):
        LiveHost().read(path)


def test_device_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    # Opening /dev/watchdog would arm it.
    opened: list[object] = []
    host = LiveHost()
    assert host.exists("/dev/null")
    monkeypatch.setattr(os, "open", lambda *arguments: opened.append(arguments))
    with pytest.raises(Failed):
        host.read("/dev/null")
    assert opened == []


@pytest.mark.parametrize(
    ("number", "kind", "reason"),
    [
        (errno.EIO, Failed, "Input/output error"),
        (errno.ENODEV, Absent, "is not there"),
        (errno.EACCES, Denied, "permission denied"),
        (errno.EINVAL, Failed, "Invalid argument"),
    ],
)
def test_error_of_the_kernel_has_its_reason(
    monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception], reason: str
) -> None:
    def read(*_: object) -> bytes:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(kind, match=f"/etc/passwd.*{reason}"):
        LiveHost().read("/etc/passwd")


def test_nul_in_a_path_is_an_answer_not_a_crash() -> None:
    with pytest.raises(Failed, match="null byte"):
        LiveHost().read("/etc/\0")


def test_file_of_root_is_denied_to_others() -> None:
    script = """
import os, tempfile
from envcheck.host import files, mounts  # while they can be read
from envcheck.host.live import LiveHost
fd, path = tempfile.mkstemp()
os.chmod(path, 0)
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
host = LiveHost()
print(host.is_root())
try:
    host.read(path)
except Exception as error:
    print(type(error).__name__, error)
"""
    repository = str(Path(live.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True
    )
    root, answer = done.stdout.splitlines()
    assert root == "False"
    assert answer.startswith(Denied.__name__)
    assert answer.endswith(": permission denied (not root)")


def test_status_names_and_links(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("abc")
    (tmp_path / "b").chmod(0o640)
    (tmp_path / "a").symlink_to(tmp_path / "b")
    host = LiveHost()
    assert host.names(str(tmp_path)) == ("a", "b")
    assert host.resolve(str(tmp_path / "a")) == str(tmp_path / "b")
    found = host.stat(str(tmp_path / "a"))
    assert (found.kind, found.mode, found.uid, found.size) == ("file", 0o640, os.getuid(), 3)
    assert host.stat(str(tmp_path)).kind == "directory"
    assert host.stat("/dev/null").kind == "other"


def test_other_root_for_tests(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "real").write_text("x")
    (tmp_path / "etc" / "link").symlink_to("real")
    host = LiveHost(root=str(tmp_path))
    assert host.read("/etc/link") == "x"
    assert host.resolve("/etc/link") == "/etc/real"
    assert host.resolve("/") == "/"


@pytest.mark.parametrize("path", ["/mnt/nas/x", "/home/me/x", "/usr/local/x", "/proc/driver/nvidia/version"])
def test_dead_mount_or_driver_costs_its_deadline_only(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    forever = threading.Event()
    monkeypatch.setattr(live, "FILE_SECONDS", 0.1)
    monkeypatch.setattr(os, "stat", lambda _: forever.wait())
    started = time.monotonic()
    host = LiveHost()
    vars(host)["_all_mounts_local"] = False
    with pytest.raises(TimedOut, match=rf"{path}: no answer in 0\.1 s"):
        host.exists(path)
    assert time.monotonic() - started < 1
    forever.set()


@pytest.mark.parametrize(
    ("mounts", "local"),
    [
        ("/dev/sda1 / xfs rw 0 0\ntmpfs /run tmpfs rw 0 0\n", True),
        ("/dev/sda1 / xfs rw 0 0\nnas:/home /home nfs4 rw 0 0\n", False),
        ("/dev/sda1 / xfs rw 0 0\nsystemd-1 /net autofs rw 0 0\n", False),
        ("/dev/sda1 / xfs rw 0 0\nsome thing\n", False),
        (None, False),
    ],
)
def test_only_where_nothing_remote_is_mounted_are_paths_asked_without_a_deadline(
    tmp_path: Path, mounts: str | None, local: bool
) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    if mounts is not None:
        (tmp_path / "proc/self/mounts").write_text(mounts)
    assert LiveHost(root=str(tmp_path))._all_mounts_local is local


def test_after_close_every_question_raises() -> None:
    host = LiveHost()
    before = host.read("/etc/passwd")
    host.close()
    assert host.read("/etc/passwd") == before
    for ask in (lambda: host.read("/etc/group"), lambda: host.run("true"), lambda: host.docker("/info")):
        with pytest.raises(TimedOut, match="the run ended"):
            ask()


def test_addresses_have_no_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    found = LiveHost().addresses()
    assert "127.0.0.1" in found["lo"]
    assert not [text for texts in found.values() for text in texts if "%" in text]
    local = SimpleNamespace(family=socket.AF_INET6, address="fe80::1%eth7")
    link = SimpleNamespace(family=socket.AF_PACKET, address="00:11:22:33:44:55")
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: {"eth7": [link, local], "eth8": [link]})
    assert LiveHost().addresses() == {"eth7": ("fe80::1",), "eth8": ()}


def test_addresses_that_can_not_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(psutil, "net_if_addrs", refuse)
    with pytest.raises(Failed, match="network addresses: Operation not permitted"):
        LiveHost().addresses()


def test_live_host_loads_little(unmeasured: dict[str, str]) -> None:
    script = """
import sys
before = set(sys.modules)  # an editable install loads some by itself
from envcheck.host.live import LiveHost
host = LiveHost()
host.read("/proc/meminfo"), host.exists("/dev/null"), host.docker_address()
heavy = {"subprocess", "psutil", "docker", "pynvml", "http.client", "socket", "ctypes", "pathlib"}
print(sorted(heavy & set(sys.modules) - before))
"""
    repository = str(Path(live.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=repository,
        env=unmeasured,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
