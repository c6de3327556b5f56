#!/usr/bin/env python3
"""Time envcheck against floors measured in the same run, and print the ratios.

    python scripts/bench.py start                       # --help and list, against `python -c pass`
    DOCKER_HOST=unix:///… python scripts/bench.py check --peers DIR
    python scripts/bench.py bundle --size 1024 --runs 3 # 1 GiB of logs, against `tar -cz`
    python scripts/bench.py replay                      # each written host, checked in process
    python scripts/bench.py kit                         # the kit in dist/, against the installed package
    python scripts/bench.py rules                       # loading rule sets, and checking by a large one
    python scripts/bench.py diagnose --peers DIR --runs 5  # 1 GiB of log, against ripgrep and a bare read

`check` times `envcheck face-server` against the two suites of 25 host checks in DIR: one in
bash (`checks.sh`, the floor) and one in testinfra (`test_host.py`, which needs `pip install
pytest-testinfra`). `diagnose` takes the log that `gen.py` in DIR makes, with its `phrases`; gen.py
needs `pip install tomli_w`. Commands are run in turn, A B C A B C …, so that a drift of the machine's
speed meets all alike; the median of each is printed, and the median of the ratios pair by pair.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ENVCHECK = [sys.executable, "-m", "envcheck"]
INTERPRETER = [sys.executable, "-c", "pass"]
REPOSITORY = Path(__file__).resolve().parents[1]

LOG = "home/baidu/work/license-server/logs/license_service.log.wf"
MODULE = "offline-security-server"
_BLOCK = 4 << 20
_WORDS = ("connect", "accept", "request", "answer", "licence", "check", "start", "stop", "wait", "retry")


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
    parser.add_argument("what", choices=("start", "check", "bundle", "replay", "rules", "diagnose", "kit"))
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--size", type=int, default=1024, help="MiB of logs to bundle")
    parser.add_argument("--peers", type=Path, help="directory with checks.sh and test_host.py")
    options = parser.parse_args()
    if options.what == "bundle":
        return _bundle(options.size << 20, options.runs)
    if options.what == "replay":
        return _script("bench_replay.py")
    if options.what == "kit":
        return _kit(parser, options.runs)
    if options.what == "rules":
        return _script("bench_rules.py", "--runs", str(options.runs))
    if options.what == "diagnose":
        return _diagnose(parser, options.peers, options.runs)
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


def _script(name: str, *options: str) -> int:
    script = str(Path(__file__).with_name(name))
    return subprocess.run([sys.executable, script, *options], check=False).returncode


def _bundle(size: int, runs: int) -> int:
    with _logs(size) as folder:
        commands = _bundle_commands(folder, size)
        goals = [Goal("bundle", "tar -cz", 2), Goal("redacted", "bundle", 3)]
        _print(_measure(commands, runs), goals)
        for name in ("bundle", "redacted"):
            print(f"{name}: {_peak_memory(commands[name])} MiB of memory at most")
    return 0


_READ = """
import sys
with open(sys.argv[1], "rb", buffering=0) as file:
    while file.read(1 << 18):
        pass
"""


def _diagnose(parser: argparse.ArgumentParser, peers: Path | None, runs: int) -> int:
    if peers is None or not (peers / "gen.py").is_file():
        parser.error("--peers: a directory with gen.py is wanted")
    with tempfile.TemporaryDirectory(prefix="envcheck-bench-") as folder:
        subprocess.run([sys.executable, str(peers / "gen.py")], cwd=folder, check=True)
        log = f"{folder}/big.log"
        commands = {
            "read": [sys.executable, "-c", _READ, log],
            "diagnose": [*ENVCHECK, "diagnose", "--log-file", os.devnull, log],
            "rg": ["rg", "-c", "-F", "-i", "-f", f"{folder}/phrases", log],
        }
        goals = [Goal("diagnose", "rg", 0.5)]
        _print(_measure(commands, runs), goals)
        print(f"diagnose: {_peak_memory(commands['diagnose'])} MiB of memory at most, in each process")
    return 0


def _kit(parser: argparse.ArgumentParser, runs: int) -> int:
    archives = sorted(REPOSITORY.glob("dist/private_cloud_environment_check-*.tar.gz"))
    if len(archives) != 1:
        parser.error("one kit is wanted in dist/: build it with `sh scripts/kit.sh`")
    with tempfile.TemporaryDirectory(prefix="envcheck-bench-") as folder:
        subprocess.run(["tar", "-xzf", archives[0]], cwd=folder, check=True)
        kit = Path(folder, "private_cloud_environment_check")
        commands = {
            "installed list": [*ENVCHECK, "list"],
            "kit list": [str(kit / "envcheck"), "list"],
            "kit.py list": [sys.executable, str(kit / "envcheck.py"), "list"],
        }
        _print(_measure(commands, runs), [Goal("kit list", "installed list", 1.5)])
    print(f"packed: {archives[0].stat().st_size / 1e6:.1f} MB, wanted at most 25")
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


@contextmanager
def _logs(size: int) -> Iterator[Path]:
    """A recorded host with so many bytes of logs, in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="envcheck-bench-") as folder:
        host = Path(folder, "host")
        log = host / LOG
        log.parent.mkdir(parents=True)
        (host / "proc").mkdir()
        (host / "proc/version").write_text("Linux version 3.10.0-327.el7.x86_64\n")
        block = _block()
        with log.open("wb") as file:
            for _ in range(-(-size // _BLOCK)):
                file.write(block)
            file.truncate(size)
        yield Path(folder)


def _block() -> bytes:
    """4 MiB as servers log: some hundred messages, each with its times, numbers and addresses."""
    chance = random.Random(1)  # noqa: S311 - a log, no secret
    messages = [
        f"{chance.choice(('INFO', 'WARNING', 'ERROR'))}: 05-17 %s 4711 * %d "
        f"[src/{chance.choice(_WORDS)}.cpp:{chance.randrange(2000)}] {' '.join(chance.choices(_WORDS, k=8))}"
        + chance.choice(
            ("", "", "", " from 10.0.3.%d:%d", " at /home/baidu/work/conf/%d/%d", " took %d ms, %d left")
        )
        for _ in range(300)
    ]
    lines: list[str] = []
    size = 0
    while size < _BLOCK:
        clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}:07.{chance.randrange(10**6):06}"
        message = chance.choice(messages)
        numbers = (chance.randrange(10**12), chance.randrange(250), chance.randrange(65536))
        lines.append(message % (clock, *numbers[: message.count("%d")]))
        size += len(lines[-1]) + 1
    return "\n".join(lines).encode()[: _BLOCK - 1] + b"\n"


def _bundle_commands(folder: Path, size: int) -> dict[str, list[str]]:
    """`tar -cz` and the bundle of the same logs, without and with redaction. All write a file."""
    limits = ["--max-size", f"{size}B", "--max-time", "3600"]
    make = [sys.executable, "-m", "envcheck", "bundle", MODULE, "--from", str(folder / "host"), *limits]
    log_file = ["--log-file", os.devnull]
    return {
        "tar -cz": ["tar", "-C", str(folder / "host"), "-czf", str(folder / "tar.gz"), "."],
        "bundle": [*make, *log_file, "--no-redact", "-o", str(folder / "plain-unredacted.tar.gz")],
        "redacted": [*make, *log_file, "-o", str(folder / "redacted.tar.gz")],
    }


def _peak_memory(command: list[str]) -> int:
    """The most memory that a command held, in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_maxrss >> 10


class Took(NamedTuple):
    """Seconds that a command took, and those of them, or of several cores, that it computed."""

    wall: float
    cpu: float


def _measure(commands: dict[str, list[str]], runs: int) -> dict[str, list[Took]]:
    socket = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    environ = {**os.environ, "MODE": "curl", "DOCKER_SOCK": socket}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    seconds: dict[str, list[Took]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, argv in commands.items():
            begin, spent = time.perf_counter(), _children()
            subprocess.run(
                argv, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
            if turn:  # the first turn warms the caches
                seconds[name].append(Took(time.perf_counter() - begin, _children() - spent))
    return seconds


def _children() -> float:
    """CPU seconds of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _print(seconds: dict[str, list[Took]], goals: list[Goal]) -> None:
    for name, times in seconds.items():
        walls = [each.wall * 1000 for each in times]
        cpu = statistics.median(each.cpu for each in times) * 1000
        low, high = min(walls), max(walls)
        print(f"{name:16} {statistics.median(walls):7.1f} ms   ({low:.1f} … {high:.1f}), CPU {cpu:.1f} ms")
    for goal in goals:
        pairs = [*zip(seconds[goal.command], seconds[goal.floor])]
        ratio = statistics.median(a.wall / b.wall for a, b in pairs)
        computed = statistics.median(a.cpu / b.cpu for a, b in pairs)
        verdict = "met" if ratio <= goal.at_most else "MISSED"
        wanted = f"wanted at most {goal.at_most:g}"
        print(f"{goal.command} / {goal.floor}: {ratio:.2f}, {wanted}: {verdict} (of CPU time {computed:.2f})")


if __name__ == "__main__":
    sys.exit(main())
