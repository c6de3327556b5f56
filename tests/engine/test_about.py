"""Facts about what a rule names in brackets: `path[/home].status`."""

from __future__ import annotations

from pathlib import Path

import pytest

import envcheck
from envcheck.facts import split, subject
from envcheck.rulebook import Rulebook, RuleErrors
from tests.conftest import write_tree

HEAD = "module: m\ntitle: {en: A, zh: 甲}\ndescription: {en: B, zh: 乙}\n"
PARAMS = """params:
  place: {title: {en: P, zh: 处}, type: path, default: /home/b}
  n: {title: {en: N, zh: 数}, type: integer}
  places: {title: {en: P, zh: 处}, type: [path], default: [/home/b]}
"""


def check(fact: str, more: str = "require: {state: file}", name: str = "a") -> str:
    return f"  - {{id: {name}, title: {{en: T, zh: 题}}, fact: '{fact}', {more}}}\n"


def rules(folder: Path, *checks: str, params: str = PARAMS) -> None:
    (folder / "rules").mkdir()
    (folder / "rules/m.yaml").write_text(f"{HEAD}{params}checks:\n{''.join(checks)}", encoding="utf-8")


def statuses(folder: Path, **settings: object) -> dict[str, str]:
    write_tree(folder / "host", {"home/a": "x", "home/b/c": "x", "sos_commands/envcheck/absent": "/home/d\n"})
    report = envcheck.check("m", from_path=folder / "host", rules=[folder / "rules"], settings=settings)
    return {result.id: result.status for result in report.results}


def test_two_checks_ask_about_two_paths(tmp_path: Path) -> None:
    rules(tmp_path, check("path[/home/a].status"), check("path[/home/b].status", name="b"))
    assert statuses(tmp_path) == {"a": "pass", "b": "fail"}


def test_a_parameter_in_the_brackets(tmp_path: Path) -> None:
    rules(tmp_path, check("path[$place].status"))
    assert statuses(tmp_path) == {"a": "fail"}
    (tmp_path / "host").rename(tmp_path / "old")
    assert statuses(tmp_path, place="/home/a") == {"a": "pass"}


def test_elsewhere_in_a_check(tmp_path: Path) -> None:
    when = "when: {fact: 'path[/home/d].status', require: {state: file}}, require: {state: file}"
    show = "show: [{fact: 'path[/home/b].status', label: {en: and, zh: 且}}], require: {state: file}"
    rules(tmp_path, check("path[/home/a].status", when), check("path[/home/a].status", show, "b"))
    assert statuses(tmp_path) == {"a": "skipped", "b": "pass"}


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("path.status", "'path' is asked with 'path'"),
        ("path[].status", "cannot be asked about ''"),
        ("path[$nowhere].status", "unknown parameter 'nowhere'"),
        ("path[$n].status", "the parameter 'n' is a whole number"),
        ("path[$places].status", "'path' is asked with a text: the parameter 'places' is a list of paths"),
        ("kernel[x].version", "asked about nothing"),
        ("pth[/x].status", "did you mean 'path[/x].status'"),
        ("path[/x].sttus", "did you mean 'status'"),
        ("path[/x", "is not closed"),
        ("path[/x]y.status", "unknown fact"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, fact: str, said: str) -> None:
    rules(tmp_path, check(fact))
    with pytest.raises(RuleErrors) as caught:
        Rulebook([str(tmp_path / "rules")]).rule_set("m")
    assert said in str(caught.value)
    assert "m.yaml:" in str(caught.value)


def test_brackets_may_hold_dots_and_brackets() -> None:
    assert split("path[/a.b].status.owner") == ("path[/a.b]", ("status", "owner"))
    assert split("path[/a]b].status") == ("path[/a]b]", ("status",))
    assert subject("path[/a]b]") == ("path", "/a]b")
    assert split("kernel.version") == ("kernel", ("version",))
    assert subject("kernel") == ("kernel", None)
