"""Settings: checks that need them, probes that are asked with them, records that keep them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import envcheck
from envcheck import api, engine, probes
from envcheck.bundle.record import write_record
from envcheck.facts import Fact, first
from envcheck.host.base import Host
from envcheck.host.tree import TreeHost
from envcheck.record import Record
from envcheck.results import Report
from envcheck.rulebook import RuleErrors
from envcheck.rulebook.types import probe_type
from tests.conftest import write_tree

HEAD = "title: {en: A, zh: 甲}\ndescription: {en: B, zh: 乙}\n"
PARAMS = """
params:
  least: {title: {en: L, zh: 少}, type: size}
  some-file: {title: {en: F, zh: 文件}, type: path, default: /etc/one}
  words: {title: {en: W, zh: 词}, type: [text]}
checks:
"""
TITLE = "title: {en: T, zh: 题}"
MEMORY = f"  - {{id: memory, {TITLE}, fact: memory.total, require: '>= $least'}}\n"
KERNEL = f"  - {{id: kernel, {TITLE}, fact: kernel.version, require: '>= 3', requires: [memory]}}\n"
LINE = f"  - {{id: line, {TITLE}, fact: first_line.line, require: good}}\n"
HOST = {
    "proc/meminfo": "MemTotal: 32000000 kB\n",
    "proc/sys/kernel/osrelease": "3.10.0\n",
    "etc/one": "good\n",
    "etc/two": "bad\n",
}


class FirstLine(Record):
    """What the probe of these tests finds."""

    line: Fact[str]
    words: Fact[int]


class Settings(Record):
    """What it is asked with."""

    some_file: str
    words: tuple[str, ...] = ("none",)


def collect(host: Host, settings: Settings) -> FirstLine:
    """Ask for the file's first line."""
    line: Fact[str] = first((settings.some_file, lambda: host.read(settings.some_file).split()[0]))
    return FirstLine(line, first(("words", lambda: len(settings.words))))


@pytest.fixture(autouse=True)
def _probe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = ModuleType("envcheck.probes.first_line")
    vars(module).update(collect=collect, Settings=Settings, FirstLine=FirstLine)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    names = probes.own_names()
    monkeypatch.setattr(probes, "own_names", lambda: (*names, "first_line"))
    yield
    for cached in (probes.collector, probes.facts_class, probe_type):
        cached.cache_clear()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_tree(tmp_path / "host", HOST)
    (tmp_path / "rules").mkdir()
    return tmp_path


def write(site: Path, checks: str, name: str = "m", params: str = PARAMS) -> None:
    (site / f"rules/{name}.yaml").write_text(f"module: {name}\n{HEAD}{params}{checks}", encoding="utf-8")


def check(site: Path, *modules: str, host: str = "host", **settings: object) -> Report:
    names = {name.replace("_", "-"): value for name, value in settings.items()}
    return envcheck.check(*modules or ("m",), from_path=site / host, rules=[site / "rules"], settings=names)


def verdicts(report: Report) -> dict[str, str]:
    return {result.id: result.status for result in report.results}


def test_what_needs_a_parameter_is_skipped_until_it_is_set(site: Path) -> None:
    write(site, MEMORY + KERNEL)
    report = check(site)
    assert verdicts(report) == {"memory": "skipped", "kernel": "pass"}
    assert report.passed
    assert report.results[0].reason == ("not set: --set least=…", "未设置：--set least=…")
    assert verdicts(check(site, least="33 GB")) == {"memory": "fail", "kernel": "skipped"}
    assert verdicts(check(site, least="32 GB")) == {"memory": "pass", "kernel": "pass"}


def test_a_probe_is_asked_with_the_default_and_with_what_is_set(site: Path) -> None:
    write(site, LINE)
    assert verdicts(check(site)) == {"line": "pass"}
    report = check(site, some_file="/etc/two")
    assert verdicts(report) == {"line": "fail"}
    assert report.results[0].source == "/etc/two"


def test_a_probe_gets_lists_and_its_own_defaults(site: Path) -> None:
    write(site, f"  - {{id: words, {TITLE}, fact: first_line.words, require: 2}}\n")
    assert verdicts(check(site)) == {"words": "fail"}
    assert verdicts(check(site, words=["a", "b"])) == {"words": "pass"}
    assert verdicts(check(site, words="a, b")) == {"words": "pass"}


def test_a_probe_that_cannot_be_asked_is_not(site: Path) -> None:
    write(site, LINE, params=PARAMS.replace(", default: /etc/one", ""))
    report = check(site)
    assert verdicts(report) == {"line": "skipped"}
    assert report.results[0].reason is not None
    assert report.results[0].reason.en == "not set: --set some-file=…"
    assert verdicts(check(site, some_file="/etc/one")) == {"line": "pass"}


def test_two_modules_may_ask_one_probe_differently(site: Path) -> None:
    write(site, LINE)
    write(site, LINE, "other", PARAMS.replace("/etc/one", "/etc/two"))
    assert [result.status for result in check(site, "m", "other").results] == ["pass", "fail"]
    assert [result.status for result in check(site, "m", "other", some_file="/etc/one").results] == [
        "pass"
    ] * 2


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("checks:\n", "'first_line' is asked with 'some-file': name that parameter under `params`"),
        (
            PARAMS.replace("path, default: /etc/one", "port"),
            "is asked with a text: the parameter 'some-file' is a port",
        ),
        (PARAMS.replace("[text]", "text"), "is asked with a list of texts: the parameter 'words' is a text"),
    ],
)
def test_a_rule_set_must_have_what_its_probes_are_asked_with(site: Path, params: str, said: str) -> None:
    write(site, LINE, params=params)
    with pytest.raises(RuleErrors, match=said) as caught:
        check(site)
    assert len(caught.value.errors) == 1


def test_a_name_that_no_module_has_is_refused_with_the_nearest(site: Path) -> None:
    write(site, LINE)
    with pytest.raises(
        envcheck.RequestError, match="--set leest: no such parameter of m; did you mean 'least'"
    ):
        check(site, leest="1 GB")
    with pytest.raises(envcheck.RequestError, match="no such parameter of default; known: nginx-"):
        check(site, "default", leest="1 GB")
    with pytest.raises(envcheck.RequestError, match="unknown module 'mm'"):
        check(site, "mm", least="1 GB")


def recorded(site: Path, **settings: object) -> None:
    """Record the host as a bundle does, below `site/record`."""
    names = {name.replace("_", "-"): value for name, value in settings.items()}
    host = TreeHost(site / "host")
    engine.run(host, api.rule_sets(["m"], [site / "rules"], names), timeout=5)
    write_record(host, lambda name, content: write_tree(site / "record", {name: content}))


def test_a_record_asks_again_with_what_was_set(site: Path) -> None:
    write(site, MEMORY + LINE)
    recorded(site, some_file="/etc/two", least="33 GB")
    assert verdicts(check(site, host="record/host")) == {"memory": "fail", "line": "fail"}
    assert verdicts(check(site, host="record/host", least="1 GB")) == {"memory": "pass", "line": "fail"}
    again = check(site, host="record/host", some_file="/etc/one")
    assert verdicts(again) == {"memory": "fail", "line": "unknown"}


def test_a_default_is_not_recorded(site: Path) -> None:
    write(site, LINE)
    recorded(site)
    answers = json.loads(
        (site / "record/host/sos_commands/envcheck/answers.json").read_text(encoding="utf-8")
    )
    assert [entry["ask"] for entry in answers if entry["ask"][0] == "settings"] == []
    assert verdicts(check(site, host="record/host")) == {"line": "pass"}


@pytest.mark.parametrize(
    "value", [["x"], "x", {"least": 5, "some-file": {}}, {"least": "many", "other": "1"}, None]
)
def test_what_a_record_says_amiss_is_passed_over(site: Path, value: object) -> None:
    write(site, MEMORY + LINE)
    recorded(site, least="1 GB")
    path = site / "record/host/sos_commands/envcheck/answers.json"
    answers = json.loads(path.read_text(encoding="utf-8"))
    for entry in answers:
        if entry["ask"] == ["settings"]:
            entry["value"] = value
    path.write_text(json.dumps(answers), encoding="utf-8")
    assert verdicts(check(site, host="record/host")) == {"memory": "skipped", "line": "pass"}
