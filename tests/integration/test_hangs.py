"""What hangs or breaks costs its own checks: the run ends in time, the rest is intact, nothing is left."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.running import URGENT, Envcheck, Run, processes
from tests.integration.silent import silent_engine
from tests.integration.world import World

pytestmark = pytest.mark.integration

DOCKER = ("docker", "storage-driver", "storage-driver-tested", "docker-space", "nvidia-docker2")
GPU = ("nvidia-card", "nvidia-driver", "nvidia-driver-tested", "gpu", "gpu-all", "gpu-model")


@pytest.fixture
def marker() -> str:
    """Seconds that no other process sleeps, by which those of the test are found."""
    return f"7654{os.getpid()}"


def sleeping(marker: str) -> str:
    """A command that never ends, with a child in its group and one that has left it."""
    return f"#!/bin/sh\nsleep {marker} &\nsetsid sleep {marker} &\nsleep {marker}\n"


def intact(run: Run, usual: Run, *without: str) -> None:
    """All checks but these have come out as usual."""
    expected = {name: result["status"] for name, result in usual.results().items() if name not in without}
    found = {name: result["status"] for name, result in run.results().items() if name not in without}
    assert found == expected
    assert len(found) >= 10


def test_nvidia_smi_that_sleeps_for_ever(envcheck: Envcheck, world: World, marker: str) -> None:
    usual = envcheck.json("face-server")
    world.commands({"nvidia-smi": sleeping(marker)})
    run = envcheck.json("face-server", "--timeout", "3", prefix=[*URGENT, *world.prefix])
    assert run.seconds < 4
    assert processes(f"sleep\0{marker}") == []
    card = run.results()["nvidia-card"]
    assert card["status"] == "unknown"
    assert "no answer" in card["reason"]
    assert run.statuses(*GPU[1:]) == ["skipped"] * 5
    intact(run, usual, *GPU)
    assert run.report["conclusion"] == "fail"


@pytest.mark.parametrize("trickle", [b"", b"HTTP/1.0 200 OK\r\n", b"HTTP/1.0 200 OK\r\n\r\n{  "])
def test_engine_that_never_answers(envcheck: Envcheck, short: Path, trickle: bytes) -> None:
    usual = envcheck.json("face-server")
    with silent_engine(short, trickle) as engine:
        env = {"DOCKER_HOST": engine.address}
        run = envcheck.json("face-server", "--timeout", "2", prefix=URGENT, env=env)
        assert engine.taken > 0
    assert run.seconds < 3
    found = run.results()
    assert found["docker"]["status"] == "unknown"
    assert "no answer" in found["docker"]["reason"]
    assert found["docker"]["hints"] == ["docker-no-answer"]
    for name in DOCKER[1:]:
        assert (found[name]["status"], found[name]["reason"]) == ("skipped", "blocked by docker")
    assert found["ports"]["status"] == "unknown", "a container may publish a port that has no listener"
    intact(run, usual, *DOCKER, "ports")


def test_everything_hangs_at_once(envcheck: Envcheck, world: World, short: Path, marker: str) -> None:
    usual = envcheck.json("face-server")
    world.commands({name: sleeping(marker) for name in ("nvidia-smi", "python2.7", "python2", "python")})
    with silent_engine(short) as engine:
        env = {"DOCKER_HOST": engine.address}
        run = envcheck.json("face-server", "--timeout", "3", prefix=[*URGENT, *world.prefix], env=env)
    assert run.seconds < 4
    assert processes(f"sleep\0{marker}") == []
    assert run.statuses("docker", "nvidia-card", "python27") == ["unknown"] * 3
    intact(run, usual, *DOCKER, *GPU, "python27", "ports")


def test_engine_that_never_answers_within_the_usual_time(envcheck: Envcheck, short: Path) -> None:
    """Its own deadline comes long before that of the run."""
    with silent_engine(short) as engine:
        run = envcheck.json("face-server", env={"DOCKER_HOST": engine.address})
    assert run.seconds < 15
    assert run.results()["docker"]["reason"].endswith("no answer in 10 s")


BROKEN = """
import sys
from envcheck.probes import cpu, tools

def collect(host) -> tools.Tools:
    raise ZeroDivisionError("nobody thought of this")

tools.collect = collect
from envcheck.cli import main
sys.exit(main())
"""


def test_probe_that_raises(envcheck: Envcheck) -> None:
    """The report says so in one line; the traceback is in the log."""
    usual = envcheck.json("default")
    run = envcheck.json("default", python=(sys.executable, "-c", BROKEN))
    found = run.results()
    assert found["tar"]["status"] == "unknown"
    assert found["tar"]["reason"] == "probe tools failed: ZeroDivisionError: nobody thought of this"
    intact(run, usual, "tar")
    log = (envcheck.home / "state/envcheck/envcheck.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert "Traceback" not in run.stdout + run.stderr


def test_table_says_what_did_not_answer(envcheck: Envcheck, short: Path) -> None:
    with silent_engine(short) as engine:
        env: dict[str, Any] = {"DOCKER_HOST": engine.address, "COLUMNS": "160"}
        run = envcheck.run("face-server", "--timeout", "1", env=env)
    assert run.status == 1
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("? docker")]
    assert "no answer" in line
    assert run.stdout.splitlines()[-1] == "The conclusion of environment checking is :fail"
