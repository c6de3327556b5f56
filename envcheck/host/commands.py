"""Running a command of this machine: no shell, no strange environment, never past a deadline."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from envcheck.host.base import Absent, Denied, Failed, Output, TimedOut
from envcheck.host.deadline import Lifetime
from envcheck.host.files import not_root
from envcheck.record import Record

if TYPE_CHECKING:
    import selectors
    import subprocess

OUTPUT_LIMIT = 16 << 20
"""Bytes of stdout and stderr together. More is refused: half a list would prove absences."""

_PASSED_ON = ("HOME", "KUBECONFIG", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK")
_LOOK_SECONDS = 0.05
_SAID_CHARACTERS = 200
_END_SECONDS = 0.001
_REAP_SECONDS = 0.5
_CHUNK = 1 << 16


def find(command: str, search_path: str) -> str:
    """Absolute path of a command in the directories of `search_path`; raises Absent, Denied.

    An absolute path is taken too where it lies in one of them.
    """
    directories = search_path.split(":")
    if "/" in command:
        directories = [place for place in directories if place == os.path.dirname(command)]
    refused = ""
    for place in directories:
        path = os.path.join(place, os.path.basename(command))
        if os.path.isfile(path):
            if os.access(path, os.X_OK):
                return path
            if os.stat(path).st_mode & 0o111:
                refused = path
    if refused:
        raise Denied(f"{refused}: permission denied{not_root()}")
    raise Absent(f"no command {command}")


def environment(environ: Mapping[str, str], search_path: str) -> dict[str, str]:
    """What commands get to see of the user's environment: where engines and clusters are."""
    kept = {
        name: value for name, value in environ.items() if name in _PASSED_ON or name.startswith("DOCKER_")
    }
    return {**kept, "PATH": search_path, "LC_ALL": "C", "LANG": "C"}


class Command(Record):
    """A command ready to run: the absolute path first, then its arguments."""

    argv: Sequence[str]
    env: Mapping[str, str]
    timeout: float
    """Seconds."""

    def run(self, lifetime: Lifetime) -> Output:
        """Run it and return what it printed; nothing of its process group is left behind.

        Raises Absent, Denied, TimedOut, and Failed where it can't be run or prints too much.
        """
        lifetime.check()
        process = self._start()
        reading = _Reading(process, time.monotonic() + self.timeout)
        finished = False
        try:
            with lifetime.stopping(lambda: _kill_all(process)):
                finished = reading.finish(lifetime)
        finally:
            (_kill_group if finished else _kill_all)(process)
            status = _reap(process)
            reading.close()
        lifetime.check(self.argv[0])
        if not finished:
            raise TimedOut(f"{self.argv[0]}: no answer in {self.timeout:g} s")
        if reading.size > OUTPUT_LIMIT:
            raise Failed(f"{self.argv[0]}: more than {OUTPUT_LIMIT >> 20} MiB of output")
        return Output(reading.text("stdout"), reading.text("stderr"), status)

    def stream(self, lifetime: Lifetime) -> Iterator[bytes]:
        """Run it and yield what it prints on stdout as it comes. Raises as `run` does.

        A command that fails without a word on stdout is Failed.
        """
        lifetime.check()
        process = self._start()
        reading = _Reading(process, time.monotonic() + self.timeout)
        said, status = False, None
        try:
            with lifetime.stopping(lambda: _kill_all(process)):
                for piece in reading.pieces(lifetime):
                    said = True
                    yield piece
        except TimedOut as error:
            raise TimedOut(f"{self.argv[0]}: {error}") from None
        finally:
            _kill_all(process)
            status = _reap(process)
            reading.close()
        lifetime.check(self.argv[0])
        if status and not said:
            problem = reading.text("stderr").strip().partition("\n")[0][:_SAID_CHARACTERS]
            raise Failed(problem or f"{self.argv[0]}: exit status {status}", status)

    def _start(self) -> subprocess.Popen[bytes]:
        import subprocess

        stdin = _empty_input()
        try:
            return subprocess.Popen(
                self.argv,
                cwd="/",
                env=dict(self.env),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            # The file was found: what is missing is the interpreter or loader that it names.
            raise Failed(f"{self.argv[0]}: its interpreter is not there", error.errno) from error
        except PermissionError as error:
            raise Denied(f"{self.argv[0]}: permission denied{not_root()}") from error
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise Failed(f"{self.argv[0]}: {reason}", getattr(error, "errno", None)) from error
        finally:
            os.close(stdin)


def _empty_input() -> int:
    """A descriptor from which nothing can be read, also where there is no /dev."""
    with suppress(OSError):
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    reading, writing = os.pipe()
    os.close(writing)
    return reading


class _Reading:
    """Both output pipes of a process, read as they fill."""

    def __init__(self, process: subprocess.Popen[bytes], until: float) -> None:
        import selectors

        self._process = process
        self._until = until
        self._selector = selectors.DefaultSelector()
        self._chunks: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
        self.size = 0
        for name in self._chunks:
            pipe = getattr(process, name)
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, name)

    def finish(self, lifetime: Lifetime) -> bool:
        """Read until the command has ended, True; False at the deadline.

        Its end is what counts, not that of the pipes: a grandchild may hold them open.
        """
        while not lifetime.over and self.size <= OUTPUT_LIMIT:
            left = max(0.0, self._until - time.monotonic())
            ended = _has_ended(self._process)
            came = self._take_what_comes(0 if ended else min(left, _LOOK_SECONDS))
            if ended and not came:
                return True
            if not ended and left == 0:
                return False
        return True

    def pieces(self, lifetime: Lifetime) -> Iterator[bytes]:
        """What comes on stdout until the command has ended; raises TimedOut at the deadline."""
        while not lifetime.over:
            ended = _has_ended(self._process)
            left = max(0.0, self._until - time.monotonic())
            came = self._take_what_comes(0 if ended else min(left, _LOOK_SECONDS))
            piece = b"".join(self._chunks["stdout"])
            self._chunks["stdout"].clear()
            if piece:
                yield piece
            if ended and not came:
                return
            if left == 0:
                raise TimedOut("not done in time")

    def _take_what_comes(self, seconds: float) -> bool:
        if not self._selector.get_map():
            # It closed its output, as every command does an instant before its end.
            time.sleep(min(seconds, _END_SECONDS))
            return False
        ready = self._selector.select(seconds)
        for key, _ in ready:
            self._take(key)
        return bool(ready)

    def _take(self, key: selectors.SelectorKey) -> None:
        chunk = os.read(key.fd, _CHUNK)
        if not chunk:
            self._selector.unregister(key.fileobj)
        self._chunks[key.data].append(chunk)
        self.size += len(chunk)

    def text(self, name: str) -> str:
        return b"".join(self._chunks[name]).decode("utf-8", "backslashreplace")

    def close(self) -> None:
        self._selector.close()
        for name in self._chunks:
            getattr(self._process, name).close()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the command has exited. It stays unreaped, so that its number remains its own."""
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:  # the program that uses this library ignores SIGCHLD
        return True


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill the command with its descendants, those that left its group included."""
    import psutil

    descendants = []
    with suppress(psutil.Error):
        descendants = psutil.Process(process.pid).children(recursive=True)
    _kill_group(process)
    for descendant in descendants:
        with suppress(psutil.Error):
            descendant.kill()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _reap(process: subprocess.Popen[bytes]) -> int | None:
    """The command's status; None, without waiting on, where the kernel holds it (state D)."""
    import subprocess
    import threading

    try:
        return process.wait(_REAP_SECONDS)
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, name="reaper", daemon=True).start()
        return None
