"""What a user of `envcheck explain` reads, and how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from envcheck import cli
from envcheck.problems import load_problems, loader
from envcheck.rulebook import checks, open_rulebook, overlay, parameters, rulebook, shipped_rules
from envcheck.rulebook.grammar import LIST_WORDS
from envcheck.rulebook.model import LogNames
from envcheck.rulebook.requirement import COMPARISONS
from envcheck.rulebook.settings import TYPES

Explain = Callable[..., list[str]]
HOSTILE = """\
problems:
- id: lamp-out
  title: {en: "The lamp \\e[31m is out", zh: 灯不亮}
  cause: {en: No power., zh: 没有电。}
  steps:
  - commands: {any: [lamp on]}
  risk: none
  source: ours
  signatures:
  - any: [lamp is dark]
    matches: ["lamp is dark \\e]0;owned\\a"]
"""


@pytest.fixture
def explain(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Explain:
    """A function that runs `envcheck explain …` and returns the lines on stdout."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def run(*arguments: str, status: int = 0) -> list[str]:
        assert cli.main(["explain", *arguments]) == status
        captured = capsys.readouterr()
        return (captured.out if status == 0 else captured.err).splitlines()

    return run


def test_a_check_says_what_each_module_wants_and_where_the_manual_asks_for_it(explain: Explain) -> None:
    lines = explain("cpu-frequency")

    assert lines[0] == "cpu-frequency (check): CPU rated frequency"
    assert "   - default (required): > 1833 MHz" in lines
    assert "   - offline-security-server (recommended, does not count): > 1833 MHz" in lines
    assert lines.count("     Source: 通用部署文档 › 部署环境需求 › 硬件要求") == 2


def test_a_check_says_how_it_is_probed(explain: Explain) -> None:
    lines = explain("selinux")

    assert "   - selinux.mode: the mode in force now" in lines
    assert "     Asked, best first: /sys/fs/selinux, /proc/filesystems, sestatus, getenforce" in lines


def test_of_a_whole_probe_only_the_facts_that_are_wanted_are_shown(explain: Explain) -> None:
    facts = [line for line in explain("cpu-arch") if line.startswith("   - cpu.")]

    assert [line.partition(":")[0] for line in facts] == ["   - cpu.architecture", "   - cpu.userland_bits"]


def test_a_check_says_how_each_miss_is_mended_and_what_a_log_says_of_it(explain: Explain) -> None:
    lines = explain("nvidia-driver")
    mismatch = lines.index("6. NVIDIA library and kernel module differ (nvidia-version-mismatch)")

    assert lines[mismatch + 1] == "   If: state version-mismatch"
    assert "       dracut -f" in lines[mismatch:]
    assert "       Failed to initialize NVML: Driver/library version mismatch" in lines[mismatch:]
    assert "     Decided after: nvidia-card" in lines


def test_several_reasons_for_one_problem_are_said_together(explain: Explain) -> None:
    text = "\n".join(explain("docker-space"))

    assert text.count("(devicemapper-small)") == 1
    assert "If: driver devicemapper, base size < 30 GB - or: driver devicemapper, pool free < 30 GB" in text


def test_a_hint_that_depends_on_what_is_unknown_says_so(explain: Explain) -> None:
    lines = explain("docker")

    assert "   If: nothing is known" in lines
    assert "   If: the user may not see it" in lines


def test_a_condition_under_which_a_check_applies_is_said(explain: Explain) -> None:
    assert "     Only where packages.el7 is: yes" in explain("package-conflicts")


EVERY_CHECK = [
    f"{module.name}.{check.id}"
    for module in open_rulebook().modules()
    for check in open_rulebook().rule_set(module.name).checks
]


@pytest.mark.parametrize(("lang", "asked"), [("en", "Asked, best first: "), ("zh", "依次查询：")])
def test_every_shipped_check_is_explained_with_how_it_is_probed(
    explain: Explain, lang: str, asked: str
) -> None:
    text = "\n".join(explain(*EVERY_CHECK, "--lang", lang))
    topics = text.split("\n\n" + ("How it is probed:" if lang == "en" else "检测方式：") + "\n")[1:]

    assert len(topics) == len(EVERY_CHECK)
    assert [name for name, topic in zip(EVERY_CHECK, topics) if asked not in topic] == []


def test_every_shipped_check_is_explained_to_programs(explain: Explain) -> None:
    checks = json.loads("\n".join(explain(*EVERY_CHECK, "--format", "json")))["checks"]

    assert [f"{check['modules'][0]['module']}.{check['id']}" for check in checks] == EVERY_CHECK
    assert [check["id"] for check in checks if not check["facts"]] == []


def test_what_a_check_is_asked_about_is_said(explain: Explain) -> None:
    assert "   - path[/home].space: free space of its file system, in bytes" in explain("databus.disk-free")


def test_a_wrong_word_does_not_hide_what_the_others_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "--lang", "en", "roott", "root", "memry"]) == 2
    said = capsys.readouterr()

    assert said.out.startswith("root (check): Run as root\n")
    assert "unknown check or problem 'roott'; did you mean 'root'?" in said.err
    assert "unknown check or problem 'memry'; did you mean 'memory'?" in said.err


def test_one_module_can_be_named(explain: Explain) -> None:
    text = "\n".join(explain("face-server.ports"))

    assert "8300" in text
    assert "default" not in text


def test_a_problem_says_why_what_to_do_and_which_checks_point_to_it(explain: Explain) -> None:
    lines = explain("nouveau-in-use")

    assert lines[0] == "nouveau-in-use (known problem): The Nouveau driver is in use"
    assert any(line.startswith("   Why: The kernel's own driver holds the card.") for line in lines)
    for family, rebuild in (("RHEL, CentOS", "dracut -f"), ("Debian, Ubuntu", "update-initramfs -u")):
        assert lines.index(f"       # {family}") < lines.index(f"       {rebuild}")
    assert "   A reboot is needed." in lines
    assert any(line.startswith("   Checks that point here: face-server.nouveau, ") for line in lines)
    assert "       kernel: NVRM: GPU 0000:03:00.0 is already bound to nouveau." in lines
    assert "       (others say so too: only a hint until nouveau confirms it)" in lines


@pytest.mark.parametrize("word", ["combined-space", "*.combined-space"])
def test_what_modules_want_together_of_the_disk(explain: Explain, word: str) -> None:
    lines = explain(word)

    assert lines[0] == "combined-space (check): Free space for all modules together"
    assert "what the modules need on one file system fits" in "\n".join(lines)
    assert "   - databus.disk-free: 20 GB where path[/home].space says" in lines
    assert "   - default.disk-free-images: 100 GB where docker_storage.images_room says" in lines
    assert not any("ports" in line for line in lines)


def test_which_ports_may_clash(explain: Explain) -> None:
    assert "   - offline-security-server.ports: ports 8443, 8887" in explain("ports-clash")
    assert "   - face-server.ports: 端口 8300" in explain("*.ports-clash", "--lang", "zh")
    document = json.loads("\n".join(explain("ports-clash", "--format", "json")))
    (check,) = document["checks"]
    assert (check["id"], check["modules"][0]["module"]) == ("ports-clash", "*")
    assert {"check": "databus.ports", "claims": "ports 5535"} in check["claims"]


def test_an_xids_numbers_are_explained(explain: Explain) -> None:
    meanings = [line for line in explain("nvidia-xid") if line.startswith("         48: ")]

    assert meanings == ["         48: double bit ECC error: memory of the card that cannot be corrected"]


def test_it_speaks_chinese(explain: Explain) -> None:
    lines = explain("docker-thin-pool-full", "root", "--lang", "zh")

    assert lines[0] == "docker-thin-pool-full (常见问题): Docker 存储池（thin pool）已满"
    assert "   日志关键词：" in lines
    assert "root (检查项): root 用户" in lines
    assert "   - face-server (强制要求): root 用户" in lines


@pytest.mark.parametrize("module", ["default", "offline-security-server", "face-server"])
def test_what_these_modules_probe_is_said_in_chinese(explain: Explain, module: str) -> None:
    names = [name for name in EVERY_CHECK if name.startswith(f"{module}.")]
    text = "\n".join(explain(*names, "--lang", "zh"))
    probed = re.findall(r"^   - (\w+(?:\[\S+\])?\.\w+): (.*)$", text, re.MULTILINE)

    assert len(probed) >= len(names)
    assert [name for name, text in probed if text.isascii()] == []


def test_no_argument_lists_every_check_and_problem(explain: Explain) -> None:
    text = "\n".join(explain())
    rulebook = open_rulebook()

    for module in rulebook.modules():
        assert f"\n{module.name}: {module.title.en}\n" in f"\n{text}\n"
        for check in rulebook.rule_set(module.name).checks:
            mark = "*" if check.level == "recommended" else ""
            assert f"\n   {mark}{check.id} " in text
    for problem in load_problems([shipped_rules()]):
        assert f"\n   {problem} " in text


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("dokcer", "unknown check or problem 'dokcer'; did you mean 'docker'?"),
        ("combined-spac", "did you mean 'combined-space'?"),
        ("*.combined-spac", "did you mean 'combined-space'?"),
        ("nouveau-in-us", "did you mean 'nouveau-in-use'?"),
        ("face-serve.gpu", "unknown module 'face-serve'; did you mean 'face-server'?"),
        ("face-server.gppu", "module 'face-server' has no check 'gppu'; did you mean 'gpu'?"),
        ("\x1b[31m", "unknown check or problem '\\x1b[31m'"),
    ],
)
def test_an_unknown_word_is_exit_status_2_with_the_nearest_name(
    explain: Explain, word: str, told: str
) -> None:
    assert told in "\n".join(explain(word, status=2))


def test_json_holds_the_same_in_english(explain: Explain) -> None:
    document: dict[str, Any] = json.loads("\n".join(explain("selinux", "--format", "json", "--lang", "zh")))
    (check,) = document["checks"]
    (problem,) = check["problems"]

    assert document["schema"] == "envcheck.explain/1"
    assert check["modules"][0]["requirement"] == "disabled or permissive"
    assert check["facts"][0]["fact"] == "selinux.mode"
    assert problem["id"] == "selinux-permission-denied"
    assert problem["signatures"][-1]["confirmed_by"] == ["selinux"]
    assert "face-server.selinux" in problem["checks"]


def test_json_lists_all_too(explain: Explain) -> None:
    document = json.loads("\n".join(explain("--format", "json")))

    assert {"module": "default", "id": "gcc", "level": "recommended", "title": "C compiler (gcc)"} in (
        document["checks"]
    )
    assert len(document["problems"]) == len(load_problems([shipped_rules()]))


def test_problems_of_further_directories_are_explained_and_harmless(explain: Explain, tmp_path: Path) -> None:
    (tmp_path / "problems.yaml").write_text(HOSTILE, encoding="utf-8")
    lines = explain("lamp-out", "--rules", str(tmp_path))

    assert lines[0] == "lamp-out (known problem): The lamp \\x1b[31m is out"
    assert all(line.isprintable() for line in lines)
    assert "       lamp is dark \\x1b]0;owned\\x07" in lines


def test_narrow_terminals_get_narrow_lines(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    words = [line for line in explain("memory") if not line.startswith("       ")]

    assert max(map(len, words)) <= 40


def test_how_a_check_is_written_can_be_read_without_the_source(explain: Explain) -> None:
    lines = explain("requirements")
    words = set(re.findall(r"[a-z_]+|[<>=!]+", "\n".join(lines)))

    assert max(map(len, lines)) <= 80
    known = (*checks.KEYS, *rulebook.KEYS, *parameters.KEYS, *overlay.HEADER, *LogNames._fields, *TYPES)
    assert {*known, *COMPARISONS, *LIST_WORDS, *checks.LEVELS, *checks.WHY_UNKNOWN} - words == set()
    assert {*loader.KEYS, *loader.RISKS, "any", "see", "matches", "silent"} - words == set()
