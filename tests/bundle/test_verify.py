"""Whether what was altered, cut off or slipped in is named."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from envcheck.bundle.verify import verify
from envcheck.host import UnusableRecord
from tests import written
from tests.bundle.archives import REPOSITORY, add, special, write
from tests.bundle.records import bundle

Change = Callable[[str, bytes], "bytes | None"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "host.tar.gz"
    bundle(path, written.HOSTS / "centos72-p4")
    return path


def rewritten(whole: Path, target: Path, change: Change) -> Path:
    """The bundle with members changed; None takes one away."""
    with tarfile.open(whole) as old, tarfile.open(target, "w:gz") as new:
        for header in old:
            file = old.extractfile(header)
            assert file is not None
            content = change(header.name, file.read())
            if content is not None:
                add(new, header.name, content)
    return target


def test_a_bundle_is_whole(whole: Path) -> None:
    assert verify(str(whole)) == []


def found(path: Path) -> list[tuple[str, str]]:
    return [(finding.member, finding.kind) for finding in verify(str(path))]


@pytest.mark.parametrize("member", ["report.json", "host/proc/meminfo", "envcheck.log"])
def test_an_altered_member_is_named(whole: Path, tmp_path: Path, member: str) -> None:
    def alter(name: str, content: bytes) -> bytes:
        return content[:-2] + b"X\n" if name == member else content

    assert found(rewritten(whole, tmp_path / "x", alter)) == [(member, "altered")]


def test_a_member_of_another_size_is_named_with_both(whole: Path, tmp_path: Path) -> None:
    path = rewritten(whole, tmp_path / "x", lambda name, content: content + b"!" * (name == "report.txt"))
    assert list(map(str, verify(str(path)))) == ["report.txt: it has 12 bytes instead of 11"]


def test_a_missing_member_is_named(whole: Path, tmp_path: Path) -> None:
    path = rewritten(whole, tmp_path / "x", lambda name, content: None if name == "report.txt" else content)
    assert found(path) == [("report.txt", "missing")]


def test_what_was_slipped_in_is_named(whole: Path, tmp_path: Path) -> None:
    path = rewritten(whole, tmp_path / "x.tar.gz", lambda _, content: content)
    plain = tmp_path / "x.tar"
    with tarfile.open(path) as old, tarfile.open(plain, "w") as new:
        for header in old:
            new.addfile(header, old.extractfile(header))
        add(new, "host/etc/shadow", "root:x")
        add(new, "report.txt", "the report\n")
        new.addfile(special("host/link", tarfile.SYMTYPE, "/etc/shadow"))
        add(new, "../../out", "x")
    assert found(plain) == [
        ("host/etc/shadow", "extra"),
        ("report.txt", "twice"),
        ("host/link", "extra"),
        ("../../out", "extra"),
    ]


@pytest.mark.parametrize("left", [0.3, 0.6, 0.95])
def test_where_it_breaks_off_is_named_and_what_stood_behind(whole: Path, tmp_path: Path, left: float) -> None:
    with tarfile.open(whole) as archive:
        names = archive.getnames()
    path = tmp_path / "x.tar.gz"
    path.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * left)])
    first, *rest = verify(str(path))
    assert (first.kind, {finding.kind for finding in rest}) == ("truncated", {"missing"})
    at = names.index(first.member)
    assert [finding.member for finding in rest] == names[at + 1 :]


def test_a_byte_turned_anywhere_is_found(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    path = tmp_path / "x.tar.gz"
    for at in range(12, len(content), len(content) // 60):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
        try:
            findings = verify(str(path))
        except UnusableRecord:
            continue
        # The time in the head of a gzip stream is part of nothing.
        assert findings or gzip.decompress(path.read_bytes()) == gzip.decompress(content), at


def test_what_is_no_bundle_is_refused(tmp_path: Path, whole: Path) -> None:
    other = write(tmp_path / "sosreport.tar.gz", {"sosreport/etc/hosts": "x"})
    with pytest.raises(UnusableRecord, match=r"is no bundle: manifest.json is not its first file"):
        verify(str(other))
    for text in ("{}", "[", '{"schema": "envcheck.bundle/1"}', "[" * 100_000):
        with pytest.raises(UnusableRecord, match="no bundle"):
            verify(str(write(tmp_path / "x.tar.gz", {"manifest.json": text})))
    with pytest.raises(UnusableRecord, match="No such file"):
        verify(str(tmp_path / "none"))


@pytest.mark.parametrize(("harm", "status"), [("none", 0), ("altered", 1), ("truncated", 1), ("text", 2)])
def test_the_command_ends_with_0_1_or_2(whole: Path, tmp_path: Path, harm: str, status: int) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(whole.read_bytes())
    if harm == "altered":
        rewritten(whole, path, lambda name, content: content + b"\x1b[2J" * (name == "report.txt"))
    elif harm == "truncated":
        path.write_bytes(path.read_bytes()[:-3000])
    elif harm == "text":
        path.write_text("hello")
    ended = subprocess.run(
        [sys.executable, "-m", "envcheck", "bundle", "verify", path],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == status, ended
    assert ("report.txt" in ended.stdout) == (harm == "altered")
    assert "Traceback" not in ended.stderr
