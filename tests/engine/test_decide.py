"""Deciding: levels, chains, conditions, hints, and what makes the conclusion."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn, Optional

import pytest

from envcheck import engine
from envcheck.host.base import Denied, NotRecorded, TimedOut, Unreadable
from envcheck.host.tree import TreeHost
from envcheck.results import Report, Result
from envcheck.rulebook import Rulebook

HEAD = "module: m\ntitle: {en: M, zh: 模}\ndescription: {en: D, zh: 述}\nchecks:\n"
RELEASE = "proc/sys/kernel/osrelease"


def run(tree: object, tmp_path: Path, checks: str, release: Optional[str] = "3.9.1") -> Report:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "m.yaml").write_text(HEAD + checks, encoding="utf-8")
    host = tree({RELEASE: release} if release else {"etc/hostname": "h\n"})  # type: ignore[operator]
    return engine.run(host, [Rulebook([str(rules)]).rule_set("m")], timeout=5)


def entry(name: str, require: str, more: str = "") -> str:
    title = f"title: {{en: {name}, zh: 项}}"
    return f"  - {{id: {name}, {title}, fact: kernel.version, require: '{require}'{more}}}\n"


def statuses(report: Report) -> dict[str, str]:
    return {result.id: result.status for result in report.results}


def reason(report: Report, name: str) -> str:
    (result,) = [result for result in report.results if result.id == name]
    assert result.reason is not None
    return result.reason.en


def test_a_required_miss_fails_and_a_recommended_one_does_not(tree: object, tmp_path: Path) -> None:
    recommended = entry("a", ">= 3.10", ", level: recommended")
    report = run(tree, tmp_path, recommended)
    assert report.passed
    assert [result.id for result in report.failures] == ["a"]


def test_a_required_unknown_fails_the_run(tree: object, tmp_path: Path) -> None:
    report = run(tree, tmp_path, entry("a", ">= 3.10"), release=None)
    assert statuses(report) == {"a": "unknown"}
    assert report.conclusion == "fail"
    assert "not in this record" in reason(report, "a")


def test_one_cause_is_one_failure_and_its_consequences_are_skipped(tree: object, tmp_path: Path) -> None:
    checks = (
        entry("c", ">= 1", ", requires: [b]")
        + entry("b", ">= 1", ", requires: [a]")
        + entry("a", ">= 3.10")
        + entry("d", ">= 1")
    )
    report = run(tree, tmp_path, checks)
    assert statuses(report) == {"c": "skipped", "b": "skipped", "a": "fail", "d": "pass"}
    assert reason(report, "c") == "blocked by a"


def test_a_recommended_miss_blocks_nothing(tree: object, tmp_path: Path) -> None:
    checks = entry("a", ">= 3.10", ", level: recommended") + entry("b", ">= 1", ", requires: [a]")
    assert statuses(run(tree, tmp_path, checks)) == {"a": "fail", "b": "pass"}


@pytest.mark.parametrize(("unless", "status"), [("'>= 3.0'", "pass"), ("'>= 3.5, < 3.6'", "skipped")])
def test_a_miss_blocks_only_where_its_fact_is_of_no_use(
    tree: object, tmp_path: Path, unless: str, status: str
) -> None:
    checks = entry("a", ">= 3.10") + entry("b", ">= 1", f", requires: [{{a: {unless}}}]")
    assert statuses(run(tree, tmp_path, checks))["b"] == status


def test_where_a_check_does_not_apply_it_is_skipped_and_says_so(tree: object, tmp_path: Path) -> None:
    when = ", when: {fact: kernel.version, require: '>= 4'}"
    report = run(tree, tmp_path, entry("a", ">= 5", when))
    assert statuses(report) == {"a": "skipped"}
    assert reason(report, "a") == "not applicable here: kernel.version is 3.9.1, not >= 4"
    assert report.passed


def test_where_it_is_unknown_whether_a_check_applies_it_is_unknown(tree: object, tmp_path: Path) -> None:
    when = ", when: {fact: libc.glibc, require: '>= 2'}"
    report = run(tree, tmp_path, entry("a", ">= 3", when))
    assert statuses(report) == {"a": "unknown"}


HINTS = ", hints: [always, {old: '< 3.5'}, {young: '>= 3.5'}, {dark: unknown}, {closed: denied}, always]"


@pytest.mark.parametrize(
    ("release", "hints"),
    [("3.9.1", ("always", "young")), ("3.2.0", ("always", "old")), (None, ())],
)
def test_hints_fit_what_was_found(
    tree: object, tmp_path: Path, release: Optional[str], hints: tuple[str, ...]
) -> None:
    (result,) = run(tree, tmp_path, entry("a", ">= 3.10", HINTS), release).results
    assert result.hints == hints


def test_an_answer_that_lacks_a_part_has_no_hint_of_no_answer(tree: object, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    require = "require: {distribution: centos, version: '>= 7.2'}, hints: [always, {dark: unknown}]"
    check = f"  - {{id: a, title: {{en: a, zh: 项}}, fact: os_release.release, {require}}}\n"
    (rules / "m.yaml").write_text(HEAD + check, encoding="utf-8")
    host = tree({"etc/os-release": "NAME='CentOS Linux'\nID=centos\nVERSION_ID=7\n"})  # type: ignore[operator]
    (result,) = engine.run(host, [Rulebook([str(rules)]).rule_set("m")], timeout=5).results
    assert (result.status, result.hints) == ("unknown", ())


@pytest.mark.parametrize(
    ("error", "hints"),
    [
        (TimedOut("no answer in 10 s"), ("dark",)),
        (Denied("permission denied"), ("closed",)),
        (NotRecorded("it is not in this record"), ()),
    ],
)
def test_hints_of_the_unknown_fit_why_it_is_unknown(
    tree: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Unreadable, hints: tuple[str, ...]
) -> None:
    def ask(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(TreeHost, "_read", ask)
    monkeypatch.setattr(TreeHost, "_run", ask)
    (result,) = run(tree, tmp_path, entry("a", ">= 3.10", HINTS)).results
    assert (result.status, result.hints) == ("unknown", hints)


def test_a_pass_has_no_hints(tree: object, tmp_path: Path) -> None:
    (result,) = run(tree, tmp_path, entry("a", ">= 3", HINTS)).results
    assert result.hints == ()


def test_a_result_says_what_was_found_where_and_what_else_to_know(tree: object, tmp_path: Path) -> None:
    show = ", show: [{fact: kernel.release, label: {en: release, zh: 发行}}]"
    (result,) = run(tree, tmp_path, entry("a", ">= 3", show), "3.10.0-1.el7").results
    assert isinstance(result, Result)
    assert result.actual is not None
    assert result.actual.en == "3.10.0-1.el7; release 3.10.0-1.el7"
    assert result.actual.zh == "3.10.0-1.el7；发行 3.10.0-1.el7"
    assert result.source == "/proc/sys/kernel/osrelease"
