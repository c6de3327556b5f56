#!/usr/bin/env python3
"""Time loading all shipped rule sets, and checking a recorded host by a rule set of 1,000 checks.

    python scripts/bench_rules.py --runs 15

Each is timed in a process of its own, after the imports: what is asked is the time in process.
The interpreter's own start and PyYAML's C loader on the same files stand beside it.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
HOST = REPOSITORY / "tests/hosts/centos72-p4"
CHECKS = 1000
GOALS = {"load": 25.0, "load-yaml": 25.0, "decide": 100.0}
"""Milliseconds."""

Timed = Callable[[], object]


def main() -> int:
    """Time each part in turn, or the one that is asked for, once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    if options.only:
        print(*_seconds(PARTS[options.only][1]()))
        return 0
    seconds: dict[str, list[tuple[float, float]]] = {part: [] for part in PARTS}
    for turn in range(options.runs + 1):
        for part, times in seconds.items():
            taken = _in_a_process_of_its_own(part)
            if turn:  # the first turn warms the caches
                times.append(taken)
    for part, times in seconds.items():
        _print(part, times)
    return 0


def _print(part: str, times: list[tuple[float, float]]) -> None:
    by_clock, of_processor = ([1000 * each for each in row] for row in zip(*times))
    median, goal = statistics.median(by_clock), GOALS.get(part)
    line = (
        f"{PARTS[part][0]:34} {median:6.1f} ms ({min(by_clock):.1f} … {max(by_clock):.1f}),"
        f" of the processor {statistics.median(of_processor):.1f} ms"
    )
    print(line if goal is None else f"{line}, wanted under {goal:g}: {'met' if median < goal else 'MISSED'}")


def _in_a_process_of_its_own(part: str) -> tuple[float, float]:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    argv = [sys.executable, str(Path(__file__)), "--only", part]
    printed = subprocess.run(argv, env=environ, check=True, capture_output=True, text=True).stdout
    by_clock, of_processor = map(float, printed.split())
    return by_clock, of_processor


def _seconds(timed: Timed) -> tuple[float, float]:
    """By the clock, and of the processor's time: on a busy machine the two differ."""
    gc.collect()
    gc.disable()  # as the command does
    before = os.times()
    begin = time.perf_counter(), time.process_time()
    timed()
    by_clock, of_processor = time.perf_counter() - begin[0], time.process_time() - begin[1]
    after = os.times()
    children = after.children_user + after.children_system - before.children_user - before.children_system
    return by_clock, of_processor + children


def _interpreter() -> Timed:
    return lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)


def _pyyaml() -> Timed:
    import yaml

    files = [path.read_bytes() for path in _rule_files()]
    return lambda: [yaml.load(content, yaml.CSafeLoader) for content in files]


def _rule_files() -> list[Path]:
    return [path for path in sorted(REPOSITORY.glob("rules/*.yaml")) if path.name != "problems.yaml"]


def _load() -> Timed:
    """Every module, read and checked, from the trees that an earlier run kept."""
    sys.path.insert(0, str(REPOSITORY))
    from envcheck import probes
    from envcheck.problems import load_problems
    from envcheck.rulebook import Rulebook, build, parser, shipped_rules  # noqa: F401 - imported before

    for name in probes.names():
        probes.facts_class(name)

    def load() -> None:
        rulebook = Rulebook([shipped_rules()])
        problems = load_problems(rulebook.directories)
        for info in rulebook.modules():
            rulebook.rule_set(info.name, problems)

    return load


def _load_yaml() -> Timed:
    """The same, with every rule file parsed anew."""
    load = _load()
    from envcheck.rulebook import compiled

    kept = compiled.tree
    compiled.tree = lambda path: kept(path) if path.endswith("problems.yaml") else None
    return load


def _decide() -> Timed:
    """One check of a recorded host, by a rule set that is loaded."""
    sys.path.insert(0, str(REPOSITORY))
    from envcheck import engine
    from envcheck.host import open_host
    from envcheck.rulebook import Rulebook

    with tempfile.TemporaryDirectory(prefix="envcheck-bench-") as folder:
        Path(folder, "large.yaml").write_text(_thousand(), encoding="utf-8")
        large = Rulebook([folder]).rule_set("large")
    host = open_host(HOST)

    def decide() -> None:
        assert len(engine.run(host, [large], timeout=60).results) == CHECKS

    return decide


def _thousand() -> str:
    """The catalogue's checks over and over, each time under other ids."""
    head, checks = (REPOSITORY / "rules/common.yaml").read_text(encoding="utf-8").split("\nchecks:\n")
    entries = re.findall(
        r"  - id: .*?(?=\n  - id: |\Z)", re.sub(r"\n    requires: .*", "", checks), re.DOTALL
    )
    head = head.replace("module: common", "module: large").replace("abstract: true\n", "")
    chosen = [
        re.sub(r"- id: (\S+)", rf"- id: \1-{turn}", entry) for turn in range(CHECKS) for entry in entries
    ]
    return f"{head}\nchecks:\n" + "\n".join(chosen[:CHECKS]) + "\n"


PARTS: dict[str, tuple[str, Callable[[], Timed]]] = {
    "interpreter": ("python -c pass", _interpreter),
    "pyyaml": ("PyYAML's C loader, the same files", _pyyaml),
    "load": ("all shipped rule sets, trees kept", _load),
    "load-yaml": ("all shipped rule sets, from YAML", _load_yaml),
    "decide": (f"a recorded host by {CHECKS} checks", _decide),
}


if __name__ == "__main__":
    sys.exit(main())
