"""Users, processes, libraries, folders and archives of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest

from envcheck.host import kubeconfig, people, running
from envcheck.host.base import Absent, Denied, Failed, TimedOut
from envcheck.host.live import LiveHost

SLEEP = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]


def test_a_user_is_found_through_nss() -> None:
    found = LiveHost().account("root")
    assert (found.uid, found.gid, found.home, found.groups[0]) == (0, 0, pwd.getpwnam("root").pw_dir, "root")
    assert LiveHost().user_name(0) == "root"
    assert LiveHost().group_name(0) == "root"


@pytest.mark.parametrize("name", ["no-such-user", "a\0b", ""])
def test_a_user_that_is_not_there(name: str) -> None:
    with pytest.raises(Absent):
        LiveHost().account(name)


def test_numbers_without_a_name() -> None:
    for ask in (LiveHost().user_name, LiveHost().group_name):
        with pytest.raises(Absent):
            ask(3_999_999_999)


def test_a_user_in_a_group_of_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getgrouplist", lambda name, gid: [gid, 3_999_999_999])
    assert people.account("root").groups == ("root", "3999999999")


def test_a_process_with_its_program() -> None:
    with subprocess.Popen(SLEEP, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            found = next(each for each in LiveHost().processes() if each.pid == process.pid)
        finally:
            process.kill()
    assert found.command.startswith(f"{sys.executable} -c ")
    assert found.program == os.path.realpath(sys.executable)
    assert found.user == pwd.getpwuid(os.geteuid()).pw_name
    assert found.started is not None


def test_a_dead_process_does_not_run() -> None:
    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert process.pid not in [each.pid for each in LiveHost().processes()]


def test_hidden_processes_are_not_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Denied, match="hidepid"):
        running.live("proc /proc proc rw,nosuid,hidepid=2 0 0\n")
    for shown in ("rw,nosuid", "rw,hidepid=0", "rw,hidepid=off"):
        assert running.live(f"proc /proc proc {shown} 0 0\n")


def test_the_container_of_a_process(tmp_path: Path) -> None:
    group = tmp_path / "cgroup"
    group.write_text(f"0::/system.slice/docker-{'ab12' * 16}.scope\n")
    assert running._container(str(group)) == "ab12" * 16
    group.write_text("0::/user.slice\n")
    assert running._container(str(group)) == ""
    assert running._container(str(tmp_path / "none")) is None


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc")
    folder = tmp_path_factory.mktemp("library")
    (folder / "versions").write_text(
        "GLIBCXX_3.4 { global: f; };\nGLIBCXX_3.4.19 { global: g; } GLIBCXX_3.4;\n"
    )
    (folder / "source.c").write_text("int f(void) { return 1; } int g(void) { return 2; }\n")
    command = ["gcc", "-shared", "-fPIC", "-Wl,--version-script=versions", "-Wl,-soname=libstdc++.so.6"]
    subprocess.run([*command, "-o", "library.so", "source.c"], cwd=folder, check=True)
    return folder / "library.so"


def test_symbol_versions_of_a_library(library: Path) -> None:
    assert LiveHost().symbol_versions(str(library)) == ("libstdc++.so.6", "GLIBCXX_3.4", "GLIBCXX_3.4.19")


def test_what_is_no_library(library: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("GLIBCXX_3.4.19")
    with pytest.raises(Failed, match="not an ELF file"):
        LiveHost().symbol_versions(str(tmp_path / "text"))
    (tmp_path / "cut").write_bytes(library.read_bytes()[:1500])
    with pytest.raises(Failed, match=r"damaged|tells no"):
        LiveHost().symbol_versions(str(tmp_path / "cut"))


@pytest.mark.parametrize("at", range(0, 6000, 97))
def test_a_damaged_library_is_a_failure_or_read(library: Path, tmp_path: Path, at: int) -> None:
    content = bytearray(library.read_bytes())
    content[at : at + 8] = b"\xff" * 8
    (tmp_path / "damaged").write_bytes(content)
    with suppress(Failed):
        LiveHost().symbol_versions(str(tmp_path / "damaged"))


def test_a_folder_that_may_be_written_to_is_left_as_it_was(tmp_path: Path) -> None:
    before = os.stat(tmp_path)
    assert LiveHost().obstacle(str(tmp_path)) == ""
    assert os.stat(tmp_path) == before
    assert os.listdir(tmp_path) == []


def test_what_is_in_the_way_of_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    assert LiveHost().obstacle(str(tmp_path / "file")) == "it is not a folder"
    with pytest.raises(Absent):
        LiveHost().obstacle(str(tmp_path / "none"))
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert LiveHost().obstacle(str(tmp_path)) == "permission denied"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"f_flag": os.ST_RDONLY}, "its file system is mounted read-only"),
        ({"f_bfree": 0, "f_bavail": 0}, "no space is left"),
        ({"f_files": 10, "f_favail": 0}, "no inodes are left"),
        ({"f_files": 0, "f_favail": 0}, ""),  # btrfs counts none
    ],
)
def test_a_file_system_that_takes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, int], said: str
) -> None:
    names = (
        "f_bsize",
        "f_frsize",
        "f_blocks",
        "f_bfree",
        "f_bavail",
        "f_files",
        "f_ffree",
        "f_favail",
        "f_flag",
    )
    plain = {**dict.fromkeys((*names, "f_namemax"), 100), "f_flag": 0, **changed}
    monkeypatch.setattr(os, "statvfs", lambda path: os.statvfs_result([*plain.values()]))
    assert LiveHost().obstacle(str(tmp_path)) == said


def test_a_folder_and_an_archive_of_it_hold_the_same(tmp_path: Path) -> None:
    top = tmp_path / "original"
    (top / "package").mkdir(parents=True)
    (top / "refs.txt").write_text("http://host/a.tar\n")
    (top / "package" / "a.tar").write_bytes(b"x" * 7)
    with tarfile.open(tmp_path / "p.tar.gz", "w:gz") as archive:
        archive.add(top, "original")
    folder = LiveHost().contents(str(tmp_path), "*/refs.txt", timeout=5)
    packed = LiveHost().contents(str(tmp_path / "p.tar.gz"), "*/refs.txt", timeout=5)
    wanted = {("original/refs.txt", "file", 18), ("original/package/a.tar", "file", 7)}
    for found in (folder, packed):
        assert found.damage == ""
        assert wanted <= {each[:3] for each in found.members}
        assert found.texts == {"original/refs.txt": "http://host/a.tar\n"}
    assert (folder.kind, packed.kind) == ("directory", "archive")


def test_an_archive_that_is_cut_off_or_none(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "whole.tar.gz", "w:gz") as archive:
        archive.add(__file__, "file")
    content = (tmp_path / "whole.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(content[:-20])
    (tmp_path / "page.tar.gz").write_text("<html>expired</html>")
    assert "truncated" in LiveHost().contents(str(tmp_path / "cut.tar.gz"), timeout=5).damage
    assert "not an archive" in LiveHost().contents(str(tmp_path / "page.tar.gz"), timeout=5).damage
    with pytest.raises(Absent):
        LiveHost().contents(str(tmp_path / "none"), timeout=5)


def test_an_archive_that_takes_too_long(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "large.tar.gz", "w:gz", compresslevel=1) as archive:
        (tmp_path / "zeros").write_bytes(bytes(64 << 20))
        archive.add(tmp_path / "zeros", "zeros")
    with pytest.raises(TimedOut):
        LiveHost().contents(str(tmp_path / "large.tar.gz"), timeout=0.001)


def test_links_in_a_folder_are_not_walked(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "real" / "broken").symlink_to("nowhere")
    found = LiveHost().contents(str(tmp_path), timeout=5)
    assert {each.name: each.kind for each in found.members} == {
        "real": "directory",
        "real/loop": "link",
        "real/broken": "other",
    }


def test_the_kubeconfig_in_force(tmp_path: Path) -> None:
    own, named = tmp_path / ".kube/config", tmp_path / "named"
    with pytest.raises(Absent, match="no kubeconfig"):
        kubeconfig.in_force({"HOME": str(tmp_path)}, os.path.isfile)
    assert kubeconfig.in_force({}, lambda path: path == "/etc/kubernetes/admin.conf") == (
        "/etc/kubernetes/admin.conf",
    )
    own.parent.mkdir()
    own.touch()
    environ = {"HOME": str(tmp_path), "KUBECONFIG": f"{named}:/no/such"}
    with pytest.raises(Absent, match=r"\$KUBECONFIG names"):
        LiveHost(environ=environ).kubeconfig()
    named.touch()
    assert LiveHost(environ=environ).kubeconfig() == (str(named),)
    assert LiveHost(environ={"HOME": str(tmp_path)}).kubeconfig() == (str(own),)
