"""Waivers: what is waived, by whom, until when; and what is said of those that mean nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

import envcheck
from envcheck import api, cli
from envcheck.report import json as json_report
from envcheck.results import Report, Waiver
from envcheck.rulebook import places
from tests import written
from tests.conftest import write_tree

RULES = """\
module: small
title: {en: Small, zh: 小}
description: {en: For tests, zh: 测试用}
checks:
  - {id: kernel, title: {en: K, zh: 核}, fact: kernel.version, require: ">= 9"}
  - {id: after, title: {en: A, zh: 后}, fact: kernel.version, require: ">= 4", requires: [kernel]}
  - {id: strict, title: {en: S, zh: 严}, fact: kernel.version, require: ">= 3", waivable: false}
"""


def day(offset: int) -> str:
    return (datetime.now().astimezone().date() + timedelta(days=offset)).isoformat()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "rules/small.yaml": RULES,
        "host/proc/sys/kernel/osrelease": "4.4.0\n",
        "host/etc/hostname": "face-7\n",
    }
    write_tree(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return tmp_path


def check(*files: str, **waive: str) -> Report:
    given = {f"small.{name}": reason for name, reason in waive.items()}
    return envcheck.check("small", from_path="host", rules=["rules"], waive=given, waivers=files)


def waived(report: Report, name: str = "kernel") -> object:
    return next(result.waived for result in report.results if result.id == name)


def statuses(report: Report) -> list[str]:
    return [result.status for result in report.results]


def write(*entries: str, name: str = "waivers.yaml") -> str:
    Path(name).write_text("".join(f"- {{{entry}}}\n" for entry in entries), encoding="utf-8")
    return name


def test_a_waived_miss_keeps_its_status_counts_not_and_blocks_nothing(here: Path) -> None:
    assert statuses(check()) == ["fail", "skipped", "pass"]
    report = check(kernel="we know")
    assert statuses(report) == ["fail", "pass", "pass"]
    assert report.passed
    assert [result.id for result in report.failures] == ["kernel"]
    assert waived(report) == Waiver("we know", None, None)


def test_a_waiver_of_what_is_not_checked_is_said(here: Path) -> None:
    (here / "rules/other.yaml").write_text((here / "rules/small.yaml").read_text().replace("small", "other"))
    report = envcheck.check("small", from_path="host", rules=["rules"], waive={"other.kernel": "a slip"})
    assert [note.en for note in report.notes if "waiver" in note.en] == [
        "the waiver of other.kernel changes nothing: other is not checked"
    ]
    assert "other" in next(note.zh for note in report.notes if "豁免" in note.zh)
    file = write("check: other.kernel, reason: on other hosts")
    assert not any("waiver" in note.en for note in check(file, kernel="we know").notes)


def test_what_is_met_needs_no_waiver(here: Path) -> None:
    report = check(kernel="we know", after="nor this")
    assert waived(report, "after") is None


def test_an_unknown_is_waived_too(here: Path) -> None:
    (here / "host/proc/sys/kernel/osrelease").unlink()
    report = check(kernel="cannot be read here")
    assert (statuses(report)[0], waived(report)) == ("unknown", Waiver("cannot be read here"))


def test_a_file_says_who_and_until_when(here: Path) -> None:
    file = write(f"check: small.kernel, reason: old, by: Li Lei, until: {day(0)}")
    report = check(file)
    assert report.passed
    assert waived(report) == Waiver("old", "Li Lei", day(0))
    document = report.to_json()
    schema = json_report.__file__.replace("json.py", "report.schema.json")
    import json

    jsonschema.validate(json.loads(document), json.loads(Path(schema).read_text(encoding="utf-8")))
    assert f'"until": "{day(0)}"' in document


def test_an_expired_one_counts_again_with_a_note(here: Path) -> None:
    report = check(write(f"check: small.kernel, reason: old, until: {day(-1)}"))
    assert not report.passed
    assert waived(report) is None
    (note,) = [note for note in report.notes if "waiver" in note.en]
    assert note.en == f"the waiver of small.kernel held until {day(-1)}, it counts again (old)"
    assert "重新计入结论" in note.zh


def test_an_expired_one_of_what_is_met_is_not_spoken_of(here: Path) -> None:
    report = check(write(f"check: small.after, reason: old, until: {day(-1)}"), kernel="known")
    assert not [note for note in report.notes if "waiver" in note.en]


def test_it_holds_on_the_hosts_that_it_names(here: Path) -> None:
    for pattern, passed in (("face-*", True), ("other, face-7", True), ("face-8", False)):
        file = write(f"check: small.kernel, reason: old, hosts: [{pattern}]")
        assert check(file).passed is passed


def test_the_first_that_holds_counts(here: Path) -> None:
    late = f"check: small.kernel, reason: late, until: {day(-1)}"
    elsewhere = "check: small.kernel, reason: elsewhere, hosts: [x]"
    one = write(late, elsewhere, "check: small.kernel, reason: first", "check: small.kernel, reason: second")
    two = write("check: small.kernel, reason: two", name="two.yaml")
    assert waived(check(one, two)) == Waiver("first")
    assert waived(check(two, one)) == Waiver("two")
    assert waived(check(two, one, kernel="typed")) == Waiver("typed")
    assert not [note for note in check(one).notes if "waiver" in note.en]


def test_the_site_has_a_file_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(places, "OWNERS", (os.getuid(),))
    monkeypatch.setattr(api, "SITE_WAIVERS", str(here / "site.yaml"))
    assert not check().passed
    write("check: small.kernel, reason: of the site", name="site.yaml")
    assert waived(check()) == Waiver("of the site")
    assert waived(check(kernel="typed")) == Waiver("typed")
    (here / "site.yaml").chmod(0o666)
    with pytest.raises(envcheck.RequestError, match=r"site\.yaml is not read: others than root may write it"):
        check()


def test_where_the_sites_file_lies() -> None:
    assert api.SITE_WAIVERS == "/etc/envcheck/waivers.yaml"


@pytest.mark.parametrize("text", ["", "\n", "# - check: small.kernel\n\n  #   reason: no more\n"])
def test_an_empty_file_waives_nothing(here: Path, text: str) -> None:
    Path("none.yaml").write_text(text, encoding="utf-8")
    assert not check("none.yaml").passed


GOOD = "check: small.kernel, reason: x"
ENTRIES = [
    ("check: §smal.kernel, reason: x", "unknown module 'smal'; did you mean 'small'?"),
    ("check: §small.kernle, reason: x", "no check 'kernle' in 'small'; did you mean 'kernel'?"),
    ("check: §kernel, reason: x", "'kernel': write it as MODULE.CHECK"),
    (
        "check: §small.strict, reason: x",
        "small.strict cannot be waived: it is `waivable: false` (rules/small.yaml:7)",
    ),
    ("check: small.kernel, reason: §''", "a text is wanted here, not nothing"),
    (f"{GOOD}, until: §soon", "'soon' is no date: YYYY-MM-DD"),
    (f"{GOOD}, until: §2026-02-30", "'2026-02-30' is no date"),
    (f"{GOOD}, until: §20260230", "'20260230' is no date"),
    (f"{GOOD}, hosts: §[]", "no host"),
    (f"{GOOD}, §untill: 2026-01-01", "unknown key 'untill'; did you mean 'until'?"),
]


@pytest.mark.parametrize(("entry", "said"), ENTRIES)
def test_a_mistake_in_a_file_is_said_where_it_stands(here: Path, entry: str, said: str) -> None:
    with pytest.raises(envcheck.RequestError) as caught:
        check(write(entry.replace("§", "")))
    column = len("- {") + entry.index("§") + 1
    assert str(caught.value).startswith(f"waivers.yaml:1:{column}: {said}")


def test_a_reason_is_wanted(here: Path) -> None:
    with pytest.raises(envcheck.RequestError, match="1:3: the key 'reason' is missing"):
        check(write("check: small.kernel"))


def test_all_mistakes_of_a_file_are_said(here: Path) -> None:
    with pytest.raises(envcheck.RequestError) as caught:
        check(write("check: x.y, reason: x", "check: small.y, reason: x"))
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["1", "2"]


OPTIONS = [
    ("small.kernle=x", "no check 'kernle' in 'small'; did you mean 'kernel'?"),
    ("smal.kernel=x", "unknown module 'smal'; did you mean 'small'?"),
    ("small.strict=x", "--waive small.strict: small.strict cannot be waived"),
    ("small.kernel", "write it as MODULE.CHECK=REASON"),
    ("small.kernel= ", "--waive small.kernel: say why"),
]


@pytest.mark.parametrize(("option", "said"), OPTIONS)
def test_a_mistake_on_the_command_line_is_a_wrong_request(
    here: Path, capsys: pytest.CaptureFixture[str], option: str, said: str
) -> None:
    for words in (["small"], ["bundle", "small"]):
        status = cli.main(
            [*words, "--rules", "rules", "--from", "host", "--log-file", "log", "--waive", option]
        )
        captured = capsys.readouterr()
        assert (status, captured.out) == (2, "")
        assert said in captured.err


def test_no_file_is_a_wrong_request(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["small", "--rules", "rules", "--from", "host", "--log-file", "log", "--waivers", "none"]
    assert cli.main(words) == 2
    assert "none: No such file" in capsys.readouterr().err


def test_a_bundle_shows_what_was_waived_and_is_decided_anew(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["small", "--rules", "rules", "--log-file", "log"]
    waive = ["--waive", "small.kernel=we know"]
    assert cli.main(["bundle", *common, "--from", "host", "-o", "b.tar.gz", *waive]) == 0
    assert "is :pass" in capsys.readouterr().out
    assert cli.main(["bundle", "show", "b.tar.gz"]) == 0
    assert "fail    ~kernel: 4.4.0 (waived)" in capsys.readouterr().out
    assert cli.main([*common, "--from", "b.tar.gz"]) == 1
    capsys.readouterr()
    assert cli.main([*common, "--from", "b.tar.gz", *waive]) == 0
    said = capsys.readouterr().out
    assert "~ kernel  >= 9  4.4.0; waived: we know" in said
    assert "~ waived, does not count" in said


@pytest.mark.parametrize(
    ("host", "module", "status", "hints"),
    [
        ("centos8", "offline-security-server", "fail", ()),
        ("centos8", "default", "fail", ()),
        ("ubuntu1804-docker29", "fingerprint", "fail", ()),
        ("rocky8", "default", "fail", ()),
        ("rhel70", "default", "fail", ("os-untested",)),
        ("sles12-sp1-bond-down", "default", "fail", ()),
    ],
)
def test_a_system_that_is_waived_was_not_tested_for_that(
    host: str, module: str, status: str, hints: tuple[str, ...]
) -> None:
    """Trap: the check behind the waived one passed whatever was of a listed distribution."""
    report = envcheck.check(module, from_path=written.HOSTS / host, waive={f"{module}.os-release": "we know"})
    found = {each.id: each for each in report.results}
    assert found["os-release"].waived is not None
    assert (found["os-tested"].status, found["os-tested"].hints) == (status, hints)
