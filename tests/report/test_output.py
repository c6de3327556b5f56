from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from envcheck.report.output import OutputFile


def write(path: Path, text: str = "new\n") -> None:
    output = OutputFile(str(path))
    output.write(text)
    output.close()


def test_a_new_file_gets_the_text_and_nothing_is_left_beside(tmp_path: Path) -> None:
    write(tmp_path / "报告.txt", "结论\ud800\n")

    assert (tmp_path / "报告.txt").read_text("utf-8") == "结论\\ud800\n"
    assert os.listdir(tmp_path) == ["报告.txt"]


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("an older and longer report\n")
    path.chmod(0o640)
    write(path)

    assert path.read_text() == "new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_until_it_is_written_the_older_report_stays(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old\n")
    output = OutputFile(str(path))

    assert path.read_text() == "old\n"
    output.close()
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["report"]


def test_a_link_is_written_through_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("an older and longer report\n")
    (tmp_path / "link").symlink_to("target")
    write(tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new\n"


@pytest.mark.parametrize("place", [".", "missing/report", "file/report", "bad\0name"])
def test_a_place_that_cannot_be_written_is_found_before_probing(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises((OSError, ValueError)):
        OutputFile(f"{tmp_path}/{place}")
    assert os.listdir(tmp_path) == ["file"]


def test_a_pipe_without_a_reader_is_an_error_and_no_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError):
        OutputFile(str(tmp_path / "pipe"))


def test_a_full_device_is_told_when_writing() -> None:
    output = OutputFile("/dev/full")

    with pytest.raises(OSError, match="No space left"):
        output.write("text")
    output.close()


def test_a_file_in_a_directory_that_may_not_be_written_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report"
    path.write_text("an older and longer report\n")
    really_open = os.open

    def refuse_new_files(name: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_EXCL:
            raise PermissionError(13, "Permission denied")
        return really_open(name, flags, mode)

    monkeypatch.setattr(os, "open", refuse_new_files)  # root may write in any directory
    write(path)

    assert path.read_text() == "new\n"
    with pytest.raises(PermissionError):
        OutputFile(str(tmp_path / "other"))


def test_no_name_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no file is named"):
        OutputFile("")
