"""A bundle that is not what it was when it was made is never read without a word."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from envcheck.bundle.show import show
from envcheck.host import UnusableRecord, open_host
from tests import written
from tests.bundle.archives import write
from tests.bundle.records import bundle


@pytest.fixture
def members(tmp_path: Path) -> dict[str, bytes]:
    """The files of a bundle."""
    bundle(tmp_path / "whole.tar.gz", written.HOSTS / "nouveau-loaded")
    with tarfile.open(tmp_path / "whole.tar.gz") as archive:
        return {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]


def said(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    open_host(path).close()
    return capsys.readouterr().err


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_whole_one_is_opened_without_a_word(
    tmp_path: Path, members: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(tmp_path / "whole.tar.gz", capsys) == ""
    assert said(lay(tmp_path / "laid", members), capsys) == ""


@pytest.mark.parametrize("laid", [False, True], ids=["archive", "directory"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "envcheck.bundle/99"}, "the manifest's schema is 'envcheck.bundle/99'"),
        ({"members": 7}, "the manifest is damaged: members is no list"),
        (None, "the manifest is no JSON"),
    ],
)
def test_another_schema_or_a_damaged_manifest_is_refused(
    tmp_path: Path, members: dict[str, bytes], change: dict[str, object] | None, message: str, laid: bool
) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = b"{" if change is None else json.dumps({**manifest, **change}).encode()
    path = lay(tmp_path / "x", members) if laid else write(tmp_path / "x.tar.gz", dict(members))
    with pytest.raises(UnusableRecord, match=message):
        open_host(path)


def test_another_schema_without_a_record_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tar.gz", {"manifest.json": '{"schema": "envcheck.bundle/99"}', "data/x": "y"})
    with pytest.raises(UnusableRecord, match=r"envcheck\.bundle/99"):
        open_host(path)


def test_a_manifest_of_something_else_is_a_file_like_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "x.tar.gz", {"manifest.json": '[{"Config": "x"}]', "etc/hosts": "y"})
    assert said(path, capsys) == ""


def test_altered_and_missing_files_of_the_record_are_named(
    tmp_path: Path, members: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *_ = (name for name in members if name.startswith("host/") and members[name].strip())
    members[first] = bytes(len(members[first]))
    del members[second]
    warning = said(write(tmp_path / "x.tar.gz", dict(members)), capsys)
    assert "warning: " in warning
    assert f"{first} was altered, {second} is missing" in warning
    assert len(warning.splitlines()) == 1


def test_show_says_where_a_bundle_breaks_off(tmp_path: Path, members: dict[str, bytes]) -> None:
    path = tmp_path / "whole.tar.gz"
    assert "NOT WHOLE" not in str(show(str(path)))
    path.write_bytes(path.read_bytes()[:-2000])
    page = str(show(str(path)))
    assert page.startswith("NOT WHOLE: ")
    assert "truncated" in page.splitlines()[0]
    assert page.splitlines()[-1].startswith("The conclusion")


def whole_names(path: Path) -> list[str]:
    with tarfile.open(path) as archive:
        return archive.getnames()


@pytest.mark.parametrize("kept", [0.97, 0.7, 0.3])
def test_show_names_what_a_truncated_bundle_lacks(
    tmp_path: Path, members: dict[str, bytes], kept: float
) -> None:
    whole = tmp_path / "whole.tar.gz"
    plain, names = gzip.decompress(whole.read_bytes()), whole_names(whole)
    path = write_cut(tmp_path, plain, kept)
    there = complete(plain, len(plain) * kept)
    summary = show(str(path))
    assert list(summary.missing) == [name for name in names if name not in there]
    assert summary.missing
    page = str(summary)
    assert f"missing, or cut off, since the bundle breaks off: {len(summary.missing)}\n" in page
    assert all(f"\n  {name}\n" in page for name in summary.missing[:200])
    assert bool(summary.verdicts) == ("report.json" in there)
    assert page.splitlines()[-1].startswith("The conclusion")


def test_show_of_a_download_that_broke_off(tmp_path: Path, members: dict[str, bytes]) -> None:
    """The compressed file itself is cut: what is behind the manifest is shown, also without the report."""
    content = (tmp_path / "whole.tar.gz").read_bytes()
    path = tmp_path / "cut.tar.gz"
    shown, refused = [], []
    for size in range(len(content) - 20, 0, -len(content) // 60):
        path.write_bytes(content[:size])
        try:
            shown.append(show(str(path)))
        except UnusableRecord as error:
            refused.append(str(error))
    assert all("the archive is truncated" in why for why in refused)
    assert all("manifest.json" in why or "after" not in why for why in refused)
    assert {bool(summary.verdicts) for summary in shown} == {True, False}
    for summary in shown:
        first = str(summary).splitlines()[0]
        assert first.startswith(f"NOT WHOLE: {path}: the archive is truncated after "), first


def test_show_refuses_one_without_its_manifest(tmp_path: Path, members: dict[str, bytes]) -> None:
    plain = gzip.decompress((tmp_path / "whole.tar.gz").read_bytes())
    with pytest.raises(UnusableRecord, match="truncated"):
        show(str(write_cut(tmp_path, plain, 700 / len(plain))))


def write_cut(folder: Path, plain: bytes, kept: float) -> Path:
    path = folder / "cut.tar.gz"
    path.write_bytes(gzip.compress(plain[: int(len(plain) * kept)]))
    return path


def complete(plain: bytes, size: float) -> set[str]:
    """The members of which all bytes stand before this place."""
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        return {member.name for member in archive if member.offset_data + member.size <= size}
