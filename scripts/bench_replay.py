#!/usr/bin/env python3
"""How often a written host is checked in process by rules that are loaded: each of tests/hosts in turn.

    python scripts/bench_replay.py

Timed in seconds of the processor (`time.process_time`) on one core, so that whatever else runs on
the machine counts little. A host's rate is the best of its rounds; judged is the slowest host.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]
HOSTS = REPOSITORY / "tests/hosts"
MODULE = "face-server"
MOST_FILES = 40
AT_LEAST = 200
ROUNDS = 5
REPLAYS = 20
"""In a round: some 100 ms, much longer than the clock's grain."""


class Rate(NamedTuple):
    """How many times a second a host is checked."""

    a_second: float
    host: str
    files: int


def main() -> int:
    """Print the slowest host, the median and the mean; 0 whether the goal is met or not."""
    sys.path.insert(0, str(REPOSITORY))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rates = sorted(measured())
    found = [rate.a_second for rate in rates]
    print(f"{len(rates)} written hosts of up to {MOST_FILES} files, {MODULE}, replays a second of CPU time:")
    for rate in rates[:5]:
        print(f"{rate.a_second:7.0f}  {rate.host} ({rate.files} files)")
    print(f"{statistics.median(found):7.0f}  median\n{statistics.harmonic_mean(found):7.0f}  all in turn")
    verdict = "met" if rates[0].a_second >= AT_LEAST else "MISSED"
    print(f"the slowest: {rates[0].a_second:.0f}, wanted at least {AT_LEAST}: {verdict}")
    return 0


def measured() -> list[Rate]:
    """The rate of every written host that has few enough files, in no order."""
    from envcheck import api, engine
    from envcheck.host import open_host

    rules = api.rule_sets([MODULE])

    def seconds(root: Path) -> float:
        begin = time.process_time()
        for _ in range(REPLAYS):
            host = open_host(root)
            engine.run(host, rules, timeout=60)
            host.close()
        return (time.process_time() - begin) / REPLAYS

    hosts = {root: sum(path.is_file() for path in root.rglob("*")) for root in HOSTS.iterdir()}
    few = [root for root, files in hosts.items() if 0 < files <= MOST_FILES]
    best = {root: seconds(root) for root in few}  # the first round warms the caches
    for _ in range(ROUNDS):  # host by host within a round: a busy moment meets one round of many hosts
        gc.collect()
        best = {root: min(best[root], seconds(root)) for root in few}
    return [Rate(1 / best[root], root.name, hosts[root]) for root in few]


if __name__ == "__main__":
    sys.exit(main())
