#!/usr/bin/env python3
"""Time envcheck against floors measured in the same run, and print the ratios.

    python scripts/bench.py start                       # --help and list, against `python -c pass`
    DOCKER_HOST=unix:///… python scripts/bench.py check --peers DIR

`check` times `envcheck face-server` against the two suites of 25 host checks in DIR: one in
bash (`checks.sh`, the floor) and one in testinfra (`test_host.py`, which needs `pip install
pytest-testinfra`). Commands are run in turn, A B C A B C …, so that a drift of the machine's
speed meets all alike; the median of each is printed, and the median of the ratios pair by pair.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ENVCHECK = [sys.executable, "-m", "envcheck"]
INTERPRETER = [sys.executable, "-c", "pass"]


class Goal(NamedTuple):
    """How many times as long as the floor a command may take."""

    command: str
    floor: str
    at_most: float


def main() -> int:
    """Time what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("start", "check"))
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--peers", type=Path, help="directory with checks.sh and test_host.py")
    options = parser.parse_args()
    if options.what == "start":
        commands = {
            "python -c pass": INTERPRETER,
            "--help": [*ENVCHECK, "--help"],
            "list": [*ENVCHECK, "list"],
        }
        goals = [Goal("--help", "python -c pass", 4), Goal("list", "python -c pass", 5)]
    else:
        commands = _check_commands(parser, options.peers)
        goals = [Goal("envcheck", "testinfra", 0.4), Goal("envcheck", "bash", 4)]
    _print(_measure(commands, options.runs), goals)
    return 0


def _check_commands(parser: argparse.ArgumentParser, peers: Path | None) -> dict[str, list[str]]:
    if peers is None or not (peers / "checks.sh").is_file():
        parser.error("--peers: a directory with checks.sh and test_host.py is wanted")
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(peers / "test_host.py")]
    return {
        "python -c pass": INTERPRETER,
        "envcheck": [*ENVCHECK, "face-server"],
        "testinfra": pytest,
        "bash": ["bash", str(peers / "checks.sh")],
    }


def _measure(commands: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    socket = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    environ = {**os.environ, "MODE": "curl", "DOCKER_SOCK": socket}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, argv in commands.items():
            begin = time.perf_counter()
            subprocess.run(
                argv, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
            if turn:  # the first turn warms the caches
                seconds[name].append(time.perf_counter() - begin)
    return seconds


def _print(seconds: dict[str, list[float]], goals: list[Goal]) -> None:
    for name, times in seconds.items():
        low, high = min(times) * 1000, max(times) * 1000
        print(f"{name:16} {statistics.median(times) * 1000:7.1f} ms   ({low:.1f} … {high:.1f})")
    for goal in goals:
        ratios = [a / b for a, b in zip(seconds[goal.command], seconds[goal.floor])]
        ratio = statistics.median(ratios)
        verdict = "met" if ratio <= goal.at_most else "MISSED"
        print(f"{goal.command} / {goal.floor}: {ratio:.2f}, wanted at most {goal.at_most:g}: {verdict}")


if __name__ == "__main__":
    sys.exit(main())
