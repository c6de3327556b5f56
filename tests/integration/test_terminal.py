"""Terminals, pipes, locales and signals: no traceback, the right status, nothing left running."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any

import pytest
from wcwidth import wcswidth

from tests.integration.running import CONCLUSION, Envcheck, processes, wait_until
from tests.integration.world import World

ASCII_ONLY = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def too_wide(lines: list[str], columns: int) -> list[str]:
    """Lines that are too wide. Commands, which stand furthest in, are never broken, nor is the conclusion."""
    unbroken = (" " * 7, CONCLUSION)
    return [line for line in lines if wcswidth(line) > columns and not line.startswith(unbroken)]


@pytest.mark.parametrize("arguments", [("default",), ("default", "--lang", "zh"), ("list", "--lang", "zh")])
def test_ascii_locale(envcheck: Envcheck, arguments: tuple[str, ...]) -> None:
    run = envcheck.run(*arguments, env=ASCII_ONLY)
    assert run.status == (0 if arguments[0] == "list" else 1)
    assert run.stderr == ""
    assert run.stdout.isascii()
    if arguments[0] != "list":
        assert run.stdout.splitlines()[-1] == f"{CONCLUSION}fail"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", ["40", "80"])
def test_width_is_kept(envcheck: Envcheck, columns: str, lang: str) -> None:
    run = envcheck.run("face-server", "--lang", lang, env={"COLUMNS": columns})
    assert run.status == 1
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert too_wide(lines[lines.index("face-server") :], int(columns)) == []
    assert lines[-1] == f"{CONCLUSION}fail"


@pytest.mark.parametrize("take", ["head -c1", "true"])
@pytest.mark.parametrize("arguments", ["default", "default --format json", "list", "--help"])
def test_closed_pipe(envcheck: Envcheck, take: str, arguments: str) -> None:
    """The status is the verdict's own, and nobody complains."""
    script = f'"$0" -m envcheck {arguments} | {take} >/dev/null; echo "status ${{PIPESTATUS[0]}}"'
    run = envcheck.run(python=("bash", "-c", script, sys.executable))
    assert run.stdout == f"status {1 if arguments.startswith('default') else 0}\n"
    assert [line for line in run.stderr.splitlines() if not line.startswith("envcheck: log: ")] == []


def test_closed_standard_streams(envcheck: Envcheck) -> None:
    run = envcheck.run(python=("bash", "-c", '"$0" -m envcheck default >&- 2>&-; echo $?', sys.executable))
    assert run.stdout == "1\n"


def test_full_disk_behind_stdout(envcheck: Envcheck) -> None:
    run = envcheck.run(python=("bash", "-c", '"$0" -m envcheck default >/dev/full; echo $?', sys.executable))
    assert run.stdout == "2\n"
    assert "No space left on device" in run.stderr
    assert "Traceback" not in run.stderr


class Terminal:
    """A terminal of that many columns, on which envcheck runs."""

    def __init__(self, columns: int) -> None:
        self.ours, self.theirs = os.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.text = b""

    def show(self, process: subprocess.Popen[str]) -> int:
        """All that it shows until the process ends, and the process's status."""
        os.close(self.theirs)
        while True:
            try:
                data = os.read(self.ours, 65536)
            except OSError:  # the last one has hung up
                break
            if not data:
                break
            self.text += data
        return process.wait()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal(40)
    yield made
    os.close(made.ours)


@pytest.mark.parametrize("no_color", [None, "1"])
def test_terminal_of_40_columns(envcheck: Envcheck, terminal: Terminal, no_color: str | None) -> None:
    streams: dict[str, Any] = {"stdin": terminal.theirs, "stdout": terminal.theirs, "stderr": terminal.theirs}
    env = {"TERM": "xterm", "NO_COLOR": no_color}
    status = terminal.show(envcheck.start("default", "--brief", env=env, **streams))
    text = terminal.text.decode()
    assert status == 1
    assert "Traceback" not in text
    assert "probing: " in text, "what is being probed is shown"
    shown, colour = text.rpartition("\x1b[K")[2], re.compile(r"\x1b\[[0-9;]*m")
    assert "probing: " not in shown, "and wiped"
    assert bool(colour.search(text)) == (no_color is None)
    lines = [ESCAPE.sub("", line) for line in shown.replace("\r", "").splitlines()]
    assert lines[-1] == f"{CONCLUSION}fail"
    assert too_wide(lines[lines.index("Not met:") :], 40) == []


@pytest.fixture
def marker() -> str:
    return f"7655{os.getpid()}"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signal_in_the_middle(
    envcheck: Envcheck, world: World, marker: str, number: signal.Signals, status: int
) -> None:
    world.commands({"nvidia-smi": f"#!/bin/sh\nsleep {marker} &\nsetsid sleep {marker} &\nsleep {marker}\n"})
    with envcheck.start("face-server", prefix=world.prefix) as process:
        wait_until(lambda: len(processes(f"sleep\0{marker}")) == 3)
        begin = time.monotonic()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
    assert process.returncode == status
    assert time.monotonic() - begin < 2
    assert "Traceback" not in stderr
    assert CONCLUSION not in stdout
    assert ("interrupted" in stderr) == (number == signal.SIGINT)
    wait_until(lambda: processes(f"sleep\0{marker}") == [])  # what is killed takes a moment to be gone
