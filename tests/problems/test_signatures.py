"""Signatures in problem files: what is read, and how what is wrong in them is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from envcheck.errors import RequestError
from envcheck.problems import Problems, load, load_problems

ENTRY = """\
problems:
- id: lamp-out
  title: {en: The lamp is out, zh: 灯不亮}
  cause: {en: No power., zh: 没有电。}
  steps:
  - text: {en: Switch it on., zh: 打开开关。}
    commands: {any: [switch lamp]}
  risk: none
  source: ours
"""
SIGNED = (
    ENTRY
    + """\
  signatures:
  - any: [lamp is dark, {pattern: 'lamp (\\d{1,3}) (?:failed|broke)'}]
    near: [{any: [switch], lines: 3}]
    excludes: [daylight]
    files: [kernel, "*.wf"]
    certainty: hint
    confirmed-by: [{check: selinux, fact: selinux.mode, require: enforcing}]
    meanings: {"7": {en: burnt, zh: 烧毁}}
    matches: ["switch\\nlamp 7 failed"]
    silent: [lamp is bright]
"""
)


def signed(tmp_path: Path, text: str) -> Problems:
    (tmp_path / "problems.yaml").write_text(text, encoding="utf-8")
    return load_problems([str(tmp_path)])


def test_signatures_are_read(tmp_path: Path) -> None:
    (signature,) = signed(tmp_path, SIGNED).signatures("lamp-out")
    assert [phrase.text for phrase in signature.any] == ["lamp is dark", r"lamp (\d{1,3}) (?:failed|broke)"]
    assert [phrase.pattern for phrase in signature.any] == [False, True]
    assert [(near.any[0].text, near.lines) for near in signature.near] == [("switch", 3)]
    assert [(near.any[0].text, near.lines) for near in signature.excludes] == [("daylight", 0)]
    assert (signature.problem, signature.certainty, signature.files) == (
        "lamp-out",
        "hint",
        ("kernel", "*.wf"),
    )
    assert signature.confirmed_by[0].condition.fact == "selinux.mode"
    assert signature.meanings == {"7": ("burnt", "烧毁")}
    assert (signature.matches, signature.silent) == (("switch\nlamp 7 failed",), ("lamp is bright",))
    assert signature.origin == f"{tmp_path / 'problems.yaml'}:11"


def test_a_problem_without_signatures_has_none(tmp_path: Path) -> None:
    assert signed(tmp_path, ENTRY).all_signatures() == ()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("excludes:", "exclude:", "13:5: unknown key 'exclude'; did you mean 'excludes'?"),
        ("  - any: [lamp is dark,", "  - any: [la,", "11:11: no word of 3 letters that every match holds"),
        ("(?:failed|broke)", ".*", "11:25: `*` is not allowed in a pattern; as itself it is"),
        ("pattern:", "patern:", "11:26: unknown key 'patern'; did you mean 'pattern'?"),
        ("lines: 3", "lines: 300", "12:35: a number of lines from 0 to 50 is wanted here"),
        ("lines: 3", "lines: some", "12:35: a number of lines from 0 to 50 is wanted here"),
        (", lines: 3", "", "12:12: the key 'lines' is missing"),
        ("[daylight]", "[]", "13:15: at least one is wanted here, or 'excludes' left out"),
        ("[daylight]", "daylight", "13:15: a list is wanted here, not 'daylight'"),
        ("kernel", "kernle", "14:13: 'kernle' is neither a shell pattern of files nor a kind; did you mean"),
        ("hint", "hnit", "15:16: 'hnit' is none of sure, hint; did you mean 'hint'?"),
        ("selinux.mode", "selinux.mood", "16:43: unknown fact 'selinux.mood'"),
        ("require: enforcing", "require: on", "16:66: the fact is never 'on'; known: disabled, enf"),
        ("    confirmed-by: [{check: selinux, fact: selinux.mode, require: enforcing}]\n", "",
         "15:16: a hint needs `confirmed-by`"),
        ("(\\d{1,3})", "\\d{1,3}", "17:15: `meanings` need a pattern with a group ( )"),
        ("zh: 烧毁", "zh: ''", "a text is wanted here, not nothing"),
        ('    matches: ["switch\\nlamp 7 failed"]\n', "", "11:5: the key 'matches' is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_signatures_is_said_with_its_place(right: str, wrong: str, said: str) -> None:
    assert right in SIGNED
    with pytest.raises(RequestError) as caught:
        load(SIGNED.replace(right, wrong), "p.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("p.yaml:")


def test_wrong_signatures_of_a_further_directory_are_said_when_it_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"problems\.yaml:15:16: 'hnit' is none of"):
        signed(tmp_path, SIGNED.replace("hint", "hnit"))
