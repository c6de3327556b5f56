"""`envcheck lint` as it is called: paths, exit status, forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from envcheck import cli

CHECK = """
  - id: kernel
    title: {en: Kernel, zh: 内核}
    fact: kernel.version
    require: ">= 3.10"
"""
HEAD = "module: site\ntitle: {en: A, zh: 甲}\ndescription: {en: B, zh: 乙}\n"


def lint(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = cli.main(["lint", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_shipped_rules_are_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(capsys) == (0, "", "")


def test_every_mistake_of_a_file_is_said_in_the_order_of_its_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = (
        CHECK.replace("3.10", "new") + "    hints: [kernel-old]\n    requires: [kernle]\n    colour: red\n"
    )
    other = CHECK.replace("id: kernel", "id: other").replace("zh: 内核", "fr: noyau")
    path = tmp_path / "site.yaml"
    path.write_text(f"{HEAD}colour: red\nlogs: {{files: x}}\nchecks:{wrong}{other}", encoding="utf-8")
    status, out, _ = lint(capsys, str(path))
    assert status == 1
    assert [line.removeprefix(f"{path}:").split(": ")[0] for line in out.splitlines()] == [
        "4:1",
        "5:15",
        "13:5",
        "16:12",
        "16:25",
    ]


def test_every_mistake_of_the_known_problems_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = """\
problems:
- id: one
  title: {en: A}
  cause: {en: B, zh: 乙}
  steps:
  - {commands: [ls]}
  - {tekst: x}
  risk: lo
  signatures:
  - {any: [disk on fire]}
  - {any: [disk is wet], matches: [disk is wet], certainty: perhaps}
- id: two
  titel: {en: A, zh: 甲}
  cause: {en: B, zh: 乙}
  steps: []
  risk: high
  source: ours
"""
    path = tmp_path / "problems.yaml"
    path.write_text(problems, encoding="utf-8")
    status, out, _ = lint(capsys, str(path))
    assert status == 1
    places = [line.removeprefix(f"{path}:").split(": ")[0] for line in out.splitlines()]
    assert places == ["2:3", "3:10", "6:16", "7:6", "8:9", "10:5", "11:61", "13:3", "15:10", "16:9"]


def test_an_overlay_without_a_change_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "house.yaml"
    path.write_text("overlay: default\n", encoding="utf-8")
    assert lint(capsys, str(path)) == (
        1,
        f"{path}:1:10: this overlay changes nothing: it names no check and no parameter\n",
        "",
    )


def test_of_one_check_every_key_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = (
        CHECK.replace("3.10", "new") + "    hints: [kernel-old]\n    requires: [kernle]\n    level: must\n"
    )
    path = tmp_path / "site.yaml"
    path.write_text(f"{HEAD}checks:{wrong}", encoding="utf-8")
    _, out, _ = lint(capsys, str(path))
    assert [line.removeprefix(f"{path}:").split(":")[0] for line in out.splitlines()] == [
        "8",
        "9",
        "10",
        "11",
    ]


def test_json_names_the_same_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(f"{HEAD}checks:{CHECK.replace('kernel.version', 'kernel.versoin')}", encoding="utf-8")
    status, out, _ = lint(capsys, "--format", "json", str(tmp_path))
    assert status == 1
    assert json.loads(out) == {
        "schema": "envcheck.lint/1",
        "findings": [
            {
                "file": str(path),
                "line": 7,
                "column": 11,
                "message": "unknown fact 'kernel.versoin': 'kernel' has no 'versoin'; "
                "did you mean 'version'?",
            }
        ],
    }


@pytest.mark.parametrize(
    ("name", "said"), [("gone", "No such file"), ("", "'' is no path"), ("empty", "no rule file")]
)
def test_a_path_that_cannot_be_looked_at_is_exit_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    status, out, err = lint(capsys, str(tmp_path / name) if name else "")
    assert (status, out) == (2, "")
    assert said in err


def test_a_file_that_no_run_would_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.yaml").write_text(f"{HEAD}checks:{CHECK}", encoding="utf-8")
    (tmp_path / "other.yml").write_text(f"{HEAD}checks:{CHECK}", encoding="utf-8")
    status, out, _ = lint(capsys, str(tmp_path))
    assert status == 1
    assert out == f"{tmp_path}/other.yml:1:1: this file is never read: the names of rule files end in .yaml\n"


def test_only_what_was_named_is_looked_at_with_what_it_extends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "base.yaml").write_text(f"{HEAD.replace('site', 'base')}checks:{CHECK}", encoding="utf-8")
    (tmp_path / "site.yaml").write_text(f"{HEAD}extends: base\nchecks: [kernel]\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("overlay: nothing\n", encoding="utf-8")
    assert lint(capsys, str(tmp_path / "site.yaml")) == (0, "", "")
    assert lint(capsys, str(tmp_path))[0] == 1


def test_a_module_that_is_shipped_too_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "default.yaml").write_text(
        f"{HEAD.replace('site', 'default')}checks:{CHECK}", encoding="utf-8"
    )
    status, out, _ = lint(capsys, str(tmp_path))
    assert status == 1
    assert "module 'default' is also in" in out


def test_an_overlay_is_looked_at_in_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text('overlay: default\nchecks:\n  - {id: memory, require: ">= 0 GB"}\n', encoding="utf-8")
    status, out, _ = lint(capsys, str(path))
    assert status == 1
    assert out == f"{path}:3:27: every value of memory.total meets this: it can never fail\n"


def test_what_a_parameter_may_be_set_to_decides_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "site.yaml"
    parameter = "params: {least: {title: {en: A, zh: 甲}, type: size, default: 0 B}}\n"
    require = CHECK.replace("kernel.version", "memory.total").replace(">= 3.10", ">= $least")
    path.write_text(f"{HEAD}{parameter}checks:{require}", encoding="utf-8")
    assert lint(capsys, str(path)) == (0, "", "")


def test_hostile_names_are_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(f'{HEAD}"\\e[31mred": 1\nchecks:{CHECK}', encoding="utf-8")
    _, out, _ = lint(capsys, str(path))
    assert "\x1b" not in out
    assert r"\x1b[31mred" in out


OVERLAY = "overlay: site\nchecks: [{id: CHECK, level: recommended}]\n"


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    """A folder with a module, and one with an overlay of it."""
    for name, text in (("own/site.yaml", f"{HEAD}checks:{CHECK}"), ("more/ours.yaml", OVERLAY)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text.replace("CHECK", "kernel"), encoding="utf-8")
    return str(tmp_path / "own"), str(tmp_path / "more")


def test_all_that_is_named_is_one_set(two: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    own, more = two
    assert lint(capsys, more)[0] == 1
    assert lint(capsys, own, more) == (0, "", "")
    assert lint(capsys, more, own) == (0, "", "")
    assert lint(capsys, more, "--rules", own) == (0, "", "")
    Path(more, "ours.yaml").write_text(OVERLAY.replace("CHECK", "kernle"), encoding="utf-8")
    assert "did you mean 'kernel'?" in lint(capsys, own, more)[1]


def test_what_is_only_referred_to_is_not_looked_at(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own, more = two
    Path(own, "broken.yaml").write_text(f"{HEAD.replace('site', 'broken')}checks: []\n", encoding="utf-8")
    assert lint(capsys, own)[0] == 1
    assert lint(capsys, more, "--rules", own) == (0, "", "")


def test_a_module_that_is_there_twice_is_said(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own, more = two
    Path(more, "site.yaml").write_text(f"{HEAD}checks:{CHECK}", encoding="utf-8")
    status, out, _ = lint(capsys, own, more)
    assert status == 1
    assert out.startswith(f"{more}/site.yaml:1:1: module 'site' is also in {own}/site.yaml")
    assert lint(capsys, own, f"{own}/", "--rules", f"{own}/.") == (0, "", "")


def test_two_files_that_claim_one_module_are_refused_by_a_run_too(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own, _ = two
    Path(own, "copy.yaml").write_text(f"{HEAD}checks:{CHECK}", encoding="utf-8")
    said = f"{own}/copy.yaml:1:9: the module is named 'site' but the file 'copy.yaml'"
    assert lint(capsys, own) == (1, f"{said}\n", "")
    assert cli.main(["--rules", own, "--from", own, "site"]) == 2
    assert said in capsys.readouterr().err


def test_the_bases_of_problems_are_one_set_too(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own, more = two
    problem = (
        "problems:\n- id: lamp-out\n  title: {en: A, zh: 甲}\n  cause: {en: B, zh: 乙}\n"
        "  steps: [{commands: {any: [lamp]}}]\n  risk: none\n  source: ours\n"
    )
    Path(more, "problems.yaml").write_text(problem, encoding="utf-8")
    Path(own, "site.yaml").write_text(f"{HEAD}checks:{CHECK}    hints: [lamp-out]\n", encoding="utf-8")
    assert "unknown problem 'lamp-out'" in lint(capsys, own)[1]
    assert lint(capsys, own, more) == (0, "", "")


@pytest.mark.parametrize(
    "more",
    [
        "notes: [{text: {en: at least $least, zh: 至少 $least}}]\nchecks:" + CHECK,
        f"checks:{CHECK.replace('>= 3.10', '>= $least')}",
        f"checks:{CHECK}    needs: [least]\n",
        f"abstract: true\nchecks:{CHECK}",
    ],
)
def test_a_parameter_that_something_may_use_is_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str
) -> None:
    parameter = "params: {least: {title: {en: A, zh: 甲}, type: version, default: 3.10}}\n"
    (tmp_path / "site.yaml").write_text(f"{HEAD}{parameter}{more}", encoding="utf-8")
    assert lint(capsys, str(tmp_path)) == (0, "", "")


def test_a_parameter_that_an_overlay_adds_is_to_be_used(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own, more = two
    parameter = "params: {least: {title: {en: A, zh: 甲}, type: version, default: 3.10}}\n"
    overlay = Path(more, "ours.yaml")
    overlay.write_text(f"overlay: site\n{parameter}", encoding="utf-8")
    status, out, _ = lint(capsys, own, more)
    assert status == 1
    assert out == f"{overlay}:2:10: nothing uses the parameter 'least': $least stands nowhere\n"
    used = "checks: [{id: kernel, require: '>= $least'}]\n"
    overlay.write_text(f"overlay: site\n{parameter}{used}", encoding="utf-8")
    assert lint(capsys, own, more) == (0, "", "")
