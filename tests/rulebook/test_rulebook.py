"""Rule sets: found by name, inherited, and every mistake said before anything is probed."""

from __future__ import annotations

from pathlib import Path

import pytest

from envcheck.errors import RequestError
from envcheck.problems import load_problems
from envcheck.results import Text
from envcheck.rulebook import Rulebook, RuleErrors, UnknownModule, open_rulebook, shipped_rules

HEAD = "module: {name}\ntitle: {{en: A, zh: 甲}}\ndescription: {{en: B, zh: 乙}}\n"
KERNEL = """
  - id: kernel
    title: {en: Kernel, zh: 内核}
    fact: kernel.version
    require: ">= 3.10"
"""


def write(directory: Path, name: str, rest: str) -> Rulebook:
    (directory / f"{name}.yaml").write_text(HEAD.format(name=name) + rest, encoding="utf-8")
    return Rulebook([str(directory)])


@pytest.mark.parametrize("module", [info.name for info in open_rulebook().modules()])
def test_every_shipped_rule_set_is_sound_and_its_hints_are_known(module: str) -> None:
    rulebook = open_rulebook()
    problems = load_problems(rulebook.directories)
    rules = rulebook.rule_set(module, tuple(problems))
    for check in rules.checks:
        assert check.source, f"{check.id} does not say where the manual asks for it"
        assert check.hints, f"{check.id} leaves a miss without a way out"


OWED = {
    "default": "cpu-arch cpu-frequency memory disk-capacity disk-free-images os-release os-tested* kernel "
    "glibc gcc* tar python27 root wired-lan ports",
    "offline-security-server": "cpu-arch cpu-frequency* memory* disk-capacity* os-release os-tested* "
    "os-recommended* physical-machine kernel tar python27 root wired-lan ports",
    "face-server": "cpu-arch cpu-model* memory disk-capacity os-release not-wsl kernel tar python27 root "
    "nvidia-card nouveau nvidia-driver nvidia-driver-tested* gpu gpu-all* gpu-model* kernel-source* selinux "
    "selinux-config* docker storage-driver storage-driver-tested* docker-space nvidia-docker2* daemon-json "
    "package-conflicts* ports faces license-answer database",
    "fingerprint": "cpu-arch memory disk-capacity os-release os-tested* physical-machine kernel libstdcxx "
    "unzip root wired-lan tmp-writable fingerprint-archive",
    "databus": "root user databus-dir log-dir-mode ports mysqld-conflict disk-free",
    "inference-platform": "ports ports-extra* port-range*",
    "deployment-package": "package-whole refs-complete installer module-json docker-packages "
    "license-cfg* space",
}
OWED["face-server-k8s"] = OWED["face-server"] + " facesvc-dir kubectl cluster nodes-ready service-conf"


@pytest.mark.parametrize("module", OWED)
def test_the_rule_sets_hold_every_row_of_the_requirements_at_its_level(module: str) -> None:
    checks = open_rulebook().rule_set(module).checks
    written = {check.id + ("*" if check.level == "recommended" else "") for check in checks}
    assert written == set(OWED[module].split())


def test_list_shows_modules_and_not_the_catalogue() -> None:
    names = [info.name for info in open_rulebook().modules()]
    assert names == sorted(names)
    assert set(OWED) <= set(names)
    assert "common" not in names


def test_an_unknown_module_names_the_nearest() -> None:
    with pytest.raises(UnknownModule, match="unknown module 'face-sever'; did you mean 'face-server'"):
        open_rulebook().rule_set("face-sever")
    with pytest.raises(UnknownModule):
        open_rulebook().rule_set("common")


def test_from_a_catalogue_only_what_is_named_is_taken(tmp_path: Path) -> None:
    other = KERNEL.replace("id: kernel", "id: other")
    write(tmp_path, "base", f"abstract: true\nchecks:{KERNEL}{other}")
    rulebook = write(tmp_path, "mine", "extends: base\nchecks:\n  - {id: kernel, level: recommended}\n")
    (check,) = rulebook.rule_set("mine").checks
    assert (check.id, check.level, check.requirement) == ("kernel", "recommended", Text.same(">= 3.10"))


def test_from_a_module_everything_is_taken_and_changed_by_id(tmp_path: Path) -> None:
    write(tmp_path, "base", f"checks:{KERNEL}{KERNEL.replace('id: kernel', 'id: other')}")
    rulebook = write(tmp_path, "mine", 'extends: base\nchecks:\n  - {id: kernel, require: ">= 4.0"}\n')
    checks = {check.id: str(check.requirement.en) for check in rulebook.rule_set("mine").checks}
    assert checks == {"kernel": ">= 4.0", "other": ">= 3.10"}


@pytest.mark.parametrize(
    ("rest", "place", "said"),
    [
        (f"checks:{KERNEL}    levle: required\n", "9:5", "unknown key 'levle'; did you mean 'level'"),
        (f"checks:{KERNEL}    level: must\n", "9:12", "unknown level 'must'"),
        (f"checks:{KERNEL}    hints: [kernel-old]\n", "9:13", "did you mean 'kernel-too-old'"),
        (f"checks:{KERNEL}    requires: [kernel]\n", "9:16", "requires itself"),
        (f"checks:{KERNEL}    requires: [kernle]\n", "9:16", "did you mean 'kernel'"),
        (f"checks:{KERNEL}    when: {{fact: os_release.relase, require: x}}\n", "9:18", "'release'"),
        (f"checks:{KERNEL}{KERNEL}", "10:5", "'kernel' stands here twice"),
        ("checks:\n  - {id: a}\n", "5:5", "check 'a' has no 'title', and inherits none"),
        ("checks:\n  - kernel\n", "5:5", "no check 'kernel' to inherit"),
        ("checks:\n  - {id: A b, title: x}\n", "5:10", "is no id"),
        ("checks: 5\n", "4:9", "a list is wanted"),
        ("checks: []\n", "4:9", "a module without a check would pass on every host"),
        (f"extends: nothing\nchecks:{KERNEL}", "4:10", "no rule set 'nothing'"),
        (f"extends: mine\nchecks:{KERNEL}", "4:10", "extends itself"),
        (f"colour: red\nchecks:{KERNEL}", "4:1", "unknown key 'colour'"),
        ("", "1:1", "the key 'checks' is missing"),
        (f"checks:{KERNEL}".replace(", zh: 内核", ""), "6:12", "the key 'zh' is missing"),
    ],
)
def test_a_mistake_is_said_with_its_place_and_the_nearest_right_thing(
    tmp_path: Path, rest: str, place: str, said: str
) -> None:
    rulebook = write(tmp_path, "mine", rest)
    with pytest.raises(RequestError) as error:
        rulebook.rule_set("mine", ["kernel-too-old"])
    assert f"{tmp_path}/mine.yaml:{place}: " in str(error.value)
    assert said in str(error.value)


def test_every_mistake_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    wrong = KERNEL.replace("kernel.version", "kernel.versoin")
    rulebook = write(tmp_path, "mine", f"checks:{wrong}{wrong.replace('id: kernel', 'id: other')}")
    with pytest.raises(RuleErrors) as error:
        rulebook.rule_set("mine")
    assert [each.line for each in error.value.errors] == [7, 12]


def test_a_circle_of_requires_is_refused(tmp_path: Path) -> None:
    first = KERNEL + "    requires: [other]\n"
    second = KERNEL.replace("id: kernel", "id: other") + "    requires: [kernel]\n"
    with pytest.raises(RuleErrors, match=r"9:15: .*itself: 'kernel' > 'other' > 'kernel'"):
        write(tmp_path, "mine", f"checks:{first}{second}").rule_set("mine")


def test_a_long_row_of_rule_sets_that_extend_one_another_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "m0", f"checks:{KERNEL}")
    for number in range(1, 10):
        rulebook = write(tmp_path, f"m{number}", f"extends: m{number - 1}\nchecks: []\n")
    assert [check.id for check in rulebook.rule_set("m8").checks] == ["kernel"]
    with pytest.raises(RuleErrors, match=r"4:10: more than 8 rule sets extend one another"):
        rulebook.rule_set("m9")


def test_the_name_of_a_module_is_that_of_its_file_and_no_command(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="is a command"):
        write(tmp_path, "verify", f"checks:{KERNEL}").modules()
    (tmp_path / "verify.yaml").rename(tmp_path / "other.yaml")
    with pytest.raises(RequestError, match=r"named 'verify' but the file 'other\.yaml'"):
        Rulebook([str(tmp_path)]).modules()


def test_one_module_in_two_directories_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "default", f"checks:{KERNEL}")
    with pytest.raises(RequestError, match="module 'default' is also in"):
        Rulebook([shipped_rules(), str(tmp_path)])


def test_a_directory_of_rules_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="gone: No such file or directory"):
        open_rulebook([str(tmp_path / "gone")])
