from __future__ import annotations

from typing import Any

import pytest
from wcwidth import wcswidth

from envcheck.report import table
from envcheck.results import Report, Text
from envcheck.text import Found
from tests.report.report_sample import LONG_COMMAND, MIXED, PROBLEMS, WAIVED, report, result

PASS = "The conclusion of environment checking is :pass"
FAIL = "The conclusion of environment checking is :fail"


def rendered(of: Report = MIXED, **options: object) -> list[str]:
    values: dict[str, Any] = {
        "lang": "en",
        "width": 80,
        "colour": False,
        "brief": False,
        "problems": PROBLEMS,
    }
    return table.render(of, **{**values, **options}).splitlines()


def test_the_conclusion_comes_last_in_english_whatever_the_language() -> None:
    assert rendered()[-1] == FAIL
    assert rendered(lang="zh")[-1] == FAIL
    assert rendered(report(result("kernel", "pass")))[-1] == PASS


def test_the_log_comes_first_then_the_notes() -> None:
    assert rendered()[:2] == [
        "Log: /var/log/envcheck/envcheck.log",
        "Not run as root: ports could not be decided",
    ]
    assert rendered(lang="zh")[:2] == [
        "日志：/var/log/envcheck/envcheck.log",
        "未以 root 运行：ports 无法判定",
    ]


def test_the_path_of_the_log_is_never_broken() -> None:
    path = "/home/somebody/" + "a-long-name/" * 9 + "envcheck.log"

    assert f"Log: {path}" in rendered(report(result("kernel"), log=path), width=40)


def test_every_check_has_one_line_with_mark_id_requirement_and_actual() -> None:
    lines = rendered()

    assert "✓ os-release        running, >= 17.12   CentOS Linux 7.2.1511" in lines
    assert "✗ docker                 running, >= 17.12  1.13.1 (unix:///var/run/docker.sock)" in lines
    assert "- storage-driver         running, >= 17.12  blocked by docker" in lines
    assert "? *nvidia-driver-tested  running, >= 17.12  nvidia-smi: no answer within 10 s" in lines


def test_a_chinese_table_says_in_chinese_what_was_found_and_why_nothing_was() -> None:
    missed = result("python27", actual=Found.of("no Python 2.7 that runs; `python` is 3.11.7"))
    unread = result("docker", "unknown", actual=None, reason=Found.of("no command docker"))
    lines = rendered(report(missed, unread), width=120, lang="zh")
    assert [line.split("  ")[-1].strip() for line in lines if line.startswith(("✗ ", "? "))] == [
        "没有可运行的 Python 2.7；`python` 为 3.11.7",
        "没有命令 docker",
    ]


def test_checks_stand_below_their_module() -> None:
    lines = rendered()
    first, second = lines.index("offline-security-server"), lines.index("face-server")

    assert first < next(i for i, line in enumerate(lines) if line.startswith("✓ os-release")) < second
    assert second < next(i for i, line in enumerate(lines) if line.startswith("✗ docker"))


def test_brief_leaves_the_pass_fail_table_out() -> None:
    lines = rendered(brief=True)

    assert not [line for line in lines if line.startswith(("✓", "✗", "- "))]
    assert not [line for line in lines if "os-release" in line]
    assert [line for line in lines if "*nvidia-" in line]
    assert lines[-1] == FAIL


def test_the_misses_have_the_five_columns_of_the_manual() -> None:
    header = next(line for line in rendered(width=150) if line.startswith("Module"))
    chinese = next(line for line in rendered(width=150, lang="zh") if line.startswith("模块"))

    assert header.split("  ")[0] == "Module"
    assert [cell.strip() for cell in header.split("  ") if cell.strip()] == [
        "Module", "Check", "Meaning", "Requirement", "Actual result or error message",
    ]  # fmt: skip
    assert chinese.split() == ["模块", "检查项名称", "检查项含义", "要求", "实际结果或报错信息"]


def test_misses_are_what_failed_or_is_unknown() -> None:
    lines = rendered(width=160, brief=True)
    misses = [
        line.split("  ")[0] + " " + line[25:].split()[0] for line in lines if ">=" in line or "a phys" in line
    ]

    assert misses == [
        "offline-security-server physical-machine",
        "face-server docker",
        "face-server *nvidia-driver-tested",
    ]
    assert "* recommended, does not count" in lines


def test_no_misses_no_table_and_no_hints() -> None:
    assert rendered(report(result("kernel", "pass", hints=("docker-upgrade",)))) == [
        "face-server",
        "✓ kernel  running, >= 17.12  1.13.1 (unix:///var/run/docker.sock)",
        "",
        PASS,
    ]


@pytest.mark.parametrize("columns", [40, 59, 60, 80, 132])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_line_is_wider_than_the_terminal(columns: int, lang: str) -> None:
    lines = [line for line in rendered(lang=lang, width=columns) if LONG_COMMAND not in line]

    too_wide = [
        line for line in lines if wcswidth(line) > columns and not line.startswith(("Log", "日志", "The"))
    ]
    assert too_wide == []


def test_wide_headers_over_narrow_cells_fit_too() -> None:
    narrow: dict[str, Any] = {
        "title": Text.same("a"),
        "requirement": Text.same("b"),
        "actual": Text.same("c"),
        "module": "d",
    }
    lines = rendered(report(result("e", **narrow)), width=60)

    assert any(line.startswith("d") and line.endswith("c") for line in lines)
    assert any(line.split()[:4] == ["Module", "Check", "Meaning", "Requirement"] for line in lines)
    assert max(map(len, lines)) <= 60


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_columns_of_the_table_of_misses_line_up(lang: str) -> None:
    lines = rendered(lang=lang, brief=True)
    rule = next(index for index, line in enumerate(lines) if line.startswith("---"))
    starts = [at for at, char in enumerate(lines[rule]) if char == "-" and lines[rule][max(at - 1, 0)] == " "]

    for line in lines[rule - 1 : lines.index("", rule) - 1]:
        for start in starts:
            before = next((line[:end] for end in range(len(line) + 1) if wcswidth(line[:end]) == start), None)
            assert wcswidth(line) <= start or (before or "").endswith("  "), line


def test_forty_columns_show_every_miss_in_five_lines() -> None:
    text = "\n".join(rendered(width=40))

    assert (
        "Module: face-server\nCheck: docker\nMeaning: Docker engine\nRequirement: running, >= 17.12\n" in text
    )
    assert "Actual result or error message: 1.13.1\n  (unix:///var/run/docker.sock)\n" in text


def test_forty_columns_still_say_what_blocked_a_check() -> None:
    assert "- storage-driver  blocked by docker" in rendered(width=40)


def test_each_hint_is_shown_once_with_the_checks_it_is_for() -> None:
    lines = rendered()

    assert [line for line in lines if "docker-upgrade" in line] == ["1. Docker is too old (docker-upgrade)"]
    assert "   For: docker, nvidia-driver-tested" in lines
    assert "   Why: The engine is older than 17.12." in lines
    assert "2. The driver answers late (slow-nvidia)" in lines
    assert lines.index("   A reboot is needed.") > lines.index("2. The driver answers late (slow-nvidia)")
    assert "   Risk: high." in lines
    assert "   Warning: Containers stop." in lines


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_a_hints_command_is_this_distributions_and_never_broken(columns: int) -> None:
    lines = [line.strip() for line in rendered(width=columns)]

    assert LONG_COMMAND in lines
    assert "docker version" in lines
    assert "dpkg -i *.deb" not in lines


def test_an_unknown_distribution_gets_the_commands_of_every_family() -> None:
    lines = [line.strip() for line in rendered(report(*MIXED.results))]

    assert LONG_COMMAND in lines
    assert "dpkg -i *.deb" in lines


def test_a_hint_that_no_base_knows_is_left_out() -> None:
    assert rendered(problems={}) == [
        line for line in rendered(problems={}) if "How to mend" not in line and "slow-nvidia" not in line
    ]


def test_hints_end_in_one_line_that_points_to_explain() -> None:
    lines = rendered()

    assert [line for line in lines if "envcheck explain" in line] == [lines[-3]]
    assert lines[-4:] == ["", "More about each: envcheck explain ID (the word in brackets)", "", FAIL]


def test_hints_speak_chinese() -> None:
    lines = rendered(lang="zh")

    assert "1. Docker 版本过低 (docker-upgrade)" in lines
    assert "   - 安装随包提供的软件包。" in lines
    assert "   需要重启主机。" in lines


def test_a_waiver_is_said_and_the_miss_does_not_count() -> None:
    lines = rendered(WAIVED, width=160)

    assert any(line.startswith("~ memory") for line in lines)
    assert any("waived: test machine (by someone, until 2026-12-31)" in line for line in lines)
    assert any("~memory" in line for line in lines)
    assert "~ waived, does not count" in lines
    assert lines[-1] == PASS
    assert any(
        "已豁免：test machine (豁免人 someone, 有效期至 2026-12-31)" in line
        for line in rendered(WAIVED, width=160, lang="zh")
    )


def test_ascii_signs_only_where_no_others_are_sure() -> None:
    of = report(result("docker", requirement=Text.same("≥ 17.12 – “new”…")), result("kernel", "pass"))
    lines = rendered(of, ascii_signs=True)

    assert all(line.isascii() for line in lines)
    assert 'FAIL docker  >= 17.12 - "new"...  1.13.1 (unix:///var/run/docker.sock)' in lines
    assert any(line.startswith("ok   kernel") for line in lines)


def test_colours_only_when_wanted() -> None:
    assert not [line for line in rendered() if "\x1b" in line]
    assert "\x1b[31m✗\x1b[0m docker" in "\n".join(rendered(colour=True))
    assert rendered(colour=True)[-1] == FAIL


HOSTILE = "a\x1b]0;owned\x07b\r\nc\u202egpj.exe\u2066\x9b2J\ud800\U000e0041"


def test_nothing_from_the_machine_reaches_the_terminal_raw() -> None:
    text = Text.same(HOSTILE)
    of = report(
        result("docker", actual=text, requirement=text, title=text),
        result("memory", module="odd\x1b[2Jname"),
        result("kernel", "unknown", actual=None, reason=text),
        result("tar", "skipped", actual=None, reason=text),
        notes=(text,),
        log="/tmp/\x1b[2Jlog",
    )
    for columns in (40, 80, 200):
        for lang in ("en", "zh"):
            lines = rendered(of, width=columns, lang=lang)
            assert all(line.isprintable() for line in lines), lines
    assert any(
        "a\\x1b]0;owned\\x07b c\\u202egpj.exe\\u2066\\x9b2J\\ud800\\U000e0041" in line for line in lines
    )
