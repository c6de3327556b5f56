"""Problem files: what is read, and how what is wrong in them is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from envcheck.errors import RequestError
from envcheck.problems import load, load_problems
from envcheck.rulebook import shipped_rules
from envcheck.rulebook.source import Node, parse_yaml

ENTRY = """\
problems:
- id: lamp-out
  title: {en: The lamp is out, zh: 灯不亮}
  cause: {en: No power., zh: 没有电。}
  steps:
  - text: {en: Switch it on., zh: 打开开关。}
    commands: {rhel: [lamp on, lamp show], any: [switch lamp]}
  risk: none
  source: ours
"""
SECOND = """\
- id: lamp-broken
  title: {en: The lamp is broken, zh: 灯坏了}
  cause: {en: It is old., zh: 旧了。}
  steps: [see: lamp-out]
  reboot: true
  risk: high
  warning: {en: Hot., zh: 烫。}
  source: ours
"""


def message(text: str) -> str:
    with pytest.raises(RequestError) as caught:
        load(text, "p.yaml")
    return str(caught.value)


def test_an_entry_is_read() -> None:
    problem = load(ENTRY, "p.yaml")["lamp-out"]
    assert problem.title == ("The lamp is out", "灯不亮")
    assert problem.steps[0].commands == {"rhel": ("lamp on", "lamp show"), "any": ("switch lamp",)}
    assert (problem.reboot, problem.risk, problem.warning, problem.source) == (False, "none", None, "ours")


def test_a_step_can_stand_for_those_of_another_problem() -> None:
    problems = load(ENTRY + SECOND, "p.yaml")
    first, second = problems["lamp-out"].steps[0], problems["lamp-broken"].steps[0]
    assert second.commands == first.commands
    assert (first.origin, second.origin) == (None, "lamp-out")
    assert problems["lamp-broken"].warning == ("Hot.", "烫。")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("risk: none", "rsik: none", "p.yaml:8:3: unknown key 'rsik'; did you mean 'risk'?"),
        ("risk: none", "risk: nnone", "p.yaml:8:9: 'nnone' is none of none, low, high; did you mean 'none'?"),
        ("risk: none", "risk: high", "p.yaml:8:9: a high risk needs a warning"),
        ("  risk: none\n", "", "p.yaml:2:3: the key 'risk' is missing"),
        ("  source: ours", "  source: ours\n  reboot: maybe", "p.yaml:10:11: true or false is wanted"),
        ("en: No power., zh", "zh", "p.yaml:4:10: the key 'en' is missing"),
        ("zh: 灯不亮", "cn: 灯不亮", "p.yaml:3:32: unknown key 'cn'"),
        ("{rhel: [", "{redhat: [", "p.yaml:7:16: unknown key 'redhat'; known: any, debian, rhel, suse"),
        ("{rhel: [", "{debain: [", "p.yaml:7:16: unknown key 'debain'; did you mean 'debian'?"),
        ("{rhel: [lamp on, lamp show], any: [switch lamp]}", "{}", "p.yaml:7:15: commands for which family?"),
        ("any: [switch lamp]", "any: []", "at least one command is wanted here"),
        ("any: [switch lamp]", "any: switch lamp", "a list is wanted here, not 'switch lamp'"),
        ("any: [switch lamp]", 'any: ["a\\nb"]', "p.yaml:7:50: a command is one line"),
        (
            "- text: {en: Switch it on., zh: 打开开关。}\n    commands:",
            "- comands:",
            "did you mean 'commands'?",
        ),
        ("id: lamp-out", "id: Lamp_out", "p.yaml:2:7: 'Lamp_out': an id is words"),
        ("id: lamp-out", "id: explain", "p.yaml:2:7: 'explain' is a command: no problem may bear its name"),
        ("- id: lamp-out\n", "-\n", "the key 'id' is missing"),
        ("problems:", "problem:", "p.yaml:1:1: unknown key 'problem'; did you mean 'problems'?"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(right: str, wrong: str, said: str) -> None:
    assert right in ENTRY
    assert said in message(ENTRY.replace(right, wrong))


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("[see: lamp-uot]", "p.yaml:13:16: unknown problem 'lamp-uot'; did you mean 'lamp-out'?"),
        ("[see: lamp-broken]", "a problem that others see refers to none itself"),
        ("[{see: lamp-out, text: {en: a, zh: 甲}}]", "`see` stands alone in a step"),
        ("[]", "a problem without a step is no way out"),
        ("[{}]", "a step is a text, commands or both"),
    ],
)
def test_wrong_steps_are_said(steps: str, said: str) -> None:
    assert said in message(ENTRY + SECOND.replace("[see: lamp-out]", steps))


def test_two_problems_of_one_id_are_refused_naming_both_places() -> None:
    said = message(ENTRY + SECOND.replace("lamp-broken", "lamp-out"))
    assert said == "p.yaml:10:7: problem 'lamp-out' stands also in p.yaml, line 2"


def test_everything_wrong_is_said_at_once() -> None:
    said = message(ENTRY.replace("risk: none", "risk: some") + SECOND.replace("reboot: true", "reboot: 7"))
    assert [line.split(": ")[0] for line in said.splitlines()] == ["p.yaml:8:9", "p.yaml:14:11"]


def test_problems_of_further_directories_are_added_and_checked(tmp_path: Path) -> None:
    (tmp_path / "problems.yaml").write_text(ENTRY, encoding="utf-8")
    problems = load_problems([shipped_rules(), str(tmp_path), str(tmp_path / "none")])
    assert problems["lamp-out"].source == "ours"
    assert problems["docker-install"].title.en == "Docker is not installed"
    assert len(problems) == len(load_problems([shipped_rules()])) + 1


def test_a_further_directory_may_not_take_a_shipped_id_nor_be_wrong(tmp_path: Path) -> None:
    file = tmp_path / "problems.yaml"
    file.write_text(ENTRY.replace("lamp-out", "docker-install") + SECOND, encoding="utf-8")
    with pytest.raises(RequestError) as caught:
        load_problems([shipped_rules(), str(tmp_path)])
    duplicate, unknown = str(caught.value).splitlines()
    assert f"{file}:2:7: problem 'docker-install' stands also in {shipped_rules()}" in duplicate
    assert f"{file}:13:16: unknown problem 'lamp-out'" in unknown


def test_the_shipped_file_reads_the_same_by_entries_and_whole() -> None:
    path = Path(shipped_rules()) / "problems.yaml"
    assert dict(load_problems([shipped_rules()])) == load(path.read_text(encoding="utf-8"), str(path))


def test_the_shipped_file_reads_the_same_where_its_tree_cannot_be_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = load_problems([shipped_rules()])
    monkeypatch.setattr("envcheck.problems.loader.compiled.entries", lambda path: None)
    read = load_problems([shipped_rules()])
    assert dict(read) == dict(kept)
    assert [each.origin for each in read.all_signatures()] == [each.origin for each in kept.all_signatures()]


def test_a_shipped_problem_is_read_without_its_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check's hints have no use for them, and they are half of the file."""
    parsed: list[bytes] = []
    monkeypatch.setattr("envcheck.problems.loader.compiled.entries", lambda path: None)

    def parse(content: bytes, file: str) -> Node:
        parsed.append(content)
        return parse_yaml(content, file)

    monkeypatch.setattr("envcheck.problems.loader.parse_yaml", parse)
    load_problems([shipped_rules()])["nvidia-xid"]
    assert b"nvidia-xid" in parsed[0]
    assert b"signatures" not in parsed[0]


def test_an_error_in_an_entry_read_by_itself_names_the_line_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("envcheck.problems.loader.shipped_rules", lambda: str(tmp_path))
    (tmp_path / "problems.yaml").write_text(
        ENTRY + SECOND.replace("reboot: true", "reboot: 7"), encoding="utf-8"
    )
    problems = load_problems([str(tmp_path)])
    assert list(problems) == ["lamp-out", "lamp-broken"]
    with pytest.raises(RequestError, match=r"problems\.yaml:14:11: true or false is wanted"):
        problems["lamp-broken"]
