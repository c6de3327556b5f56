"""Network namespaces, in which ports are the test's alone, and processes that hold them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.integration.running import need_root

_WAIT = "\nprint('ready', flush=True)\nimport sys\nsys.stdin.read()\n"


class Network:
    """A network of its own, with nothing but a loopback. `prefix` runs a command in it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.prefix: list[str] = []

    def hold(self, code: str) -> subprocess.Popen[str]:
        """A process that runs this Python code, then stays until the network ends."""
        return self._stack.enter_context(holding(code, *self.prefix))


@contextmanager
def holding(code: str, *prefix: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has run this Python code and stays until the context ends."""
    command = [*prefix, sys.executable, "-c", code + _WAIT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", "the process failed: see stderr"
            yield process
        finally:
            process.kill()


@contextmanager
def network() -> Iterator[Network]:
    """A new network namespace; it ends with its processes."""
    need_root()
    if shutil.which("ip") is None:
        pytest.skip("there is no ip command")
    with ExitStack() as stack:
        made = Network(stack)
        keeper = stack.enter_context(holding("", "unshare", "--net", "--"))
        made.prefix = ["nsenter", f"--net=/proc/{keeper.pid}/ns/net", "--"]
        subprocess.run([*made.prefix, "ip", "link", "set", "lo", "up"], check=True)
        yield made


def command_name(pid: int) -> str:
    """What the kernel calls a process."""
    return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
