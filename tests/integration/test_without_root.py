"""Run by a user without rights: it says so, decides what it can, and names what it can't."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.integration.engines import Engine
from tests.integration.running import NO_ENGINE, REPO, Envcheck, Run
from tests.integration.world import NOBODY, World, copy_package

pytestmark = pytest.mark.integration

MODULES = ("default", "offline-security-server", "face-server")


class Nobody:
    """envcheck, run by nobody, with a home that can or can't be written to."""

    def __init__(self, envcheck: Envcheck, world: World, folder: Path) -> None:
        package = copy_package(REPO, folder / "package")
        self.home = folder / "home"
        self.home.mkdir()
        shutil.chown(self.home, NOBODY, NOBODY)
        world.as_nobody([package])
        self.envcheck, self.prefix = envcheck, world.prefix
        self.env: dict[str, str | None] = {"PYTHONPATH": str(package), "XDG_STATE_HOME": None}

    def run(self, *arguments: str, writable: bool = True, engine: str = NO_ENGINE) -> Run:
        home = str(self.home) if writable else "/nonexistent"
        env = {**self.env, "HOME": home, "DOCKER_HOST": engine, "COLUMNS": "100"}
        return self.envcheck.run(*arguments, prefix=self.prefix, env=env, cwd="/")


@pytest.fixture
def nobody(envcheck: Envcheck, world: World, short: Path) -> Nobody:
    short.chmod(0o755)
    return Nobody(envcheck, world, short)


def test_it_runs_and_says_that_it_is_not_root(nobody: Nobody) -> None:
    run = nobody.run(*MODULES)
    assert run.status == 1
    assert "Traceback" not in run.stdout + run.stderr
    lines = run.stdout.splitlines()
    heading = lines.index("default")
    assert any("not run as root" in line for line in lines[:heading]), lines[:heading]
    assert lines[-1] == "The conclusion of environment checking is :fail"


def test_root_is_missed_and_the_rest_decided(nobody: Nobody) -> None:
    run = nobody.run("face-server", "--format", "json")
    found = run.results()
    assert (found["root"]["status"], found["root"]["hints"]) == ("fail", ["not-root"])
    assert run.statuses("cpu-arch", "kernel", "tar", "nouveau") == ["pass"] * 4
    assert "not run as root" in run.stderr


def test_what_only_root_can_decide_is_named(nobody: Nobody, plain_engine: Engine) -> None:
    """The engine's socket is root's: nothing is known of docker, and nothing taken for granted."""
    socket = Path(plain_engine.address[len("unix://") :])
    socket.chmod(0o600)
    socket.parent.chmod(0o755)
    run = nobody.run("face-server", "--format", "json", engine=plain_engine.address)
    found = run.results()["docker"]
    assert found["status"] == "unknown"
    assert "permission denied" in found["reason"]
    (note,) = [line for line in run.stderr.splitlines() if "not run as root" in line]
    assert "could not decide" in note
    assert "docker" in note.partition("could not decide")[2].replace(",", " ").split()
    assert run.statuses("storage-driver", "docker-space") == ["skipped"] * 2
    assert run.statuses("ports") == ["unknown"]
    assert "containers not seen" in run.results()["ports"]["reason"]
    table = nobody.run("face-server", engine=plain_engine.address)
    assert "could not decide docker" in " ".join(table.stdout.split())


def test_log_is_kept_in_the_users_own_state_directory(nobody: Nobody) -> None:
    run = nobody.run("default")
    log = nobody.home / ".local/state/envcheck/envcheck.log"
    assert run.stdout.splitlines()[0] == f"Log: {log}"
    assert log.stat().st_uid == NOBODY
    assert log.stat().st_mode & 0o777 == 0o600
    assert "user 65534" in log.read_text(encoding="utf-8")


def test_log_that_can_not_be_written_is_said(nobody: Nobody) -> None:
    run = nobody.run("default", writable=False)
    assert run.status == 1
    assert "envcheck: no log can be kept: /nonexistent" in run.stderr
    assert "Traceback" not in run.stderr
    assert "Log:" not in run.stdout
    assert run.stdout.splitlines()[-1] == "The conclusion of environment checking is :fail"
