"""Overlays: single checks changed, added, removed; and what is said of mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from envcheck.errors import RequestError
from envcheck.results import Text
from envcheck.rulebook import Rulebook
from envcheck.rulebook.model import Check
from tests.conftest import write_tree

HEAD = "module: {name}\ntitle: {{en: A, zh: 甲}}\ndescription: {{en: B, zh: 乙}}\n"
CHECKS = """\
params: {least: {title: {en: L, zh: 少}, type: size, default: 32 GB}}
checks:
  - id: memory
    title: {en: M, zh: 存}
    fact: memory.total
    require: ">= $least"
    requirement: {en: enough, zh: 足够}
  - {id: kernel, title: {en: K, zh: 核}, fact: kernel.version, require: ">= 3"}
  - {id: root, title: {en: R, zh: 根}, fact: user.root, require: true, requires: [kernel]}
"""
NEW = "{id: tar, title: {en: T, zh: 包}, fact: tools.tar, require: true}"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"base/m.yaml": HEAD.format(name="m") + CHECKS})
    return tmp_path


def overlaid(base: Path, *overlays: str) -> dict[str, Check]:
    for number, text in enumerate(overlays):
        write_tree(base, {f"o{number}/any.yaml": text})
    folders = [str(base / "base"), *(str(base / f"o{number}") for number in range(len(overlays)))]
    return {check.id: check for check in Rulebook(folders).rule_set("m").checks}


def refused(base: Path, *overlays: str) -> str:
    with pytest.raises(RequestError) as caught:
        overlaid(base, *overlays)
    return str(caught.value).replace(f"{base}/", "")


def test_a_check_is_changed_and_the_rest_stays(base: Path) -> None:
    checks = overlaid(base, "overlay: m\nchecks:\n  - {id: kernel, level: recommended}\n")
    assert list(checks) == ["memory", "kernel", "root"]
    assert checks["kernel"].level == "recommended"
    assert checks["kernel"].title.en == "K"
    assert checks["memory"].requirement.en == "enough"


def test_what_is_required_in_words_goes_with_the_requirement_that_it_described(base: Path) -> None:
    checks = overlaid(base, "overlay: m\nchecks:\n  - {id: memory, require: '>= 64 GB'}\n")
    assert checks["memory"].requirement == Text.same(">= 64 GB")
    words = "requirement: {en: a lot, zh: 很多}"
    checks = overlaid(base, f"overlay: m\nchecks:\n  - {{id: memory, require: '>= 64 GB', {words}}}\n")
    assert checks["memory"].requirement.en == "a lot"


def test_a_check_is_added_and_one_removed(base: Path) -> None:
    checks = overlaid(base, f"overlay: m\nchecks:\n  - {NEW}\n  - {{id: memory, remove: true}}\n")
    assert list(checks) == ["kernel", "root", "tar"]


def test_a_parameter_gets_another_default(base: Path) -> None:
    changed = "{least: {default: 48 GB}}"
    checks = overlaid(
        base, f"overlay: m\nparams: {changed}\nchecks:\n  - {{id: memory, require: '> $least'}}\n"
    )
    assert checks["memory"].requirement.en == "> 48 GB"


def test_each_overlay_changes_what_the_one_before_left(base: Path) -> None:
    first = f"overlay: m\nchecks:\n  - {{id: kernel, require: '>= 4', level: recommended}}\n  - {NEW}\n"
    second = "overlay: m\nchecks:\n  - {id: kernel, require: '>= 5'}\n  - {id: tar, remove: true}\n"
    checks = overlaid(base, first, second)
    assert (checks["kernel"].requirement.en, checks["kernel"].level) == (">= 5", "recommended")
    assert "tar" not in checks
    assert (
        overlaid(base, second.replace("  - {id: tar, remove: true}\n", ""), first)["kernel"].requirement.en
        == ">= 4"
    )


def test_in_one_directory_the_files_go_by_their_names(base: Path) -> None:
    for name, least in (("20", 4), ("10", 3), ("30", 5)):
        text = f"overlay: m\nchecks:\n  - {{id: kernel, require: '>= {least}'}}\n"
        write_tree(base, {f"site/{name}.yaml": text})
    rulebook = Rulebook([str(base / "base"), str(base / "site")])
    assert {check.id: check.requirement.en for check in rulebook.rule_set("m").checks}["kernel"] == ">= 5"
    (info,) = rulebook.modules()
    assert [Path(path).name for path in info.overlays] == ["10.yaml", "20.yaml", "30.yaml"]


def test_who_extends_a_rule_set_gets_it_as_it_is_changed(base: Path) -> None:
    catalogue = HEAD.format(name="catalogue") + "abstract: true\n" + CHECKS
    takes = HEAD.format(name="taker") + "extends: catalogue\nchecks: [memory]\n"
    overlay = "overlay: catalogue\nchecks:\n  - {id: memory, require: '>= 1 TB'}\n"
    write_tree(base, {"base/catalogue.yaml": catalogue, "base/taker.yaml": takes, "site/x.yaml": overlay})
    (check,) = Rulebook([str(base / "base"), str(base / "site")]).rule_set("taker").checks
    assert check.requirement.en == ">= 1 TB"


def test_what_others_take_up_is_not_removed(base: Path) -> None:
    catalogue = HEAD.format(name="catalogue") + "abstract: true\n" + CHECKS
    takes = HEAD.format(name="taker") + "extends: catalogue\nchecks: [memory]\n"
    overlay = "overlay: catalogue\nchecks:\n  - {id: memory, remove: true}\n"
    write_tree(base, {"base/catalogue.yaml": catalogue, "base/taker.yaml": takes, "site/x.yaml": overlay})
    with pytest.raises(
        RequestError, match=r"x\.yaml:3:10: check 'memory' cannot be removed: .*taker\.yaml takes it"
    ):
        Rulebook([str(base / "base"), str(base / "site")]).rule_set("taker")


ENTRIES = [
    ("{id: memroy, require: '> 1 GB'}", "3:5: no check 'memroy' of 'm' to change", "did you mean 'memory'?"),
    ("{id: memroy, remove: true}", "3:5: no check 'memroy' of 'm' to remove", "did you mean 'memory'?"),
    ("memory", "3:5: an id alone changes nothing", ""),
    ("{id: memory}", "3:5: an id alone changes nothing", ""),
    ("{id: kernel, remove: true}", "3:10: check 'kernel' cannot be removed: 'root' requires it", ""),
    ("{id: root, remove: false}", "3:24: `remove: true` stands alone", ""),
    ("{id: root, remove: true, level: recommended}", "3:24: `remove: true` stands alone", ""),
    ("{id: root, requier: true}", "3:16: unknown key 'requier'", "did you mean 'require'?"),
    ("{id: root, require: maybe}", "3:25: true or false is wanted", ""),
    ("{id: root, level: x}\n  - {id: root, level: required}", "4:5: check 'root' stands here twice", ""),
]


@pytest.mark.parametrize(("entry", "place", "advice"), ENTRIES)
def test_mistakes_are_said_where_they_stand(base: Path, entry: str, place: str, advice: str) -> None:
    said = refused(base, f"overlay: m\nchecks:\n  - {entry}\n").splitlines()[-1]
    assert said.startswith(f"o0/any.yaml:{place}")
    assert advice in said


def test_what_an_earlier_overlay_took_away_is_said_to_be(base: Path) -> None:
    removes = "overlay: m\nchecks:\n  - {id: memory, remove: true}\n"
    changes = "overlay: m\nchecks:\n  - {id: memory, level: recommended}\n"
    said = refused(base, removes, changes)
    assert said.startswith("o1/any.yaml:3:5: no check 'memory' of 'm' to change")
    assert said.endswith("; o0/any.yaml, line 3, takes it away")


def test_a_rule_set_that_is_not_there_cannot_be_changed(base: Path) -> None:
    said = refused(base, "overlay: mm\nchecks: []\n")
    assert said == "o0/any.yaml:1:10: no rule set 'mm' to change; did you mean 'm'?"


@pytest.mark.parametrize("more", ["title: {en: A, zh: 甲}", "module: x", "extends: m"])
def test_an_overlay_has_no_more_than_changes(base: Path, more: str) -> None:
    assert "o0/any.yaml:2:1: unknown key" in refused(base, f"overlay: m\n{more}\n")


@pytest.mark.parametrize("content", [b"\xff\xfeo\0v\0", b"overlay: [m\n", b"overlay: &a m\n"])
def test_an_overlay_that_cannot_be_read_is_not_passed_over(base: Path, content: bytes) -> None:
    write_tree(base, {"o/x.yaml": content})
    with pytest.raises(RequestError, match=r"o/x\.yaml:1:"):
        Rulebook([str(base / "base"), str(base / "o")])


def test_two_modules_of_one_name_are_both_named(base: Path) -> None:
    write_tree(base, {"other/m.yaml": HEAD.format(name="m") + CHECKS})
    with pytest.raises(RequestError) as caught:
        Rulebook([str(base / "base"), str(base / "other")])
    said = str(caught.value).replace(f"{base}/", "")
    assert said == "other/m.yaml:1:1: module 'm' is also in base/m.yaml; to change that one, say `overlay: m`"


def test_a_module_may_speak_of_overlays(base: Path) -> None:
    text = HEAD.format(name="n").replace("en: B", "en: overlay2 is wanted") + CHECKS
    write_tree(base, {"other/n.yaml": text})
    assert Rulebook([str(base / "base"), str(base / "other")]).rule_set("n").checks


def test_a_type_alone_makes_no_parameter(base: Path) -> None:
    said = refused(base, "overlay: m\nparams: {lest: {type: size}}\n")
    assert said.startswith("o0/any.yaml:2:10: no parameter 'lest' to change")


def test_a_misspelt_parameter_of_an_overlay_gets_the_nearest_name(base: Path) -> None:
    said = refused(base, "overlay: m\nparams: {lest: {default: 64 GB}}\n")
    assert said.startswith(
        "o0/any.yaml:2:10: no parameter 'lest' to change, and a new one has title and type"
    )
    assert said.endswith("; did you mean 'least'?")
