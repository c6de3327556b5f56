"""Requests and rule sets that are wrong: exit 2, in words, before anything is probed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.running import Envcheck, Run
from tests.integration.silent import silent_engine

CHECK = """\
module: mine
title: {en: Mine, zh: 我的}
description: {en: A module of one's own, zh: 自定义模块}
checks:
  - id: engine
    title: {en: Docker engine, zh: Docker 引擎}
    fact: docker.server_version
    require: ">= 17.12"
    source: mine
  - id: room
    title: {en: Installed memory, zh: 内存}
    fact: memory.total
    require: ">= 32 GB"
    source: mine
"""


@pytest.fixture
def unprobed(envcheck: Envcheck, short: Path) -> Callable[..., str]:
    """A run that must end with status 2 without a question to the machine: what it says on stderr."""

    def run_it(*arguments: str) -> str:
        with silent_engine(short) as engine:
            run = envcheck.run(*arguments, env={"DOCKER_HOST": engine.address})
            assert engine.taken == 0, "docker was asked"
        log = envcheck.home / "state/envcheck/envcheck.log"
        assert not log.exists() or "[probe-" not in log.read_text(encoding="utf-8")
        assert (run.status, run.stdout) == (2, "")
        assert "Traceback" not in run.stderr
        return run.stderr

    return run_it


def test_a_request_that_is_right_is_probed(envcheck: Envcheck, short: Path) -> None:
    """What the tests below look for can be seen."""
    with silent_engine(short) as engine:
        envcheck.run("face-server", "--timeout", "0.5", env={"DOCKER_HOST": engine.address})
        assert engine.taken > 0
    assert "[probe-" in (envcheck.home / "state/envcheck/envcheck.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "nearest"), [("face-sever", "face-server"), ("defualt", "default"), ("LIST", "")]
)
def test_unknown_module(unprobed: Callable[..., str], asked: str, nearest: str) -> None:
    said = unprobed("face-server", asked)
    assert asked in said
    assert nearest in said


def test_rule_set_of_ones_own(envcheck: Envcheck, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(CHECK, encoding="utf-8")
    run = envcheck.json("mine", "--rules", str(tmp_path))
    assert list(run.results()) == ["engine", "room"]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('    require: ">= 17.12"', '    requires_: ">= 17.12"', (8, "require")),
        ("    title: {en: Docker", "    titel: {en: Docker", (6, "title")),
        ("docker.server_version", "docker.server_verson", (7, "did you mean 'server_version'")),
        ("memory.total", "memroy.total", (12, "memory")),
        (">= 32 GB", ">= 32 GX", (13, "GB")),
        (">= 32 GB", "=> 32 GB", (13, ">=")),
        (">= 32 GB", ">= 2.1 GHz", (13, "")),
        ("  - id: room", "  - id: room: x", (10, "")),
    ],
)
def test_rule_file_that_is_wrong(
    unprobed: Callable[..., str], tmp_path: Path, right: str, wrong: str, told: tuple[int, str]
) -> None:
    line, nearest = told
    assert CHECK.count(right) == 1
    path = tmp_path / "mine.yaml"
    path.write_text(CHECK.replace(right, wrong), encoding="utf-8")
    said = unprobed("mine", "--rules", str(tmp_path))
    assert f"{path}:{line}:" in said
    assert nearest in said.partition(f"{path}:{line}:")[2]


def test_rules_that_are_no_directory(unprobed: Callable[..., str], tmp_path: Path) -> None:
    said = unprobed("default", "--rules", str(tmp_path / "gone"))
    assert str(tmp_path / "gone") in said


@pytest.mark.parametrize("name", ["gone/report.json", "."])
def test_output_that_can_not_be_written(unprobed: Callable[..., str], tmp_path: Path, name: str) -> None:
    path = f"{tmp_path}/{name}"
    said = unprobed("face-server", "--output", path)
    assert f"the report cannot be written to {path}: " in said


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_time_that_is_none(unprobed: Callable[..., str], seconds: str) -> None:
    said = unprobed("face-server", "--timeout", seconds)
    assert seconds in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "xml"),
        ("--nonsense",),
        ("--from", "/nonexistent/record"),
        ("--lang", "fr"),
        ("list", "default"),
    ],
)
def test_options_that_are_wrong(unprobed: Callable[..., str], arguments: tuple[str, ...]) -> None:
    said = unprobed(*arguments)
    assert said


def test_log_that_can_not_be_written_is_said_and_costs_no_check(envcheck: Envcheck, tmp_path: Path) -> None:
    path = tmp_path / "gone/envcheck.log"
    run = envcheck.json("default", "--log-file", str(path))
    assert f"envcheck: no log can be kept: {path}: No such file or directory" in run.stderr
    assert run.report["log"] is None
    assert run.statuses("kernel", "tar") == ["pass", "pass"]


def test_output_gets_the_report_and_stdout_the_conclusion(envcheck: Envcheck, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    run = envcheck.json("default", "--output", str(path))
    assert run.stdout == "The conclusion of environment checking is :fail\n"
    saved = Run(run.status, path.read_text(encoding="utf-8"), run.stderr, run.seconds)
    assert saved.statuses("kernel") == ["pass"]


def test_output_on_a_full_disk(envcheck: Envcheck) -> None:
    """It can be opened, and not written: the report goes to stdout, the status tells."""
    run = envcheck.run("default", "--format", "json", "--output", "/dev/full")
    assert run.status == 2
    assert "the report cannot be written to /dev/full: No space left on device" in run.stderr
    assert Run(1, run.stdout, "", 0).statuses("kernel") == ["pass"]
