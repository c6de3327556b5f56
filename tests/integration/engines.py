"""Docker engines of the tests' own, on file systems of their own; nothing of them is left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import docker
import docker.errors
import pytest

from tests.integration.running import need_root

_START_SECONDS = 30.0


@dataclass(frozen=True)
class Engine:
    """A running engine. `data` is its root directory, `pid` dockerd's number."""

    address: str
    data: Path
    pid: int

    @property
    def version(self) -> str:
        """As docker's own client is told it."""
        with client(self.address) as asked:
            return str(asked.version()["Version"])


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's (108 bytes); what is mounted below it is taken off."""
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    try:
        yield folder
    finally:
        unmount_below(folder)
        shutil.rmtree(folder, ignore_errors=True)


def unmount_below(folder: Path) -> None:
    """Take off all that is mounted at or below a folder, the latest first. Loop devices go along."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    for line in reversed(lines):
        point = line.split()[1]
        if point == str(folder) or point.startswith(f"{folder}/"):
            subprocess.run(["umount", "-l", point], check=False, capture_output=True)


@contextmanager
def image(kind: str, size: str, *options: str) -> Iterator[Path]:
    """A file of that size, which takes no room, with a file system; skips where none can be made."""
    program = shutil.which(f"mkfs.{kind}")
    if program is None:
        pytest.skip(f"there is no mkfs.{kind}")
    with short_folder() as folder:
        path = folder / "image"
        subprocess.run(["truncate", "-s", size, path], check=True)
        subprocess.run([program, "-q", *options, path], check=True, capture_output=True)
        yield path


@contextmanager
def loop_mount(kind: str, size: str) -> Iterator[Path]:
    """A new file system on a loop device, mounted."""
    need_root()
    with image(kind, size) as path, short_folder() as folder:
        done = subprocess.run(
            ["mount", "-o", "loop", path, folder], check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            pytest.skip(f"no {kind} can be mounted from a loop device here: {done.stderr.strip()}")
        yield folder


@contextmanager
def docker_engine(
    *options: str, data: Path | None = None, prefix: Sequence[str] = (), network: bool = False
) -> Iterator[Engine]:
    """A dockerd of its own until the context ends. `prefix` runs it elsewhere, with the same process id."""
    need_root()
    if shutil.which("dockerd") is None:
        pytest.skip("there is no dockerd")
    with ExitStack() as stack:
        folder = stack.enter_context(short_folder())
        data = (data or folder) / "data"
        stack.callback(unmount_below, data)
        command = [
            *("dockerd", "--data-root", data, "--exec-root", folder / "x", "--pidfile", folder / "pid"),
            *("--config-file", folder / "daemon.json", "--iptables=false", "--ip6tables=false"),
            *(() if network else ("--bridge=none",)),
            *("-H", f"unix://{folder}/docker.sock", *options),
        ]
        (folder / "daemon.json").write_text("{}", encoding="utf-8")
        log = stack.enter_context((folder / "log").open("wb+"))
        process = stack.enter_context(_started([*prefix, *command], log))
        _wait_for_answer(process, folder)
        yield Engine(f"unix://{folder}/docker.sock", data, process.pid)


@contextmanager
def _started(command: Sequence[object], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def _wait_for_answer(process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None:
        assert time.monotonic() < until, _said(folder)
        with suppress(docker.errors.DockerException), client(f"unix://{folder}/docker.sock") as asked:
            asked.ping()
            return
        time.sleep(0.05)
    pytest.skip(f"dockerd does not start here: {_said(folder)}")


def _said(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8", errors="replace")[-600:]


def client(address: str) -> closing[docker.DockerClient]:
    """A client of that engine, closed with its context."""
    return closing(docker.DockerClient(address))
