"""Rule sets kept ready beside the shipped rules: never stale, never from a stranger's hand."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from pathlib import Path

import pytest

from envcheck import RequestError, api
from envcheck.rulebook import compiled, kept, places, ready, rulebook
from envcheck.rulebook.model import RuleSet

RULES = Path(__file__).parents[2] / "rules"
RULE = "  - {id: extra, title: {en: Extra, zh: 另外}, fact: kernel.version, require: '>= 1'}\n"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped rules that counts as shipped."""
    for path in RULES.glob("*.yaml"):
        shutil.copy2(path, tmp_path)
    for module in (compiled, kept, places, ready):
        monkeypatch.setattr(module, "shipped_rules", lambda: str(tmp_path))
    monkeypatch.setattr("envcheck.rulebook.shipped_rules", lambda: str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return tmp_path


def _file(rules: Path) -> Path:
    return rules / "__pycache__" / f"default.rules.{sys.implementation.cache_tag}"


def _forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> RuleSet:
        raise AssertionError("a rule file was read")

    monkeypatch.setattr(rulebook.Rulebook, "rule_set", refuse)


def _plant(rules: Path) -> None:
    """Keep a rule set without checks, as if it were that of the file."""
    (found,) = api.rule_sets(["default"])
    version, _ = pickle.loads(_file(rules).read_bytes())  # noqa: S301 - written by this test
    _file(rules).write_bytes(pickle.dumps((version, found._replace(checks=()))))


def _planted() -> bool:
    return api.rule_sets(["default"])[0].checks == ()


def _shape(value: object) -> object:
    """All that is in it: requirements compare by identity."""
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [_shape(each) for each in value]
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    return (type(value).__name__, _shape(vars(value))) if hasattr(value, "__dict__") else value


def test_what_is_ready_is_what_was_read(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = ["face-server", "default", "offline-security-server"]
    first = api.rule_sets(modules)
    _forbid_reading(monkeypatch)
    second = api.rule_sets(modules)
    assert [each.module for each in second] == modules
    assert _shape(first) == _shape(second)
    assert second[1].origin == str(rules / "default.yaml")


def test_a_planted_rule_set_would_be_believed(rules: Path) -> None:
    """What the tests below rely on."""
    _plant(rules)
    assert _planted()


@pytest.mark.parametrize("changed", ["default.yaml", "common.yaml", "problems.yaml"])
def test_a_changed_rule_file_is_read_anew(rules: Path, changed: str) -> None:
    _plant(rules)
    with (rules / changed).open("a") as file:
        file.write("# more\n")
    assert not _planted()
    assert not _planted()


def test_an_edited_rule_counts_at_once(rules: Path) -> None:
    api.rule_sets(["deployment-package"])
    with (rules / "deployment-package.yaml").open("a") as file:
        file.write(RULE)
    assert api.rule_sets(["deployment-package"])[0].checks[-1].id == "extra"


def test_a_mistake_is_said_however_ready_it_was(rules: Path) -> None:
    api.rule_sets(["deployment-package"])
    with (rules / "deployment-package.yaml").open("a") as file:
        file.write(RULE.replace("kernel", "kernle"))
    for _ in range(2):
        with pytest.raises(RequestError, match=r"deployment-package\.yaml:\d+:\d+: .*kernle"):
            api.rule_sets(["deployment-package"])


def test_changed_code_makes_it_anew(rules: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "package"
    for folder in ready._CODE:
        (package / folder).mkdir(parents=True, exist_ok=True)
    probe = package / "probes/kernel.py"
    probe.write_text("a = 1\n")
    monkeypatch.setattr(ready, "_PACKAGE", str(package))
    _plant(rules)
    assert _planted()
    probe.write_text("a = 12\n")
    assert not _planted()


@pytest.mark.parametrize(
    "content", [b"", b"cut", pickle.dumps(7), pickle.dumps((1, 2)), b"cno_such\nmodule\n."]
)
def test_what_is_damaged_is_made_anew(rules: Path, content: bytes) -> None:
    api.rule_sets(["default"])
    whole = _file(rules).read_bytes()
    _file(rules).write_bytes(content)
    assert not _planted()
    assert _file(rules).read_bytes() == whole


def test_what_others_may_write_is_not_trusted(rules: Path) -> None:
    _plant(rules)
    _file(rules).chmod(0o666)
    assert not _planted()
    _plant(rules)
    _file(rules).parent.chmod(0o777)
    assert not _planted()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_another_is_not_trusted(rules: Path) -> None:
    _plant(rules)
    os.chown(_file(rules), 12345, 12345)
    assert not _planted()


def test_a_name_is_no_path(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(kept.Shelf, "load", lambda _self, name: asked.append(name))
    with pytest.raises(RequestError, match="unknown module"):
        api.rule_sets(["../../tmp/default"])
    assert not any("/" in name for name in asked)


def test_rules_from_elsewhere_are_read_each_time(rules: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    head = "module: mine\ntitle: {en: M, zh: M}\ndescription: {en: M, zh: M}\nchecks:\n"
    (mine / "mine.yaml").write_text(head + RULE)
    assert api.rule_sets(["mine"], [mine])[0].checks[0].id == "extra"
    assert os.listdir(mine) == ["mine.yaml"]
    assert not (rules / "__pycache__" / f"mine.rules.{sys.implementation.cache_tag}").exists()


def test_nothing_is_written_where_python_may_not_write(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert api.rule_sets(["default"])[0].checks
    assert not (rules / "__pycache__").exists()
