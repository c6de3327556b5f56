"""The kit as a customer has it: built, unpacked, run by what a machine offers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

import pytest

from scripts.kit import interpreter
from scripts.kit.build import Kit, build
from tests.integration.running import NO_ENGINE, REPO, Run

MODULES = ("default", "face-server", "offline-security-server")
TOP = "private_cloud_environment_check"
NEEDED = ("libm.so.6", "libc.so.6", "libpthread.so.0", "libdl.so.2", "libutil.so.1")
"""The parts of glibc that the kit's interpreter is linked to."""


def lacking(what: str) -> None:
    """Skip where a developer's machine lacks something; on CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}: must be there on CI")
    pytest.skip(what)


def built(target: Path) -> Kit:
    """A kit from this checkout, with the interpreter of the cache."""
    cache = interpreter.cache_folder()
    if not (cache / interpreter.key()).is_dir():
        lacking("no interpreter in the cache: run `python scripts/build_kit.py`")
    return build(interpreter.obtain(cache, None), target)


def unpacked(kit: Kit, place: Path) -> Path:
    """The kit's directory, unpacked below `place` as people do it."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-xzf", kit.archive], cwd=place, check=True)
    return place / TOP


def python(version: str) -> Path:
    """A real CPython of that version: pyenv's."""
    roots = (os.environ.get("PYENV_ROOT") or "/nonexistent", os.path.expanduser("~/.pyenv"), "/opt/pyenv")
    for root in roots:
        for path in sorted(Path(root).glob(f"versions/{version}.*/bin/python")):
            return path
    lacking(f"no CPython {version} under pyenv")
    raise AssertionError


class Machine:
    """A bare environment to start a kit in."""

    def __init__(self, home: Path) -> None:
        self.env = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "DOCKER_HOST": NO_ENGINE,
        }

    def run(
        self,
        *argv: object,
        env: Optional[Mapping[str, Optional[str]]] = None,
        cwd: Optional[Path] = None,
        timeout: float = 90,
    ) -> Run:
        """Run a command to its end; None in `env` unsets."""
        merged = {name: value for name, value in {**self.env, **(env or {})}.items() if value is not None}
        done = subprocess.run(
            list(map(str, argv)),
            env=merged,
            cwd=cwd or "/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=timeout,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr, 0.0)

    def installed(self, *arguments: str, env: Optional[Mapping[str, str]] = None) -> Run:
        """Run this checkout's package by the tests' own Python."""
        state = {"XDG_STATE_HOME": f"{self.env['HOME']}/state", "PYTHONPATH": str(REPO)}
        return self.run(sys.executable, "-m", "envcheck", *arguments, env={**state, **(env or {})})


def statuses(run: Run) -> dict[tuple[str, str], Any]:
    """The status of every result of a run, by module and check."""
    return {(result["module"], result["id"]): result["status"] for result in run.report["results"]}
