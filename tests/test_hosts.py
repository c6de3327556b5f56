"""Every written host gets the verdicts that its expected.yaml names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import envcheck
from envcheck.errors import RequestError
from envcheck.results import Report
from tests import written

REPOSITORY = Path(__file__).parent.parent
WHOLE = written.HOSTS / "centos72-p4"
CASES = [(host, expected) for host in written.hosts() for expected in written.expectations(host)]
CONCLUSION = "The conclusion of environment checking is :"


@pytest.mark.parametrize(
    ("host", "expected"), CASES, ids=[f"{host.name}-{expected.module}" for host, expected in CASES]
)
def test_verdicts(host: Path, expected: written.Expected) -> None:
    lines = written.differences(
        expected, envcheck.check(expected.module, from_path=host, settings=expected.settings)
    )
    assert not lines, "\n  ".join(["", *lines])


@pytest.fixture(scope="module")
def whole() -> Report:
    return envcheck.check("face-server", from_path=WHOLE)


def test_the_whole_host_misses_nothing(whole: Report) -> None:
    others = [(result.id, result.status) for result in whole.results if result.status != "pass"]
    not_said = ("faces", "license-answer", "database")  # how many there will be, and where those are
    assert others == [(name, "skipped") for name in not_said]


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"results": {"memory": "fail"}}, "memory: wanted fail, got pass: 6"),
        ({"results": {"memroy": "pass"}}, "memroy: wanted pass, but the module has no such check"),
        ({"hints": {"memory": ["memory-small"]}}, "memory: wanted hints [memory-small], got []"),
        ({"conclusion": "fail"}, "conclusion: wanted fail, got pass: nothing missed"),
    ],
)
def test_a_wrong_expectation_is_seen(whole: Report, wrong: dict[str, object], line: str) -> None:
    right = written.Expected("face-server", "pass", {"memory": "pass"}, {"memory": []})
    assert written.differences(right, whole) == []
    (found,) = written.differences(replace(right, **wrong), whole)  # type: ignore[arg-type]
    assert found.startswith(line)


def test_the_conclusion_names_what_made_it_fail(whole: Report) -> None:
    selinux = next(result for result in whole.results if result.id == "selinux")
    broken = whole._replace(results=(selinux._replace(status="unknown", actual=None),))
    (line,) = written.differences(written.Expected("face-server", "pass", {}, {}), broken)
    assert "selinux unknown" in line


@pytest.mark.parametrize(
    "entry", ["{module: m}", "{module: m, result: {memory: pass}}", "{conclusion: pass}"]
)
def test_an_expectation_must_expect_something(tmp_path: Path, entry: str) -> None:
    (tmp_path / "expected.yaml").write_text(f"- {entry}\n", encoding="utf-8")
    with pytest.raises(RequestError, match=r"expected\.yaml:1:"):
        written.expectations(tmp_path)


def run(host: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "envcheck", "--from", str(host), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_says_pass(tmp_path: Path) -> None:
    ended = run(WHOLE, "face-server", "--log-file", "log", folder=tmp_path)
    assert (ended.returncode, ended.stdout.splitlines()[-1:]) == (0, [f"{CONCLUSION}pass"]), ended.stderr


def test_the_command_line_says_fail(tmp_path: Path) -> None:
    host = written.HOSTS / "nouveau-loaded"
    ended = run(host, "face-server", "--log-file", "log", folder=tmp_path)
    assert (ended.returncode, ended.stdout.splitlines()[-1:]) == (1, [f"{CONCLUSION}fail"]), ended.stderr


@pytest.mark.parametrize("name", ["centos72-p4", "nouveau-loaded"])
def test_json_says_the_same(tmp_path: Path, name: str) -> None:
    host = written.HOSTS / name
    ended = run(host, "face-server", "--format", "json", "--log-file", "log", folder=tmp_path)
    said = json.loads(ended.stdout)
    report = envcheck.check("face-server", from_path=host)
    assert said["conclusion"] == report.conclusion
    assert [(each["id"], each["status"], each["hints"]) for each in said["results"]] == [
        (result.id, result.status, list(result.hints)) for result in report.results
    ]


def test_cards_that_do_not_suit_are_named() -> None:
    report = envcheck.check("face-server", from_path=written.HOSTS / "k80-small-display")
    gpu_all = next(result for result in report.results if result.id == "gpu-all")
    assert gpu_all.actual is not None
    assert "Quadro K620" in gpu_all.actual.en
    assert "Tesla K80" not in gpu_all.actual.en
