"""Running envcheck as a user does: a process of its own, its exit status, what it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import jsonschema
import pytest

REPO = Path(__file__).parents[2]
SCHEMA = json.loads((REPO / "envcheck/report/report.schema.json").read_text(encoding="utf-8"))
NO_ENGINE = "unix:///nonexistent/docker.sock"
URGENT = ("nice", "-n", "-20")
"""For a prefix: what is timed runs before all else, so that it is not the machine's load that is timed."""
CONCLUSION = "The conclusion of environment checking is :"


def need_root() -> None:
    """Skip the test where it is not run by root."""
    if os.geteuid() != 0:
        pytest.skip("only root can make namespaces, mounts and engines")


@dataclass(frozen=True)
class Run:
    """What became of one run."""

    status: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report, which must fit the shipped schema and agree with the exit status."""
        assert "Traceback" not in self.stderr, self.stderr
        report: dict[str, Any] = json.loads(self.stdout)
        jsonschema.validate(report, SCHEMA)
        assert self.status == (0 if report["conclusion"] == "pass" else 1)
        return report

    def results(self, module: Optional[str] = None) -> dict[str, dict[str, Any]]:
        """The results of a module, by default of the only one, by their ids."""
        report = self.report
        module = module or report["modules"][0]
        return {result["id"]: result for result in report["results"] if result["module"] == module}

    def statuses(self, *ids: str) -> list[str]:
        """The status of each named check."""
        found = self.results()
        return [found[name]["status"] for name in ids]


class Envcheck:
    """`python -m envcheck` of this checkout, in an environment that holds nothing but what is given."""

    def __init__(self, home: Path, **env: str) -> None:
        self.home = home
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(REPO),
            "DOCKER_HOST": NO_ENGINE,
            **env,
        }

    def start(
        self,
        *arguments: str,
        prefix: Sequence[str] = (),
        env: Optional[Mapping[str, Optional[str]]] = None,
        python: Sequence[str] = (sys.executable, "-m", "envcheck"),
        **popen: Any,  # noqa: ANN401 - Popen's own
    ) -> subprocess.Popen[str]:
        """Start it. `prefix` is a command that runs it elsewhere; None in `env` unsets."""
        merged = {name: value for name, value in {**self.env, **(env or {})}.items() if value is not None}
        options: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            "cwd": self.home,
            **popen,
        }
        process: subprocess.Popen[str] = subprocess.Popen(
            [*prefix, *python, *arguments], env=merged, **options
        )
        return process

    def run(self, *arguments: str, **options: Any) -> Run:  # noqa: ANN401 - start's own
        """Run it to its end."""
        begin = time.monotonic()
        with self.start(*arguments, **options) as process:
            try:
                stdout, stderr = process.communicate(timeout=90)
            except BaseException:
                process.kill()
                raise
        return Run(process.returncode, stdout, stderr, time.monotonic() - begin)

    def json(self, *arguments: str, **options: Any) -> Run:  # noqa: ANN401 - start's own
        """Run it for the JSON report."""
        return self.run(*arguments, "--format", "json", **options)


def processes(marker: str) -> list[str]:
    """The command lines that hold the marker, of every process of this machine."""
    found = []
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if marker.encode() in line:
                found.append(line.replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


def wait_until(condition: Any, seconds: float = 10.0) -> None:  # noqa: ANN401 - any callable
    """Wait for a condition to hold."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not so within {seconds} s"
        time.sleep(0.02)
