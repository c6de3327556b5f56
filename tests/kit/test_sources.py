"""The pinned source packages, and where they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.kit import sources
from scripts.kit.steps import BuildError, sha256

DEB822 = "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n"


def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> str:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    monkeypatch.setattr(sources, "_APT", (tmp_path / "none", path))
    return sources._deb_src()


def test_every_source_is_pinned_by_a_checksum() -> None:
    pinned = sources.pinned()
    assert set(pinned) == {"python3.11", "libffi", "zlib", "bzip2", "xz-utils", "expat"}
    assert all(len(source.dsc_sha256) == 64 for source in pinned.values())
    assert pinned["zlib"].description == "zlib_1.2.13.dfsg-1.dsc"


def test_the_machines_own_list_is_asked_for_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = listed(tmp_path, monkeypatch, "debian.sources", DEB822 + "\n" + DEB822)
    assert found == (DEB822 + "\n" + DEB822).replace("Types: deb", "Types: deb-src")


def test_a_list_with_a_line_for_each_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# a note\ndeb [signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib\n"
    found = listed(tmp_path, monkeypatch, "sources.list", text)
    assert found.splitlines() == [
        "Types: deb-src",
        "URIs: http://mirror.example/debian",
        "Suites: bookworm",
        "Components: main contrib",
        "Signed-By: /k.gpg",
    ]


def test_no_list_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BuildError, match="no list of Debian's packages"):
        listed(tmp_path, monkeypatch, "sources.list", "# nothing\n")


def test_another_file_of_that_name_is_refused(tmp_path: Path) -> None:
    source = sources.pinned()["zlib"]
    (tmp_path / source.description).write_text("other")
    with pytest.raises(BuildError, match=sha256(tmp_path / source.description)):
        sources._unpack(source, tmp_path, tmp_path / "zlib")
