"""What is looked for is kept ready, and is the same as when it is worked out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from envcheck.problems import load_problems
from envcheck.problems.scan import prepared as room
from envcheck.problems.scan.prepared import prepare, prepared
from envcheck.problems.scan.scanner import Scanner
from envcheck.problems.scan.source import Source
from envcheck.problems.signature import Signature
from envcheck.rulebook import compiled, kept, ready

RULES = Path(__file__).parents[3] / "rules"
ENTRY = """\
problems:
- id: mine
  title: {en: M, zh: M}
  cause: {en: M, zh: M}
  steps: [{commands: {any: [ls]}}]
  risk: none
  source: ours
  signatures: [{any: [all is lost], matches: [all is lost]}]
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped rules that counts as shipped."""
    folder = tmp_path / "rules"
    folder.mkdir()
    shutil.copy2(RULES / "problems.yaml", folder)
    for module in (compiled, kept, ready, room):
        monkeypatch.setattr(module, "shipped_rules", lambda: str(folder))
    monkeypatch.setattr("envcheck.problems.loader.shipped_rules", lambda: str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return folder


def _given(*rules: Path) -> room.Prepared:
    directories = [str(each) for each in rules]
    return prepared(load_problems(directories), directories)


def _shape(one: room.Prepared) -> object:
    """All that is looked for: phrases compare by identity."""
    return [
        [each._replace(confirmed_by=(), matches=(), silent=(), origin=None) for each in one.signatures],
        [{k: v for k, v in vars(each).items() if k != "regex"} for each in one.phrases],
        one.conditions,
    ]


def _forbid_preparing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Sequence[Signature]) -> room.Prepared:
        raise AssertionError("it was worked out anew")

    monkeypatch.setattr(room, "prepare", refuse)


def test_what_is_ready_is_what_was_worked_out(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = prepare(load_problems([str(rules)]).all_signatures())
    first = _given(rules)
    _forbid_preparing(monkeypatch)
    second = _given(rules)
    assert _shape(first) == _shape(second) == _shape(fresh)
    assert [len(each.confirmed_by) for each in second.signatures] == [
        len(each.confirmed_by) for each in fresh.signatures
    ]


def test_what_is_ready_finds_what_it_should(rules: Path) -> None:
    _given(rules)
    scanner = Scanner(_given(rules))
    scanner.scan(Source("log", "file", lambda: iter([b"sh: nvidia-docker: command not found\n"])))
    assert {scanner.signatures[number].problem for number in scanner.found} == {"nvidia-docker-leftovers"}


def test_a_changed_file_is_read_anew(rules: Path) -> None:
    before = len(_given(rules).signatures)
    with (rules / "problems.yaml").open("a") as file:
        file.write(ENTRY.partition("\n")[2])
    assert len(_given(rules).signatures) == before + 1


@pytest.mark.parametrize("content", [b"", b"cut", b"cno_such\nmodule\n."])
def test_what_is_damaged_or_anybody_may_write_is_not_trusted(rules: Path, content: bytes) -> None:
    before = _shape(_given(rules))
    (file,) = (rules / "__pycache__").glob("signatures.*")
    file.write_bytes(content)
    assert _shape(_given(rules)) == before
    file.chmod(0o666)
    assert _shape(_given(rules)) == before
    assert not file.stat().st_mode & 0o002


def test_problems_of_the_user_are_read_each_time(rules: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "problems.yaml").write_text(ENTRY)
    _given(rules)
    for _ in range(2):
        assert "mine" in {each.problem for each in _given(rules, mine).signatures}
    assert [each.name for each in mine.iterdir()] == ["problems.yaml"]
