"""What `--from PATH` accepts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from envcheck.errors import RequestError
from envcheck.host import UnusableRecord, open_host


def test_a_directory_is_a_record_even_an_empty_one(tmp_path: Path) -> None:
    host = open_host(tmp_path)
    assert (host.live, host.name) == (False, tmp_path.name)
    assert open_host(str(tmp_path)).live is False


def test_nothing_named_is_this_machine() -> None:
    host = open_host()
    try:
        assert host.live
    finally:
        host.close()


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableRecord, match=f"{tmp_path}/none: No such file or directory"):
        open_host(tmp_path / "none")
    with pytest.raises(RequestError):
        open_host("a\0b")


def test_what_is_neither_directory_nor_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "sosreport.tar.xz"
    archive.write_bytes(b"x")
    with pytest.raises(UnusableRecord, match="is not an archive"):
        open_host(archive)


def test_a_link_to_a_directory_is_one(tmp_path: Path) -> None:
    (tmp_path / "real/etc").mkdir(parents=True)
    (tmp_path / "real/etc/hosts").write_text("x")
    (tmp_path / "link").symlink_to("real")
    assert open_host(tmp_path / "link").read("/etc/hosts") == "x"
    assert open_host(tmp_path / "link").stat("/").kind == "directory"


def test_the_root_directory_is_a_record_too() -> None:
    assert open_host("/").stat("/etc").kind == "directory"


def test_a_record_is_opened_without_heavy_imports(tmp_path: Path, unmeasured: dict[str, str]) -> None:
    code = (
        f"import sys; from envcheck.host import open_host; open_host({str(tmp_path)!r}); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=unmeasured, check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"json", "subprocess", "psutil", "yaml", "socket"} & set(loaded)
