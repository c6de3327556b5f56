"""Archives that may be hostile: what opens, what is left out and why, and at what price."""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import envcheck
from envcheck.bundle import compressed
from envcheck.host import UnusableRecord, open_host
from envcheck.host.base import Absent, Failed, NotRecorded
from envcheck.host.tree import TreeHost
from tests import written
from tests.bundle.archives import REPOSITORY, Member, add, empty_members, run, special, write

MEMORY = 200
"""MiB that opening any archive may take."""
SHOW = """
from envcheck.host import open_host, UnusableRecord
try:
    host = open_host(sys.argv[1])
    print(host.read("/etc/hosts"))
    host.close()
except UnusableRecord as error:
    print("unusable:", error)
"""
OPENED = list[TreeHost]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives are unpacked; nothing may be left there."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.fixture
def opened(temporary: Path) -> Iterator[OPENED]:
    hosts: OPENED = []
    yield hosts
    for host in hosts:
        host.close()
    assert list(temporary.iterdir()) == []


def open_it(path: Path, opened: OPENED) -> TreeHost:
    host = open_host(path)
    assert isinstance(host, TreeHost)
    opened.append(host)
    return host


# -- what opens -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.tar.gz", "x.tgz", "x.tar.xz", "x.tar.bz2", "x.tar", "called-anything"])
@pytest.mark.parametrize("top", ["", "./", "sosreport-node1-2024/"])
def test_an_archive_is_the_host_in_it(tmp_path: Path, opened: OPENED, name: str, top: str) -> None:
    kind = {"xz": "w:xz", "bz2": "w:bz2", "tar": "w:"}.get(name.rpartition(".")[2], "w:gz")
    members = {f"{top}etc/hostname": "node1\n", f"{top}sos_commands/kernel/uname_-a": "Linux node1 3.10\n"}
    host = open_it(write(tmp_path / name, members, kind), opened)
    assert (host.name, host.read("/etc/hostname"), host.run("uname", "-a").stdout) == (
        "node1",
        "node1\n",
        "Linux node1 3.10\n",
    )


@pytest.mark.parametrize("name", ["centos72-p4", "disks-md-512", "docker-graph-refused"])
def test_a_written_host_in_an_archive_has_the_verdicts_of_its_folder(tmp_path: Path, name: str) -> None:
    folder = written.HOSTS / name
    packed = tmp_path / "host.tar.xz"
    subprocess.run(["tar", "cJf", packed, "-C", folder.parent, name], check=True)
    for expected in written.expectations(folder):
        checked = envcheck.check(expected.module, from_path=packed, settings=expected.settings)
        assert not written.differences(expected, checked)


def test_what_is_unpacked_is_the_users_own_and_gone_afterwards(tmp_path: Path, temporary: Path) -> None:
    host = open_host(write(tmp_path / "x.tgz", {"etc/hosts": "x", "etc/hostname": "n"}))
    (unpacked,) = temporary.iterdir()
    assert stat.S_IMODE(unpacked.stat().st_mode) == 0o700
    host.close()
    host.close()
    assert list(temporary.iterdir()) == []


def test_modes_are_those_of_the_archive(tmp_path: Path, opened: OPENED) -> None:
    folder = special("var/log/mariadb", tarfile.DIRTYPE)
    folder.mode = 0o777
    host = open_it(write(tmp_path / "x.tgz", {"d": folder, "var/log/mariadb/log": "x", "etc/x": "y"}), opened)
    assert host.stat("/var/log/mariadb").mode == 0o777


def test_links_of_the_host_are_followed_inside(tmp_path: Path, opened: OPENED) -> None:
    links: dict[str, Member] = {
        "s/etc/os-release": special("s/etc/os-release", tarfile.SYMTYPE, "../usr/lib/os-release"),
        "s/etc/absolute": special("s/etc/absolute", tarfile.SYMTYPE, "/usr/lib/os-release"),
        "s/usr/lib/hard": special("s/usr/lib/hard", tarfile.LNKTYPE, "s/usr/lib/os-release"),
    }
    host = open_it(write(tmp_path / "x.tgz", {"s/usr/lib/os-release": "ID=centos", **links}), opened)
    for path in ("/etc/os-release", "/usr/lib/hard"):
        assert host.read(path) == "ID=centos"


# -- what is left out -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (special("etc/x", tarfile.SYMTYPE, "../../../../etc/passwd"), "leads out"),
        (special("etc/x", tarfile.SYMTYPE, "a/../../../x"), "leads out"),
        (special("etc/x", tarfile.SYMTYPE, "/../../etc/passwd"), "leads out"),
        (special("etc/x", tarfile.LNKTYPE, "/etc/passwd"), "outside"),
        (special("etc/x", tarfile.LNKTYPE, "../../etc/passwd"), "outside"),
        (special("etc/x", tarfile.LNKTYPE, "etc/none"), "not in the archive"),
        (special("etc/x", tarfile.CHRTYPE), "device"),
        (special("etc/x", tarfile.BLKTYPE), "device"),
        (special("etc/x", tarfile.FIFOTYPE), "pipe"),
        (special("etc/x", b"Z"), "no known kind"),
    ],
)
def test_a_member_that_can_do_harm_is_left_out_and_said(
    tmp_path: Path, opened: OPENED, member: tarfile.TarInfo, reason: str
) -> None:
    host = open_it(write(tmp_path / "x.tgz", {"etc/hosts": "fine", "x": member}), opened)
    assert host.read("/etc/hosts") == "fine"
    with pytest.raises(Failed, match=reason):
        host.read("/etc/x")
    with pytest.raises(Failed, match=reason):
        host.stat("/etc/x")
    with pytest.raises(Failed, match=reason):  # a list that lacks it would be a lie
        host.names("/etc")


@pytest.mark.parametrize(
    "name",
    ["../out", "a/../../out", "/OUT", "esc\x1b[2Jape", "new\nline", "a/b\x7f", "n" * 300, "d/" * 70 + "deep"],
)
def test_a_name_that_can_do_harm_is_left_out(
    tmp_path: Path, opened: OPENED, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    name = name.replace("OUT", str(tmp_path / "out")[1:])
    path = write(tmp_path / "x.tgz", {"etc/hosts": "fine", name: "harm"})
    host = open_it(path, opened)
    assert host.read("/etc/hosts") == "fine"
    assert not list(tmp_path.glob("**/out"))
    assert any("left out" in line and line.isprintable() for line in caplog.messages)


def test_a_link_does_not_lead_later_members_out(tmp_path: Path, opened: OPENED) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    members: dict[str, Member] = {
        "link": special("etc/dir", tarfile.SYMTYPE, str(outside)),
        "etc/dir/file": "harm",
        "again": special("etc/hosts", tarfile.SYMTYPE, "/etc/shadow"),
        "etc/hosts": "fine",
    }
    host = open_it(write(tmp_path / "x.tgz", members), opened)
    assert host.read("/etc/hosts") == "fine"
    assert list(outside.iterdir()) == []


def test_links_by_way_of_links_stay_inside(tmp_path: Path, opened: OPENED, temporary: Path) -> None:
    members: dict[str, Member] = {
        "1": special("a/here", tarfile.SYMTYPE, "."),
        "2": special("a/out", tarfile.SYMTYPE, "here/../../../x"),
        "3": special("a/b", tarfile.SYMTYPE, "/"),
        "a/file": "x",
        "etc/hosts": "y",
    }
    host = open_it(write(tmp_path / "x.tgz", members), opened)
    with pytest.raises(Failed):
        host.read("/a/out")
    for folder, _, names in os.walk(temporary):
        for name in names:
            real = os.path.realpath(os.path.join(folder, name))
            assert real.startswith(str(temporary))


def test_of_two_members_with_one_name_the_first_counts(
    tmp_path: Path, opened: OPENED, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as made:
        for content in ("first", "second"):
            add(made, "etc/hosts", content)
        add(made, "etc/hosts/below", "x")
    assert open_it(path, opened).read("/etc/hosts") == "first"
    assert sum("twice" in line for line in caplog.messages) == 2


def test_what_was_left_out_is_not_taken_for_absent(tmp_path: Path, opened: OPENED) -> None:
    folder = special("etc/docker", tarfile.DIRTYPE)
    folder.mode = 0o755
    whole: dict[str, Member] = {"d": folder, "etc/docker/key.json": "{}"}
    absent = open_it(write(tmp_path / "a.tgz", whole), opened)
    with pytest.raises(Absent):
        absent.read("/etc/docker/daemon.json")
    device = special("etc/docker/daemon.json", tarfile.FIFOTYPE)
    host = open_it(write(tmp_path / "b.tgz", {**whole, "x": device}), opened)
    with pytest.raises(Failed, match="could not be unpacked"):
        host.read("/etc/docker/daemon.json")


def test_an_archive_in_the_archive_stays_closed(tmp_path: Path, opened: OPENED) -> None:
    inner = write(tmp_path / "inner.tgz", {"etc/hosts": "inner"}).read_bytes()
    host = open_it(write(tmp_path / "x.tgz", {"etc/inner.tgz": inner, "etc/x": "y"}), opened)
    assert host.read_bytes("/etc/inner.tgz") == inner
    with pytest.raises(NotRecorded):
        host.read("/etc/hosts")


# -- what does not open ---------------------------------------------------------------


def refuses(path: Path, match: str) -> None:
    with pytest.raises(UnusableRecord, match=match) as error:
        open_host(path)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is empty"),
        (b"\0" * 20480, "not an archive"),
        (b"hello, this is some text", "not an archive"),
        (b"PK\3\4\x14\0\x01\0\x08\0" + b"x" * 500, "zip"),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 500, "7z"),
        (b"\x28\xb5\x2f\xfd" + b"x" * 500, "zstd"),
        (b"-----BEGIN PGP MESSAGE-----\n", "encrypted with PGP"),
        (b"\x8c\x0d\x04\x09\x03\x02" + b"x" * 500, "encrypted with PGP"),
        (b"Salted__12345678" + b"x" * 500, "encrypted with openssl"),
        (b"\x1f\x8b" + b"x" * 500, "damaged"),
        (b"BZh9" + b"x" * 500, "damaged"),
        (b"\xfd7zXZ\0" + b"x" * 500, "damaged"),
        (gzip.compress(b"no tar at all" * 100, mtime=0), "damaged"),
        (gzip.compress(b"", mtime=0), "damaged|truncated"),
        (gzip.compress(b"\0" * 100, mtime=0), "damaged|truncated"),
    ],
)
def test_what_is_no_archive_is_refused(temporary: Path, tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(content)
    refuses(path, match)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w:"])
@pytest.mark.parametrize("left", [0.01, 0.3, 0.7, 0.8])
def test_a_truncated_archive_is_refused(temporary: Path, tmp_path: Path, mode: str, left: float) -> None:
    path = write(tmp_path / "x", {f"etc/{number}": os.urandom(3000) for number in range(20)}, mode)
    content = path.read_bytes()
    path.write_bytes(content[: max(20, int(len(content) * left))])
    refuses(path, "truncated|damaged|not an archive|its end is missing")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w:"])
def test_an_altered_archive_is_refused_or_read_without_a_traceback(
    temporary: Path, tmp_path: Path, mode: str
) -> None:
    path = write(tmp_path / "x", {f"etc/{number}": os.urandom(300) for number in range(9)}, mode)
    content = path.read_bytes()
    for at in range(0, len(content), max(1, len(content) // 150)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])
        with suppress(UnusableRecord):  # plain tar has no checksum of contents
            open_host(path).close()
    assert list(temporary.iterdir()) == []


def test_a_damaged_header_in_the_middle_is_no_end(temporary: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "x.tar", {"etc/a": "a", "etc/b": "b", "etc/c": "c"}, "w:")
    content = bytearray(path.read_bytes())
    content[1024:1030] = b"harmed"
    path.write_bytes(content)
    refuses(path, "damaged .*after etc/a")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    began = time.monotonic()
    refuses(tmp_path / "pipe", "neither a directory nor a regular file")
    assert time.monotonic() - began < 1


def test_a_full_disk_is_said(tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = write(tmp_path / "x.tgz", {"etc/hosts": "x"})
    monkeypatch.setattr(os, "fchmod", full)
    refuses(path, "can't be unpacked: No space left on device")
    assert list(temporary.iterdir()) == []


def test_an_interrupt_leaves_nothing(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    path = write(tmp_path / "x.tgz", {"etc/hosts": "x"})
    monkeypatch.setattr(os, "fchmod", interrupt)
    with pytest.raises(KeyboardInterrupt):
        open_host(path)
    assert list(temporary.iterdir()) == []


# -- bombs ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of 90 000 empty files."""
    path = tmp_path_factory.mktemp("many") / "x.tar.gz"
    path.write_bytes(gzip.compress(empty_members("d", 90_000) + b"\0" * 1024, 1))
    return path


def test_a_million_members_are_refused(temporary: Path, many: Path) -> None:
    """The limit is lowered to keep the test short; what counts is that memory does not grow to it."""
    lower = "from envcheck.bundle import archive; archive.MAX_MEMBERS = 30_000\n"
    said, memory = run(lower + SHOW, many)
    assert "more than 30000 members" in said
    assert memory < MEMORY
    assert list(temporary.iterdir()) == []


def test_skipping_a_great_many_members_takes_no_memory(temporary: Path, many: Path) -> None:
    code = (
        "from envcheck.bundle.archive import Archive\narchive = Archive(sys.argv[1])\n"
        "print(sum(1 for _ in archive))"
    )
    said, memory = run(code, many)
    assert said == "90000\n"
    assert memory < 60


ZEROS = 10 << 20


def zeros(path: Path, size: int, name: str = "var/log/messages") -> Path:
    """An archive with a member of zeros that is hardly a thousandth as large itself."""
    header = tarfile.TarInfo(name)
    header.size = size
    block = gzip.compress(b"\0" * ZEROS)  # the streams of a file are read one after the other
    after = tarfile.TarInfo("etc/hosts")
    after.size = 4
    with open(path, "wb") as file:
        file.write(gzip.compress(header.tobuf(tarfile.GNU_FORMAT)))
        file.writelines(block for _ in range(size // ZEROS))
        file.write(gzip.compress(after.tobuf() + b"fine".ljust(512, b"\0") + b"\0" * 1024))
    return path


def test_ten_gigabytes_of_zeros_are_skipped(temporary: Path, tmp_path: Path) -> None:
    path = zeros(tmp_path / "x.tar.gz", 10 << 30)
    said, memory = run(SHOW, path)
    assert said == "fine\n"
    assert memory < MEMORY
    assert list(temporary.iterdir()) == []


def test_what_expands_beyond_all_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "MAX_BYTES", 50 << 20)
    refuses(zeros(tmp_path / "x.tar.gz", 100 << 20), "expands to more than")


def test_many_large_files_are_unpacked_up_to_a_bound(
    tmp_path: Path, opened: OPENED, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("envcheck.bundle.extract.MAX_TOTAL", 3 << 20)
    members = {f"var/{number}": b"\0" * (1 << 20) for number in range(5)}
    host = open_it(write(tmp_path / "x.tgz", {**members, "etc/hosts": "x"}), opened)
    assert host.stat("/var/2").size == 1 << 20
    with pytest.raises(Failed, match="beyond the 3 MiB"):
        host.read("/var/3")


@pytest.mark.parametrize("kind", [b"L", b"K", b"x", b"g"])
def test_a_header_without_end_takes_no_memory(temporary: Path, tmp_path: Path, kind: bytes) -> None:
    header = special("././@LongLink", kind)
    header.size = 4 << 30
    path = tmp_path / "x.tar.gz"
    piece = gzip.compress(b"1 \n" * (1 << 18) + b"\0" * (1 << 18), 1)
    path.write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT)) + piece * 600)
    said, memory = run(SHOW, path)
    assert said.startswith("unusable:")
    assert "header" in said or "damaged" in said
    assert memory < MEMORY


def test_a_sparse_map_without_end_takes_no_memory(temporary: Path, tmp_path: Path) -> None:
    pax = tarfile.TarInfo("sparse")
    pax.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "s"}
    pax.size = 8 << 30
    path = tmp_path / "x.tar.gz"
    start = gzip.compress(pax.tobuf(tarfile.PAX_FORMAT) + b"99999999999\n")
    path.write_bytes(start + gzip.compress(b"1\n" * (1 << 19), 1) * 400)
    said, memory = run(SHOW, path)
    assert said.startswith("unusable:")
    assert memory < MEMORY


def test_an_xz_that_wants_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    content = bytearray(lzma.compress(b"\0" * 4096, filters=filters))
    assert content[12:17] == b"\x02\x00\x21\x01\x10"  # block header: the size of the dictionary
    content[16] = 38  # 3 GiB
    import zlib

    content[20:24] = zlib.crc32(content[12:20]).to_bytes(4, "little")
    path.write_bytes(content)
    said, memory = run(SHOW, path)
    assert "unusable:" in said
    assert "emory" in said
    assert memory < MEMORY


def test_global_headers_do_not_pile_up(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with open(path, "wb") as file:
        for number in range(40):
            header = special("g", tarfile.XGLTYPE)
            body = f" k{number}=".encode() + b"v" * 100_000 + b"\n"
            record = str(len(body) + 6).encode() + body
            header.size = len(record)
            file.write(header.tobuf() + record + b"\0" * (-len(record) % 512))
            file.write(tarfile.TarInfo(f"f{number}").tobuf())
        file.write(b"\0" * 1024)
    refuses(path, "a header without end")


# -- the command ----------------------------------------------------------------------


def test_damage_is_said_once_and_by_its_name(tmp_path: Path) -> None:
    whole = write(
        tmp_path / "x", {f"etc/{number}": os.urandom(3000) for number in range(20)}, "w:gz"
    ).read_bytes()
    for content, what in ((whole[:-6] + b"xxxxxx", "damaged"), (whole[:30_000], "truncated")):
        path = tmp_path / "y.tar.gz"
        path.write_bytes(content)
        with pytest.raises(UnusableRecord) as raised:
            open_host(str(path))
        assert str(raised.value).count(str(path)) == 1, raised.value
        assert str(raised.value).count("the archive is") == 1
        assert f"the archive is {what}" in str(raised.value)


@pytest.mark.parametrize("harm", ["text", "truncated"])
def test_the_command_says_it_in_one_line_and_ends_with_2(tmp_path: Path, harm: str) -> None:
    path = write(tmp_path / "x.tar.gz", {f"etc/{number}": os.urandom(900) for number in range(9)})
    if harm == "text":
        path.write_text("hello")
    else:
        path.write_bytes(path.read_bytes()[:3000])
    ended = subprocess.run(
        [sys.executable, "-m", "envcheck", "--from", path, "--log-file", tmp_path / "log"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert (ended.returncode, ended.stdout.strip()) == (2, "")
    assert ended.stderr.startswith(f"envcheck: {path}"), ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("envcheck-*"))
