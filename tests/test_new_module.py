"""`envcheck new module` and `envcheck test`: a module begun works at once; what differs is readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from envcheck import cli
from tests.conftest import write_tree


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return tmp_path


@pytest.fixture
def lamp(here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert cli.main(["new", "module", "lamp"]) == 0
    capsys.readouterr()
    return here / "lamp"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_what_is_begun_works_at_once(lamp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["test", "lamp"]) == 0
    assert said(capsys) == "ok    fail  lamp\nok    pass  lamp\n2 of 2 as expected\n"
    assert cli.main(["list", "--rules", "lamp"]) == 0
    assert "lamp" in said(capsys)
    assert cli.main(["lint", "lamp"]) == 0
    assert said(capsys) == ""
    for host, status in (("pass", 0), ("fail", 1)):
        words = ["lamp", "--rules", "lamp", "--from", f"lamp/hosts/{host}", "--log-file", "log"]
        assert cli.main(words) == status


def test_it_says_what_it_wrote(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", "module", "two-words"]) == 0
    *files, advice = said(capsys).splitlines()
    assert all((here / file).is_file() for file in files)
    assert "two-words/two-words.yaml" in files
    assert advice == "try it: envcheck test two-words"


def test_nothing_is_overwritten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(here, {"lamp": "mine\n"})
    assert cli.main(["new", "module", "lamp"]) == 2
    assert "lamp is there already: nothing was written" in capsys.readouterr().err
    assert (here / "lamp").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("fix", "'fix' is a command"),
        ("facts", "'facts' is a command"),
        ("problems", "problems.yaml holds known problems"),
        ("face-server", "there is a module 'face-server' already"),
        ("Lamp", "lower-case words joined by hyphens"),
        ("../lamp", "lower-case words joined by hyphens"),
        ("a" * 61, "lower-case words joined by hyphens"),
        ("", "lower-case words joined by hyphens"),
    ],
)
def test_a_name_that_no_module_may_bear(
    here: Path, capsys: pytest.CaptureFixture[str], name: str, why: str
) -> None:
    assert cli.main(["new", "module", name]) == 2
    assert why in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_where_nothing_can_be_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", "module"]) == 2
    assert cli.main(["new", "house", "lamp"]) == 2
    assert "NAME" in capsys.readouterr().err


def test_what_differs_is_said_with_the_reason(lamp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lamp / "hosts/fail/proc/sys/kernel/osrelease").write_text("4.6\n", encoding="utf-8")
    assert cli.main(["test", "lamp"]) == 1
    assert said(capsys).splitlines() == [
        "FAIL  fail  lamp",
        "        kernel: wanted fail, got pass: 4.6 (from /proc/sys/kernel/osrelease)",
        "        kernel: wanted hints [kernel-too-old], got []",
        "        conclusion: wanted fail, got pass: nothing missed",
        "ok    pass  lamp",
        "1 of 2 as expected",
    ]


def test_parameters_may_be_set_for_a_host(lamp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "- {module: lamp, conclusion: fail, set: {least-kernel: 4.0}}\n- {module: lamp, conclusion: pass}\n"
    )
    (lamp / "hosts/pass/expected.yaml").write_text(text, encoding="utf-8")
    assert cli.main(["test", "lamp"]) == 0
    assert "3 of 3 as expected" in said(capsys)


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ("[]\n", "1:1: nothing is expected of this host"),
        ("- {module: lamp}\n", "1:3: nothing is expected of 'lamp'"),
        ("- {conclusion: pass}\n", "1:3: the key 'module' is missing"),
        ("- {module: lamp, conclusion: passed}\n", "1:30: 'passed' is none; did you mean 'pass'?"),
        (
            "- {module: lamp, results: {kernel: ok}}\n",
            "1:36: 'ok' is none; known: fail, pass, skipped, unknown",
        ),
        ("- {module: lamp, result: {kernel: ok}}\n", "1:18: unknown key 'result'; did you mean 'results'?"),
        ("- {module: lamp\n", "not YAML"),
    ],
)
def test_what_is_expected_wrongly_is_said_where_it_stands(
    lamp: Path, capsys: pytest.CaptureFixture[str], expected: str, why: str
) -> None:
    (lamp / "hosts/fail/expected.yaml").write_text(expected, encoding="utf-8")
    assert cli.main(["test", "lamp"]) == 2
    captured = capsys.readouterr()
    assert "lamp/hosts/fail/expected.yaml:" in captured.err
    assert why in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ("{module: lamp, results: {kernle: pass}}", ":1:28: module 'lamp' has no check 'kernle'; did you"),
        ("{module: lamp, hints: {kernle: []}}", ":1:26: module 'lamp' has no check 'kernle'; did you"),
        ("{module: lmap, conclusion: pass}", ": unknown module 'lmap'; did you mean 'lamp'?"),
        ("{module: lamp, conclusion: pass, set: {least: 4}}", ": --set least: no such parameter of lamp"),
        ("{module: lamp, conclusion: pass, set: {least-kernel: x}}", ": --set least-kernel: a version"),
    ],
)
def test_what_is_expected_of_nothing_that_is_there_is_said_with_host_and_file(
    lamp: Path, capsys: pytest.CaptureFixture[str], expected: str, why: str
) -> None:
    (lamp / "hosts/pass/expected.yaml").write_text(f"- {expected}\n", encoding="utf-8")
    assert cli.main(["test", "lamp"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"lamp/hosts/pass/expected.yaml{why}" in captured.err


def test_the_hosts_of_an_overlay_are_tried_with_the_module_that_it_changes(
    lamp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = "overlay: lamp\nchecks: [{id: kernel, level: recommended}]\n"
    expected = "- {module: lamp, conclusion: pass, results: {kernel: fail}}\n"
    write_tree(
        lamp.parent,
        {
            "ours/10-lamp.yaml": overlay,
            "ours/hosts/old/expected.yaml": expected,
            "ours/hosts/old/proc/sys/kernel/osrelease": "2.6\n",
        },
    )
    assert cli.main(["test", "ours"]) == 2
    capsys.readouterr()
    assert cli.main(["test", "ours", "--rules", "lamp"]) == 0
    assert said(capsys) == "ok    old  lamp\n1 of 1 as expected\n"


def test_what_blocks_a_check_is_said_in_words(lamp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = (lamp / "lamp.yaml").read_text(encoding="utf-8")
    more = "  - {id: other, title: {en: A, zh: 甲}, fact: user.root, require: true, requires: [kernel]}\n"
    (lamp / "lamp.yaml").write_text(rules + more, encoding="utf-8")
    expected = "- {module: lamp, conclusion: pass, results: {other: pass}}\n"
    (lamp / "hosts/fail/expected.yaml").write_text(expected, encoding="utf-8")
    assert cli.main(["test", "lamp"]) == 1
    out = said(capsys)
    assert "        other: wanted pass, got skipped: blocked by kernel\n" in out
    assert "conclusion: wanted pass, got fail: kernel fail, 2.6.32-754.el6.x86_64 (from /proc" in out


def test_unusable_input(lamp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["test", "nowhere"]) == 2
    assert "nowhere/hosts: No such file or directory" in capsys.readouterr().err
    (lamp / "lamp.yaml").write_text("module: lamp\n", encoding="utf-8")
    assert cli.main(["test", "lamp"]) == 2
    assert "lamp.yaml:1:1: the key 'title' is missing" in capsys.readouterr().err


def test_a_folder_without_hosts(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "rules/hosts").mkdir(parents=True)
    assert cli.main(["test", "rules"]) == 2
    assert "rules/hosts: no written host" in capsys.readouterr().err
