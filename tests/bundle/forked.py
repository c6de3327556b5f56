"""Running Python in processes of their own, without starting an interpreter for each.

A server that has imported what the commands need, and done nothing else, forks for each run. What a run
is in is a process like any other: with its own memory, its own exit, and ended by the same signals.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

REPOSITORY = Path(__file__).parents[2]
TIMEOUT = 110
_IMPORTED = (
    *("envcheck.api", "envcheck.cli", "envcheck.engine", "envcheck.progress", "envcheck.host.tree"),
    *(
        "envcheck.commands.bundle",
        "envcheck.bundle.make",
        "envcheck.bundle.opening",
        "envcheck.bundle.repack",
    ),
    *("envcheck.bundle.show", "envcheck.bundle.unpack", "envcheck.bundle.verify", "envcheck.report.table"),
    *("envcheck.bundle.redact", "yaml", "tarfile", "logging", "tempfile", "shutil", "bz2", "lzma"),
)


class Ended(NamedTuple):
    """How a run ended. `peak`: MB of memory at most; `grown`: how much of that is the run's own."""

    status: int
    stdout: str
    stderr: str
    peak: float
    grown: float


def run(code: str, arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Ended:
    """Run Python code as `python -c` does; its files are `cwd`'s, its environment is `env` alone."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        where = f"/proc/{os.getpid()}/fd"
        asked = {
            "code": code,
            "arguments": list(arguments),
            "cwd": str(cwd),
            "env": dict(env),
            "out": f"{where}/{out.fileno()}",
            "err": f"{where}/{err.fileno()}",
        }
        status, peak, before = _ask(asked)
        out.seek(0)
        err.seek(0)
        return Ended(status, out.read(), err.read(), peak, peak - before)


def _ask(asked: Mapping[str, object]) -> tuple[int, float, float]:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(f"{json.dumps(asked)}\n")
    server.stdin.flush()
    if not select.select([server.stdout], [], [], TIMEOUT)[0]:
        _end(server)
        raise TimeoutError(f"{asked['arguments']} did not end in {TIMEOUT} s")
    status, peak, before = json.loads(server.stdout.readline())
    return status, peak / 1e6, before / 1e6


@cache
def _server() -> subprocess.Popen[str]:
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", __name__], env=env, cwd="/", text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    """End the server and what it runs."""
    _server.cache_clear()
    if server.poll() is None:
        os.killpg(server.pid, 9)
        server.wait()


# -- the other side -------------------------------------------------------------------------


def _serve() -> None:
    import gc
    from importlib import import_module

    for name in _IMPORTED:
        import_module(name)
    gc.collect()
    gc.freeze()  # else collecting in a child would copy all that it shares with us
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(asked)
        _, status, used = os.wait4(child, 0)
        answer = [os.waitstatus_to_exitcode(status), used.ru_maxrss * 1024, _size()]
        os.write(1, f"{json.dumps(answer)}\n".encode())


def _run(asked: Mapping[str, object]) -> NoReturn:
    """In the child: what `python -c` does, up to the end of the interpreter."""
    for path, number in ((os.devnull, 0), (asked["out"], 1), (asked["err"], 2)):
        opened = os.open(str(path), os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    os.chdir(str(asked["cwd"]))
    sys.path[0] = ""
    sys.argv = ["-c", *asked["arguments"]]  # type: ignore[misc]
    exec(compile(str(asked["code"]), "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own
    sys.exit(0)


def _size() -> int:
    """What we take ourselves, in bytes: a child begins with that."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    _serve()
