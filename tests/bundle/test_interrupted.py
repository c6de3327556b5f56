"""A signal or a full disk while an archive is unpacked leaves nothing behind."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from envcheck.bundle import unpacked
from envcheck.bundle.unpacked import Unpacked
from envcheck.host import open_host
from tests import written
from tests.bundle.archives import REPOSITORY, empty_members, write
from tests.bundle.records import bundle


@pytest.fixture
def tmp(tmp_path: Path) -> Path:
    """Where archives are unpacked."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


def start(tmp: Path, *arguments: object) -> subprocess.Popen[str]:
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(tmp.parent),
        "TMPDIR": str(tmp),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "envcheck", *map(str, arguments)],
        cwd=tmp.parent, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What takes seconds to unpack."""
    path = tmp_path_factory.mktemp("large") / "x.tar.gz"
    members = b"".join(empty_members(f"etc/{folder}", 1000) for folder in range(60))
    path.write_bytes(gzip.compress(members + b"\0" * 1024, 1))
    return path


def unpacking(tmp: Path, large: Path) -> subprocess.Popen[str]:
    """A check at the moment when some of the archive is unpacked."""
    process = start(tmp, "--from", large, "default")
    until = time.monotonic() + 60
    while not any(len(list(each.glob("etc/*"))) > 1 for each in tmp.glob("envcheck-*")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)
    return process


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_while_unpacking(tmp: Path, large: Path, number: int, status: int) -> None:
    process = unpacking(tmp, large)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == status
    assert "Traceback" not in said
    assert list(tmp.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_one(tmp: Path, large: Path) -> None:
    process = unpacking(tmp, large)
    process.kill()
    process.communicate(timeout=60)
    (left,) = tmp.iterdir()
    os.utime(left, (0, 0))
    again = start(tmp, "--from", write(tmp.parent / "small.tar.gz", {"etc/hosts": "x"}), "default")
    _, said = again.communicate(timeout=60)
    assert again.returncode == 1, said
    assert list(tmp.iterdir()) == []


def test_what_is_in_use_or_not_ours_stays(tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp))
    monkeypatch.setattr("tempfile.tempdir", None)
    first = Unpacked()
    os.utime(first.name, (0, 0))
    young = tmp / "envcheck-unpacked-young"
    young.mkdir()
    file = tmp / "envcheck-unpacked-file"
    file.write_text("x")
    os.utime(file, (0, 0))
    link = tmp / "envcheck-unpacked-link"
    link.symlink_to(tmp)
    second = Unpacked()
    assert os.path.isdir(first.name)
    assert young.is_dir()
    assert file.is_file()
    assert link.is_symlink()
    for each in (first, second, second):
        each.remove()
    assert sorted(path.name for path in tmp.iterdir()) == [
        "envcheck-unpacked-file",
        "envcheck-unpacked-link",
        "envcheck-unpacked-young",
    ]


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A bundle, and the same with so many files more that unpacking it takes seconds."""
    folder = tmp_path_factory.mktemp("bundles")
    small, long = folder / "small.tar.gz", folder / "long.tar.gz"
    bundle(small, written.HOSTS / "centos72-p4")
    with tarfile.open(small) as archive:
        end = archive.getmember("manifest.json").size
    plain = gzip.decompress(small.read_bytes())
    end = 512 + -(-end // 512) * 512
    more = b"".join(empty_members(f"host/x/{number}", 1000) for number in range(60))
    long.write_bytes(gzip.compress(plain[:end] + more + plain[end:], 1))
    return small, long


def test_what_a_killed_unpack_left_goes_with_the_next_one(tmp: Path, bundles: tuple[Path, Path]) -> None:
    """Also at once, and not what another process works on."""
    small, long = bundles
    mine = tmp / ".envcheck-unpack-file"
    mine.write_text("x")
    running = start(tmp, "bundle", "unpack", long, tmp / "running")
    in_use = unpacked_by(running, tmp, set())
    killed = start(tmp, "bundle", "unpack", long, tmp / "killed")
    left = unpacked_by(killed, tmp, {in_use})
    os.kill(running.pid, signal.SIGSTOP)
    killed.kill()
    killed.communicate(timeout=60)
    assert left.is_dir()
    again = start(tmp, "bundle", "unpack", small, tmp / "case")
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert {path.name for path in tmp.iterdir()} == {"case", mine.name, in_use.name}
    os.kill(running.pid, signal.SIGCONT)
    running.terminate()
    running.communicate(timeout=60)
    assert {path.name for path in tmp.iterdir()} == {"case", mine.name}


def unpacked_by(process: subprocess.Popen[str], folder: Path, known: set[Path]) -> Path:
    """Where a process unpacks, once there is something."""
    until = time.monotonic() + 60
    while True:
        for each in set(folder.glob(".envcheck-unpack-*")) - known:
            if each.is_dir() and len(list(each.glob("x/*"))) > 1:
                return each
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)


def test_one_that_was_taken_away_before_its_lock_is_made_again(
    tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    lock = unpacked._lock

    def first_taken(descriptor: int) -> None:
        if not taken:
            (name,) = os.listdir(tmp)
            taken.append(name)
            os.rmdir(tmp / name)
        lock(descriptor)

    monkeypatch.setattr(unpacked, "_lock", first_taken)
    one = Unpacked(str(tmp))
    assert os.listdir(tmp) == [os.path.basename(one.name)] != taken
    one.remove()


def test_a_file_system_without_locks_will_do(tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(descriptor: int) -> None:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(unpacked, "_lock", none)
    one, two = Unpacked(str(tmp), young=0), Unpacked(str(tmp), young=0)
    assert len(os.listdir(tmp)) == 2
    one.remove()
    two.remove()
    assert os.listdir(tmp) == []


def test_a_host_that_is_forgotten_is_removed(tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp))
    monkeypatch.setattr("tempfile.tempdir", None)
    open_host(write(tmp.parent / "small.tar.gz", {"etc/hosts": "x"}))
    assert list(tmp.iterdir()) == []


@pytest.fixture
def small(tmp: Path) -> Iterator[Path]:
    """A file system of 1 MB for what is unpacked."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp], check=True)
    try:
        yield tmp
    finally:
        subprocess.run(["umount", "-l", tmp], check=True)


@pytest.mark.parametrize(
    "words", [["--from", "FILE", "default"], ["bundle", "--from", "FILE", "-o", "made.tar.gz"]], ids=" ".join
)
def test_no_room_to_unpack(small: Path, words: list[str]) -> None:
    files = {f"etc/{number}": os.urandom(100_000) for number in range(30)}
    path = write(small.parent / "x.tar.gz", files)
    process = start(small, *(path if word == "FILE" else word for word in words))
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "it can't be unpacked: No space left on device" in said
    assert len(said.strip().splitlines()) == 1
    assert list(small.iterdir()) == []
    assert not list(small.parent.glob("made*"))
