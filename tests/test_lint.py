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
