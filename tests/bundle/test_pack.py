"""What lands in a bundle, and how: whole, capped, for the owner only, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envcheck.bundle import pack as packing
from envcheck.bundle.logs import Found, Source
from envcheck.bundle.manifest import LeftOut, Manifest
from envcheck.bundle.names import Names
from envcheck.bundle.pack import pack
from envcheck.bundle.parts import Parts, join_crc
from envcheck.bundle.reading import TIME_IS_UP
from envcheck.bundle.shares import share
from envcheck.bundle.tail import from_line_start, last
from envcheck.bundle.whole_file import WholeFile
from envcheck.host.base import Failed, Host
from envcheck.host.logs import Log
from envcheck.results import Report
from tests.conftest import Tree

REPORT = Report(("small",), "host", "2026-01-01T00:00:00+00:00", 0.5, ())


@pytest.fixture
def host(tree: Tree) -> Host:
    recorded = tree({"proc/version": "Linux version 3.10\n"})
    recorded.read("/proc/version")
    return recorded


def log_of(content: bytes, piece: int = 1000, size: bool = True) -> Log:
    def tail(keep: int) -> Iterator[bytes]:
        kept = content[max(0, len(content) - keep) :] if size else content
        for start in range(0, len(kept), piece):
            yield kept[start : start + piece]

    return Log(len(content) if size else None, tail)


def write(host: Host, path: Path, **options: object) -> Manifest:
    with closing(WholeFile(str(path))) as file:
        return pack(REPORT, host, [b"what the run logged\n"], file, **options)  # type: ignore[arg-type]


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        found = {}
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            assert stat.S_IMODE(member.mode) == 0o600
            found[member.name] = file.read()
        return found


def one_log(name: str, log: Log) -> Found:
    return Found((Source(name, log),), ())


def test_everything_is_in_and_the_manifest_comes_first(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    found = Found((Source("logs/a.log", log_of(b"line\n")),), (LeftOut("b.log", "there is no such file"),))
    manifest = write(host, path, logs=found, text="a table\n")

    files = contents(path)
    assert next(iter(files)) == "manifest.json"
    assert files["report.txt"] == b"a table\n"
    assert json.loads(files["report.json"])["schema"] == "envcheck.report/1"
    assert files["envcheck.log"] == b"what the run logged\n"
    assert files["logs/a.log"] == b"line\n"
    assert files["host/proc/version"] == b"Linux version 3.10\n"
    assert manifest == Manifest.from_json(files.pop("manifest.json").decode())
    assert [member.name for member in manifest.members] == list(files)
    for member in manifest.members:
        assert member.size == len(files[member.name])
        assert member.sha256 == hashlib.sha256(files[member.name]).hexdigest()
    assert manifest.left_out == (LeftOut("b.log", "there is no such file"),)
    assert set(manifest.seconds) == {"check", "record", "logs"}
    assert not manifest.redacted


def test_it_is_one_plain_gzip_stream_for_every_tool(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    write(host, path, logs=one_log("logs/a.log", log_of(os.urandom(300_001))))

    unzip = zlib.decompressobj(31)
    tar = unzip.decompress(path.read_bytes())
    assert unzip.eof
    assert unzip.unused_data == b""
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes()), mode="r|gz") as archive:
        names = [member.name for member in archive]
    listed = subprocess.run(["tar", "tzf", path], capture_output=True, text=True, check=True)
    assert listed.stdout.split() == names
    assert listed.stderr == ""
    assert gzip.decompress(path.read_bytes()) == tar


def test_it_is_for_its_owner_only_whatever_was_there(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    path.write_text("an older one")
    path.chmod(0o644)
    umask = os.umask(0)
    try:
        write(host, path)
    finally:
        os.umask(umask)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "report.json" in contents(path)
    assert sorted(os.listdir(tmp_path)) == ["b.tar.gz", "host"]


def test_a_link_at_its_place_is_replaced_and_not_followed(host: Host, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    (tmp_path / "b.tar.gz").symlink_to(precious)
    write(host, tmp_path / "b.tar.gz")
    assert precious.read_text() == "keep me"
    assert not (tmp_path / "b.tar.gz").is_symlink()


# -- caps -------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False], ids=["size known", "size not known"])
def test_of_a_long_log_the_last_whole_lines_are_kept(host: Host, tmp_path: Path, known: bool) -> None:
    lines = [b"line %06d\n" % number for number in range(10_000)]
    log = log_of(b"".join(lines), size=known)
    manifest = write(host, tmp_path / "b", logs=one_log("logs/a", log), max_size=5_555)

    kept = contents(tmp_path / "b")["logs/a"]
    assert kept == b"".join(lines)[-5_555:].split(b"\n", 1)[1]
    (member,) = [member for member in manifest.members if member.name == "logs/a"]
    assert (member.whole, member.cut) == (len(b"".join(lines)), None)


def test_small_logs_stay_whole_and_large_ones_share_the_rest(host: Host, tmp_path: Path) -> None:
    sizes = {"logs/large": 50_000, "logs/larger": 90_000, "logs/small": 1_000, "logs/printed": 3_000}
    sources = (
        Source(name, log_of(b"123456789\n" * (size // 10), size=name != "logs/printed"))
        for name, size in sizes.items()
    )
    found = Found(tuple(sources), ())
    write(host, tmp_path / "b", logs=found, max_size=24_000)
    files = contents(tmp_path / "b")
    assert len(files["logs/small"]) == 1_000
    assert len(files["logs/printed"]) == 3_000
    assert 9_980 <= len(files["logs/large"]) <= 10_000
    assert 9_980 <= len(files["logs/larger"]) <= 10_000


@given(st.integers(0, 1000), st.lists(st.one_of(st.none(), st.integers(0, 500)), max_size=8))
def test_shares_never_exceed_the_budget_nor_waste_it(budget: int, sizes: list[int | None]) -> None:
    level = share(budget, sizes)
    taken = [level if size is None else min(size, level) for size in sizes]
    assert sum(taken) <= budget
    if any(size is None or size > level for size in sizes):
        assert budget - sum(taken) < len(sizes)


@given(st.lists(st.binary(max_size=30), max_size=20), st.integers(0, 60))
def test_the_last_bytes_of_what_comes(pieces: list[bytes], size: int) -> None:
    kept, came = last(pieces, size, io.BytesIO)
    whole = b"".join(pieces)
    assert came == len(whole)
    assert b"".join(kept) == whole[max(0, len(whole) - size) :]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("cut", range(4))
def test_the_tail_of_a_log_in_utf_16_can_be_read(encoding: str, cut: int) -> None:
    """Its mark is lost with its beginning, and the cut may be in the middle of a character."""
    lines = "".join(f"第{number}行 password=x\r\n" for number in range(300))
    coded = lines.encode(encoding)[cut:]
    found = b"".join(from_line_start(coded[at : at + 1000] for at in range(0, len(coded), 1000)))
    assert found.decode("utf-16") == lines.partition("\n")[2]


def test_a_log_without_line_breaks_is_cut_where_it_is() -> None:
    pieces = [b"x" * 700_000, b"y" * 700_000, b"z" * 10]
    assert b"".join(from_line_start(pieces)) == b"z" * 10
    assert b"".join(from_line_start([b"half\nline"])) == b"line"


def test_when_time_is_up_what_came_is_kept_and_the_rest_named(host: Host, tmp_path: Path) -> None:
    def slow(_keep: int) -> Iterator[bytes]:
        for _ in range(1000):
            time.sleep(0.02)
            yield b"a line\n"

    found = Found((Source("logs/slow", Log(7000, slow)), Source("logs/next", log_of(b"next\n" * 5000))), ())
    begin = time.monotonic()
    manifest = write(host, tmp_path / "b", logs=found, max_time=0.3)

    assert time.monotonic() - begin < 2
    (slow_member,) = [member for member in manifest.members if member.name == "logs/slow"]
    assert slow_member.cut == TIME_IS_UP
    assert 0 < slow_member.size < 7000
    assert LeftOut("logs/next", TIME_IS_UP) in manifest.left_out
    assert "report.json" in contents(tmp_path / "b")


def test_a_log_that_breaks_off_is_kept_as_far_as_it_came(host: Host, tmp_path: Path) -> None:
    def breaking(_keep: int) -> Iterator[bytes]:
        yield b"first\n"
        raise Failed("the disk is broken")

    def broken(_keep: int) -> Iterator[bytes]:
        raise Failed("no such luck")
        yield b""

    found = Found((Source("logs/some", Log(99, breaking)), Source("logs/none", Log(None, broken))), ())
    manifest = write(host, tmp_path / "b", logs=found)
    assert contents(tmp_path / "b")["logs/some"] == b"first\n"
    (member,) = [member for member in manifest.members if member.name == "logs/some"]
    assert member.cut == "the disk is broken"
    assert manifest.left_out == (LeftOut("logs/none", "no such luck"),)


# -- redaction --------------------------------------------------------------------------


class Shouting:
    """Stands for a redactor: replaces `secret`, wherever it stands."""

    def __init__(self) -> None:
        self.count = 0

    def name(self, name: str) -> str:
        return name.replace("secret", "XXXXXX")

    def text(self, data: bytes, name: str = "") -> bytes:
        self.count += data.count(b"secret")
        return data.replace(b"secret", b"XXXXXX")

    def stream(self, source: Iterable[bytes], sink: Callable[[bytes], object], name: str = "") -> None:
        sink(self.text(b"".join(source)))

    def counts(self) -> Mapping[str, int]:
        return {"secrets": self.count}


def test_everything_goes_through_the_redactor(tree: Tree, tmp_path: Path) -> None:
    host = tree({"etc/secret/file": "a secret\n"})
    host.read("/etc/secret/file")
    found = Found(
        (Source("logs/secret.log", log_of(b"the secret\n")),), (LeftOut("/secret/b", "secret is not there"),)
    )
    path = tmp_path / "b"
    manifest = write(host, path, logs=found, redactor=Shouting(), text="secret host")
    tar = gzip.decompress(path.read_bytes())
    assert b"secret" not in tar.replace(b'"secrets"', b"")
    assert manifest.redacted
    assert manifest.redactions["secrets"] >= 5


def test_names_are_never_twice_and_never_dangerous() -> None:
    names = Names()
    assert names.take("logs/a.log") == "logs/a.log"
    assert names.take("logs/a.log") == "logs/a~2.log"
    assert names.take("/../x\x1b[31m/\udc80") == "_/x_[31m/?"
    assert len(names.take("logs/" + "é" * 200).encode()) <= 260


# -- all or nothing ---------------------------------------------------------------------


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_checksums_joined(first: bytes, second: bytes) -> None:
    assert join_crc(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


def fill_and_fail(parts: Parts) -> None:
    with parts.part("bad") as bad:
        bad.write(os.urandom(100_000))
        raise Failed("gone")


def test_a_part_that_fails_leaves_nothing_in_the_archive() -> None:
    store, out = io.BytesIO(), io.BytesIO()
    parts = Parts(store)
    with parts.part("good") as good:
        good.write(b"good")
    with pytest.raises(Failed):
        fill_and_fail(parts)
    with parts.part("also") as also:
        also.write(b"also")
    assert good.done is not None
    assert also.done is not None
    parts.write([good.done, also.done], 0, out)
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as archive:
        assert archive.getnames() == ["good", "also"]


@pytest.mark.parametrize("broken", ["nameless", "link", "both"])
def test_file_systems_that_lack_something_serve_too(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    if broken in ("nameless", "both"):
        monkeypatch.setattr(WholeFile, "_nameless", refuse)
    if broken in ("link", "both"):
        monkeypatch.setattr(os, "link", refuse)
    folder = tmp_path / "out"
    folder.mkdir()
    write(host, folder / "b")
    write(host, folder / "b")
    assert os.listdir(folder) == ["b"]
    assert stat.S_IMODE((folder / "b").stat().st_mode) == 0o600
    assert "report.json" in contents(folder / "b")


@pytest.mark.parametrize("nameless", [True, False])
def test_an_error_on_the_way_leaves_the_old_bundle(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool
) -> None:
    if not nameless:
        monkeypatch.setattr(WholeFile, "_nameless", lambda _: os.open(tmp_path / "absent/x", os.O_RDONLY))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "b").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packing.Packer, "finish", full)
    with pytest.raises(OSError, match="No space"):
        write(host, folder / "b")
    assert os.listdir(folder) == ["b"]
    assert (folder / "b").read_text() == "old"


@pytest.mark.parametrize("place", ["folder", "fifo", "gone/b"])
def test_where_no_bundle_can_be(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match=r"directory|regular"):
        WholeFile(str(tmp_path / place))


MEMORY = """
import resource, sys
from contextlib import closing
from pathlib import Path
from envcheck.bundle.logs import Found, Source
from envcheck.bundle.pack import pack
from envcheck.bundle.whole_file import WholeFile
from envcheck.host.logs import Log
from envcheck.host.tree import TreeHost
from envcheck.results import Report

size = 1 << 29
def tail(keep):
    left = min(keep, size) if KNOWN else size
    piece = b"2026-01-01 12:00:00 a line of a log that says nothing\\n" * 5000
    while left > 0:
        yield piece[:left]
        left -= len(piece)
folder = Path(sys.argv[1])
(folder / "host").mkdir()
host = TreeHost(folder / "host")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with closing(WholeFile(str(folder / "b.tar.gz"))) as file:
    found = Found((Source("logs/a", Log(size if KNOWN else None, tail)),), ())
    made = pack(Report((), "h", "", 0.0, ()), host, [], file, logs=found, max_size=KEEP, max_time=600)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024, max(member.size for member in made.members))
"""


@pytest.mark.parametrize(("known", "keep"), [("True", 1 << 29), ("False", 100_000_000)])
def test_memory_stays_flat_with_a_log_of_512_mib(tmp_path: Path, known: str, keep: int) -> None:
    script = MEMORY.replace("KNOWN", known).replace("KEEP", str(keep))
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    )
    grown, kept = map(int, run.stdout.split())
    assert grown < 8, f"{grown} MiB more than before"
    assert keep - 100 < kept <= keep
