"""Archives made to do harm, opened by every command that opens one.

A clear line and exit status 2, or a member left out with the reason; less than 200 MB of memory; nothing
written but what was asked for; never a traceback.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import struct
import tarfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import written
from tests.bundle import forked
from tests.bundle.archives import Member, add, empty_members, special, write
from tests.bundle.records import bundle

MEMORY = 200
"""MB that a command may take."""
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "from": ("--from", "FILE", "face-server"),
    "bundle from": ("bundle", "--from", "FILE", "-o", "out/made.tar.gz"),
    "show": ("bundle", "show", "FILE"),
    "verify": ("bundle", "verify", "FILE"),
    "unpack": ("bundle", "unpack", "FILE", "out/case"),
    "redact": ("bundle", "redact", "FILE", "-o", "out/redacted.tar.gz"),
}
_RUN = """
import sys
from envcheck.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Ended(NamedTuple):
    status: int
    stdout: str
    stderr: str
    memory: float
    """In MB."""
    grown: float
    """How much of it the command took itself."""


class Place:
    """Where a command runs: `out` is for what it is asked to write, `tmp` for what it unpacks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("out", "tmp", "home"):
            (root / name).mkdir()

    def run(self, command: str, file: Path, lower: str = "") -> Ended:
        """Run it, and see that it left nothing where it should not. `lower` lowers a limit."""
        before = snapshot(self.root.parent, self.root / "out")
        argv = [str(file) if word == "FILE" else word for word in COMMANDS[command]]
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(forked.REPOSITORY),
            "HOME": str(self.root / "home"),
            "XDG_STATE_HOME": str(self.root / "home/state"),
            "TMPDIR": str(self.root / "tmp"),
            "LANG": "C.UTF-8",
        }
        ended = forked.run(lower + _RUN, argv, self.root, env)
        assert "Traceback" not in ended.stderr, ended.stderr
        assert "internal error" not in ended.stderr, ended.stderr
        assert not any(ord(sign) < 32 and sign not in "\n\t" for sign in ended.stdout + ended.stderr)
        assert list((self.root / "tmp").iterdir()) == []
        shutil.rmtree(self.root / "home/state", ignore_errors=True)
        assert snapshot(self.root.parent, self.root / "out") == before
        return Ended(*ended)

    @property
    def made(self) -> list[str]:
        """What was written, where that was asked for."""
        return sorted(path.name for path in (self.root / "out").iterdir())


def snapshot(root: Path, without: Path) -> set[str]:
    return {str(path) for path in root.rglob("*") if without not in (path, *path.parents)}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "place"
    root.mkdir()
    return Place(root)


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The files of a bundle by name, the manifest first."""
    path = tmp_path_factory.mktemp("whole") / "x.tar.gz"
    bundle(path, written.HOSTS / "centos72-p4")
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


def manifest_of(members: Mapping[str, bytes], *more: tuple[str, int, str]) -> bytes:
    """The manifest, not redacted, with further members that it knows."""
    document = json.loads(members["manifest.json"])
    document["redacted"] = False
    document["members"] += [{"name": name, "size": size, "sha256": digest} for name, size, digest in more]
    return json.dumps(document).encode()


def unfinished(members: Mapping[str, Member]) -> bytes:
    """A plain archive of these, without its end."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, member in members.items():
            add(archive, name, member)
        size = archive.offset
    return stream.getvalue()[:size]


def with_member(
    path: Path, members: Mapping[str, bytes], name: str, member: Member, known: bool = True
) -> Path:
    """A bundle with one member more, behind the report."""
    content = member if isinstance(member, bytes) else b""
    digest = (name, len(content), hashlib.sha256(content).hexdigest())
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        add(archive, "manifest.json", manifest_of(members, *([digest] if known else [])))
        add(archive, name, member)
        for other, whole in members.items():
            if other != "manifest.json":
                add(archive, other, whole)
    return path


# -- what is no archive, or none that can be opened ----------------------------------------


def encrypted_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("etc/hosts", "x" * 100)
    content = bytearray(stream.getvalue())
    content[6] |= 1  # the flag of encryption, in both headers
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


def lying_size() -> bytes:
    """A header that claims more than there is."""
    header = tarfile.TarInfo("etc/hosts")
    header.size = 1 << 40
    return header.tobuf(tarfile.GNU_FORMAT) + b"x" * 2048


def giant_pax() -> bytes:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1 << 35
    return header.tobuf(tarfile.GNU_FORMAT) + b"30 path=" + b"x" * 4000


def pax_size(size: str) -> bytes:
    """A member whose real size is told by an extended header."""
    record = f" size={size}\n"
    record = f"{len(record) + 2}{record}"
    pax = tarfile.TarInfo("pax")
    pax.type, pax.size = tarfile.XHDTYPE, len(record)
    member = tarfile.TarInfo("etc/hosts")
    body = record.encode().ljust(512, b"\0")
    return pax.tobuf(tarfile.USTAR_FORMAT) + body + member.tobuf() + b"\0" * 1024


def sparse_gnu() -> bytes:
    """The old form of a sparse file: 8 TB of holes, of which nothing is there."""
    header = bytearray(special("sparse", tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (8 << 30, 512)
    header[483:495] = b"\x80" + struct.pack(">Q", 8 << 40).rjust(11, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + b"\0" * 1024


UNUSABLE: Mapping[str, bytes] = {
    "empty": b"",
    "text": b"this is no archive\n" * 100,
    "zeros": b"\0" * 20480,
    "zip": encrypted_zip().replace(b"\1\0\0\0", b"\0\0\0\0", 1),
    "encrypted zip": encrypted_zip(),
    "gpg": b"\x8c\x0d\x04\x09\x03\x02" + os.urandom(500),
    "gpg of a key": b"\x85\x02\x0c\x03" + os.urandom(500),
    "armoured gpg": b"-----BEGIN PGP MESSAGE-----\n\njA0ECQMC\n-----END PGP MESSAGE-----\n",
    "7z": b"7z\xbc\xaf\x27\x1c" + os.urandom(500),
    "truncated": gzip.compress(os.urandom(4000))[:2000],
    "a bit of gzip": b"\x1f\x8b\x08",
    "gzip of nothing": gzip.compress(b""),
    "gzip of text": gzip.compress(b"text\n" * 1000),
    "gzip of gzip": gzip.compress(gzip.compress(b"text\n" * 1000)),
    "a size that lies": gzip.compress(lying_size()),
    "a giant header": gzip.compress(giant_pax()),
    "a negative size": gzip.compress(pax_size("-1048576")),
    "a size of words": gzip.compress(pax_size("many")),
    "a size beyond all": gzip.compress(pax_size("9" * 30)),
    "sparse": gzip.compress(sparse_gnu()),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("what", UNUSABLE)
def test_what_can_not_be_opened(place: Place, tmp_path: Path, what: str, command: str) -> None:
    file = tmp_path / "x.tar.gz"
    file.write_bytes(UNUSABLE[what])
    ended = place.run(command, file)
    if ended.status != 2:
        # its one member is left out, or is empty
        assert what in {"sparse", "a size of words"}
        assert command in {"from", "bundle from"}
    else:
        (line,) = ended.stderr.strip().splitlines()
        assert line.startswith("envcheck: ")
        assert "x.tar.gz" in line
        assert place.made == []
    assert ended.memory < MEMORY


@pytest.mark.parametrize("command", COMMANDS)
def test_a_directory_with_an_archives_name(place: Place, tmp_path: Path, command: str) -> None:
    (tmp_path / "x.tar.gz").mkdir()
    ended = place.run(command, tmp_path / "x.tar.gz")
    assert ended.status == {"from": 1, "bundle from": 0}.get(command, 2)  # a record that holds nothing
    if ended.status == 2:
        assert "x.tar.gz is a directory" in ended.stderr or "x.tar.gz is no bundle" in ended.stderr


@pytest.mark.parametrize("command", ["show", "verify", "unpack", "redact"])
@pytest.mark.parametrize("file", ["missing.tar.gz", "pipe", "out"])
def test_what_is_no_file(place: Place, tmp_path: Path, file: str, command: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    began = time.monotonic()
    assert place.run(command, tmp_path / file).status == 2
    assert time.monotonic() - began < 20


# -- archives that can be opened ----------------------------------------------------------


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2"])
def test_rubbish_behind_the_archive(place: Place, tmp_path: Path, mode: str) -> None:
    """What is no further stream of the same kind is damage, and said."""
    file = write(tmp_path / "x", {"etc/hosts": "x"}, mode)
    file.write_bytes(file.read_bytes() + b"rubbish" * 100)
    ended = place.run("from", file)
    assert ended.status == 2
    assert "damaged" in ended.stderr


@cache
def ten_thousand() -> bytes:
    return gzip.compress(empty_members("host/d", 10_000), 1)


def million(start: bytes) -> Iterator[bytes]:
    """What follows the start of an archive: a million empty members, compressed once and repeated."""
    yield gzip.compress(start)
    for _ in range(100):
        yield ten_thousand()
    yield gzip.compress(b"\0" * 1024)


LOWER = "from envcheck.bundle import archive; archive.MAX_MEMBERS = 4_000\n"


@pytest.mark.parametrize("behind", ["nothing", "a manifest"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_million_members(
    place: Place, tmp_path: Path, members: Mapping[str, bytes], command: str, behind: str
) -> None:
    start = {"manifest.json": manifest_of(members)} if behind == "a manifest" else {}
    with open(tmp_path / "x.tar.gz", "wb") as file:
        file.writelines(million(unfinished(start)))
    # But for one of them the test is kept short; what counts is that memory does not grow to the limit.
    lower = "" if (command, behind) == ("verify", "a manifest") else LOWER
    ended = place.run(command, tmp_path / "x.tar.gz", lower)
    assert ended.status == (1 if (command, behind) == ("verify", "a manifest") else 2)
    assert ended.memory < MEMORY
    if lower:
        assert ended.grown < 40  # 10 kB for each of them
    assert place.made == []


ODD: Mapping[str, tuple[str, Member]] = {
    "up": ("../up", b"harm"),
    "up inside": ("host/../../up", b"harm"),
    "absolute": ("/absolute", b"harm"),
    "escape": ("host/etc/\x1b]0;harm\x07\x1b[2J", b"harm"),
    "line break": ("host/etc/new\nline", b"harm"),
    "not UTF-8": ("host/etc/\udcff\udcfe", b"harm"),
    "symlink out": ("host/etc/link", special("host/etc/link", tarfile.SYMTYPE, "../../../../etc/passwd")),
    "symlink to the root": ("host/etc/link", special("host/etc/link", tarfile.SYMTYPE, "/etc/passwd")),
    "hard link out": ("host/etc/link", special("host/etc/link", tarfile.LNKTYPE, "/etc/passwd")),
    "device": ("host/etc/sda", special("host/etc/sda", tarfile.BLKTYPE)),
    "null": ("host/etc/null", special("host/etc/null", tarfile.CHRTYPE)),
    "pipe": ("host/etc/pipe", special("host/etc/pipe", tarfile.FIFOTYPE)),
    "nested": ("host/etc/inner.tar.gz", gzip.compress(b"\0" * 1_000_000)),
    "the report's place": ("host/expected.yaml", b"- module: default\n  conclusion: pass\n"),
    "long": ("host/" + "n" * 300, b"harm"),
    "deep": ("host/" + "d/" * 90 + "x", b"harm"),
}


TOLD = [(command, True) for command in COMMANDS]
"""A record is read whatever its manifest says: for the others it matters."""
SLIPPED_IN = [(command, False) for command in COMMANDS if command not in ("from", "bundle from")]


@pytest.mark.parametrize(
    ("command", "known"),
    [*TOLD, *SLIPPED_IN],
    ids=lambda value: {True: "in the manifest", False: "slipped in"}.get(value, value),
)
@pytest.mark.parametrize("what", ODD)
def test_an_odd_member(
    place: Place, tmp_path: Path, members: Mapping[str, bytes], what: str, command: str, known: bool
) -> None:
    name, member = ODD[what]
    ended = place.run(command, with_member(tmp_path / "x.tar.gz", members, name, member, known))
    assert ended.memory < MEMORY
    assert not list(tmp_path.glob("**/up"))
    assert not os.path.lexists("/absolute")
    harmless = known and what in ("nested", "the report's place")
    if command == "verify":
        assert ended.status == (0 if harmless else 1), ended.stdout
    elif command == "redact":
        assert ended.status == (0 if harmless else 2)
        assert place.made == (["redacted.tar.gz"] if harmless else [])
    elif command == "from":
        assert ended.status in (0, 1)
    else:
        assert ended.status == 0, ended.stderr
    if command == "unpack":
        case = place.root / "out/case"
        links = [
            path for path in case.rglob("*") if path.is_symlink() or not (path.is_file() or path.is_dir())
        ]
        assert links == []
        assert "module" in (case / "expected.yaml").read_text(encoding="utf-8")
        assert "face-server" in (case / "expected.yaml").read_text(encoding="utf-8")


ZEROS = 10 << 20


@cache
def zeros() -> bytes:
    return gzip.compress(b"\0" * ZEROS)


@cache
def digest_of_zeros(count: int) -> str:
    digest = hashlib.sha256()
    for _ in range(count):
        digest.update(b"\0" * ZEROS)
    return digest.hexdigest()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["host/var/log/messages", "logs/var/log/messages"])
def test_a_member_of_zeros(
    place: Place, tmp_path: Path, members: Mapping[str, bytes], name: str, command: str
) -> None:
    """One of 10 GB is in test_archive.py; here it is more than the memory, for every command."""
    count = 3 if command == "redact" else 30  # which takes its time
    header = tarfile.TarInfo(name)
    header.size = ZEROS * count
    known = manifest_of(members, (name, header.size, digest_of_zeros(count)))
    rest = {other: whole for other, whole in members.items() if other != "manifest.json"}
    with open(tmp_path / "x.tar.gz", "wb") as file:
        file.write(gzip.compress(unfinished({"manifest.json": known}) + header.tobuf(tarfile.GNU_FORMAT)))
        file.writelines([zeros()] * count)
        file.write(gzip.compress(unfinished(rest) + b"\0" * 1024))
    ended = place.run(command, tmp_path / "x.tar.gz")
    assert ended.status == 0, ended.stderr
    assert ended.memory < MEMORY


JSON_BOMBS: Mapping[str, bytes] = {
    "lists": b"[" + b"[]," * 2_000_000 + b"[]]",
    "objects": b"[" + b'{"a":1},' * 1_000_000 + b"{}]",
    "deep": b"[" * 500_000,
    "deep object": b'{"a":' * 100_000,
    "large": b'{"schema": "' + b"x" * (15 << 20) + b'"}',
    "too large": b'{"schema": "' + b"x" * (70 << 20) + b'"}',
    "number": b"9" * 1_000_000,
    "not UTF-8": b"\xff\xfe{}",
    "nothing": b"",
}


@cache
def packed(name: str, content: bytes) -> bytes:
    """One member of an archive, compressed as a stream of its own."""
    return gzip.compress(unfinished({name: content}), 6)


@pytest.mark.parametrize(
    ("where", "command"),
    [
        ("manifest.json", "show"),
        ("manifest.json", "redact"),
        ("report.json", "unpack"),
        ("host/sos_commands/envcheck/answers.json", "from"),
        ("host/sos_commands/envcheck/answers.json", "redact"),
    ],
)
@pytest.mark.parametrize("what", JSON_BOMBS)
def test_json_that_takes_memory(
    place: Place, tmp_path: Path, members: Mapping[str, bytes], what: str, where: str, command: str
) -> None:
    with open(tmp_path / "x.tar.gz", "wb") as file:
        file.writelines(
            packed(name, JSON_BOMBS[what] if name == where else members[name]) for name in members
        )
        file.write(gzip.compress(b"\0" * 1024))
    ended = place.run(command, tmp_path / "x.tar.gz")
    assert ended.memory < MEMORY
    assert ended.status == (1 if command == "from" else 2)
