"""Trees of the shipped rule files, kept beside them: never stale, never from a stranger's hand."""

from __future__ import annotations

import marshal
import os
import sys
from pathlib import Path
from typing import Optional

import pytest

from envcheck.rulebook import compiled, kept
from envcheck.rulebook.source import Node, RuleError, parse_yaml

TEXT = "module: a\nchecks:\n  - {id: one, require: '17'}\n  - id: two\n    require: 3.10\n"


@pytest.fixture
def rule_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rule file that counts as shipped."""
    for module in (compiled, kept):
        monkeypatch.setattr(module, "shipped_rules", lambda: str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    path = tmp_path / "a.yaml"
    path.write_text(TEXT)
    return path


def _kept(rule_file: Path) -> Path:
    return rule_file.parent / "__pycache__" / f"a.yaml.{sys.implementation.cache_tag}"


def _plant(rule_file: Path, word: str) -> None:
    """Keep a tree that says `word`, as if it were that of the file."""
    compiled.tree(str(rule_file))
    status = rule_file.stat()
    tree = ("scalar", 1, 1, word, True, ())
    planted = marshal.dumps(((status.st_mtime_ns, status.st_size), tree))
    _kept(rule_file).write_bytes(compiled.MAGIC + planted)


def _word(rule_file: Path) -> Optional[str]:
    tree = compiled.tree(str(rule_file))
    return None if tree is None else tree.text


def _shape(node: Node) -> object:
    return (node.kind, node.file, node.line, node.column, node.value, [_shape(n) for n in node.children])


def test_what_is_kept_is_the_tree_that_was_parsed(rule_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = parse_yaml(TEXT.encode(), str(rule_file))
    first = compiled.tree(str(rule_file))
    monkeypatch.setattr(compiled, "read_yaml", None)  # not called any more
    second = compiled.tree(str(rule_file))
    assert first is not None
    assert second is not None
    assert _shape(first) == _shape(second) == _shape(parsed)


def test_an_error_in_a_kept_tree_says_where(rule_file: Path) -> None:
    compiled.tree(str(rule_file))
    kept = compiled.tree(str(rule_file))
    assert kept is not None
    with pytest.raises(RuleError, match=r"a\.yaml:1:1: unknown key 'module'"):
        kept.fields(("checks",))


def test_a_planted_tree_would_be_believed(rule_file: Path) -> None:
    """What the tests below rely on."""
    _plant(rule_file, "planted")
    assert _word(rule_file) == "planted"


def test_a_file_that_changed_is_parsed_anew(rule_file: Path) -> None:
    _plant(rule_file, "planted")
    rule_file.write_text(TEXT + "# more\n")
    assert _word(rule_file) == ""
    _plant(rule_file, "planted")
    os.utime(rule_file, ns=(0, 1))
    assert _word(rule_file) == ""
    assert _kept(rule_file).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("damage", ["empty", "cut", "other", "no pair"])
def test_what_is_damaged_is_parsed_anew(rule_file: Path, damage: str) -> None:
    compiled.tree(str(rule_file))
    kept = _kept(rule_file)
    whole = kept.read_bytes()
    kept.write_bytes({
        "empty": b"",
        "cut": whole[:-20],
        "other": b"#!" + whole[2:],
        "no pair": compiled.MAGIC + marshal.dumps(7),
    }[damage])  # fmt: skip
    assert _word(rule_file) == ""
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_what_others_may_write_is_not_trusted(rule_file: Path, mode: int) -> None:
    _plant(rule_file, "planted")
    _kept(rule_file).chmod(mode)
    assert _word(rule_file) == ""


def test_a_directory_that_others_may_write_is_not_trusted(rule_file: Path) -> None:
    _plant(rule_file, "planted")
    _kept(rule_file).parent.chmod(0o777)
    assert _word(rule_file) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_another_is_not_trusted(rule_file: Path) -> None:
    _plant(rule_file, "planted")
    os.chown(_kept(rule_file), 12345, 12345)
    assert _word(rule_file) == ""
    _plant(rule_file, "planted")
    os.chown(_kept(rule_file).parent, 12345, 12345)
    assert _word(rule_file) is None


def test_links_are_not_followed(rule_file: Path) -> None:
    _plant(rule_file, "planted")
    kept = _kept(rule_file)
    aside = kept.rename(rule_file.parent / "aside")
    kept.symlink_to(aside)
    assert _word(rule_file) == ""
    assert b"planted" in aside.read_bytes()
    folder = kept.parent.rename(rule_file.parent / "folder")
    kept.parent.symlink_to(folder)
    assert _word(rule_file) is None


def test_a_pipe_in_its_place_holds_up_nobody(rule_file: Path) -> None:
    compiled.tree(str(rule_file))
    _kept(rule_file).unlink()
    os.mkfifo(_kept(rule_file))
    assert _word(rule_file) == ""


def test_nothing_is_written_where_python_may_not_write(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled.tree(str(rule_file)) is None
    assert [entry.name for entry in rule_file.parent.iterdir()] == ["a.yaml"]


def test_what_is_kept_is_read_where_python_may_not_write(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant(rule_file, "planted")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _word(rule_file) == "planted"


def test_nothing_is_kept_where_nothing_can_be_written(rule_file: Path) -> None:
    (rule_file.parent / "__pycache__").write_text("in the way")
    assert compiled.tree(str(rule_file)) is None


def test_nothing_is_left_of_a_file_that_is_wrong(rule_file: Path) -> None:
    rule_file.write_text("a: [1\n")
    with pytest.raises(RuleError, match=r"a\.yaml:1:4: not YAML"):
        compiled.tree(str(rule_file))
    assert list((rule_file.parent / "__pycache__").iterdir()) == []


def test_a_directory_that_the_user_names_is_left_as_it_is(rule_file: Path) -> None:
    other = rule_file.parent / "mine" / "b.yaml"
    other.parent.mkdir()
    other.write_text(TEXT)
    assert compiled.tree(str(other)) is None
    assert [entry.name for entry in other.parent.iterdir()] == ["b.yaml"]
