"""What lies among rule files and is none: said by name, never passed over and never waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from envcheck import cli

MODULE = """\
module: house
title: {en: A, zh: 甲}
description: {en: B, zh: 乙}
checks:
  - {id: kernel, title: {en: K, zh: 核}, fact: kernel.version, require: ">= 3"}
"""
HOST = str(Path(__file__).parents[1] / "hosts" / "centos72-p4")
KINDS: dict[str, Callable[[Path], None]] = {
    "a directory, not a rule file": Path.mkdir,
    "No such file or directory": lambda path: path.symlink_to("nowhere"),
    "Too many levels of symbolic links": lambda path: path.symlink_to(path.name),
    "no regular file, not a rule file": os.mkfifo,
}


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "house.yaml").write_text(MODULE, encoding="utf-8")
    return folder


@pytest.mark.parametrize("said", KINDS)
@pytest.mark.parametrize("name", ["other.yaml", "problems.yaml"])
@pytest.mark.parametrize(
    "command", [["house", "--rules", "rules", "--from", HOST, "--log-file", "log"], ["lint", "rules"]]
)
def test_it_is_named(
    rules: Path, capsys: pytest.CaptureFixture[str], command: list[str], name: str, said: str
) -> None:
    KINDS[said](rules / name)
    assert cli.main(command) == 2
    assert f"rules/{name}: {said}\n" in capsys.readouterr().err


def test_no_pipe_is_opened_for_the_list(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(rules / "other.yaml")
    assert cli.main(["list", "--rules", "rules"]) == 2
    assert "rules/other.yaml: no regular file" in capsys.readouterr().err


def test_what_editors_hide_there_is_nobodys(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / ".#house.yaml").symlink_to("me@here.1234")
    (rules / ".house.yaml").write_text("module: house\n  half: written", encoding="utf-8")
    assert cli.main(["house", "--rules", "rules", "--from", HOST, "--log-file", "log"]) == 0
    assert cli.main(["lint", "rules"]) == 0
    capsys.readouterr()


def test_a_file_with_another_ending_is_remembered(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "house.yaml").rename(rules / "house.yml")
    assert cli.main(["house", "--rules", "rules", "--log-file", "log"]) == 2
    said = capsys.readouterr().err
    assert "unknown module 'house': rules/house.yml is not read, rule files are named MODULE.yaml" in said


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("rules/house.yaml", "rules/house.yaml: no directory; name the one that holds the rule file"),
        ("", "'': No such file or directory"),
    ],
)
def test_rules_are_a_directory(
    rules: Path, capsys: pytest.CaptureFixture[str], named: str, said: str
) -> None:
    assert cli.main(["list", "--rules", named]) == 2
    assert said in capsys.readouterr().err


def test_hosts_are_beside_rules_that_are_named(
    rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The working directory is not meant by nothing."""
    monkeypatch.chdir(rules)
    (rules / "hosts").mkdir()
    assert cli.main(["test", ""]) == 2
    assert "'' is no directory" in capsys.readouterr().err


def test_a_hostile_name_is_shown_harmless(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "x\x1b[31m.yaml").write_text(MODULE, encoding="utf-8")
    assert cli.main(["list", "--rules", "rules"]) == 2
    said = capsys.readouterr().err
    assert r"rules/x\x1b[31m.yaml:1:9: " in said
    assert "\x1b" not in said
