"""Work in a process of its own: whatever it does, the caller gets an answer or a reason in time.

For code that is not ours. It may raise, hang, print, exit, crash or be killed; what it prints
goes nowhere, and nothing that it started in its process group is left behind.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

ANSWER_LIMIT = 64 << 20
"""Bytes of an answer."""
MEMORY_LIMIT = 4 << 30
"""Bytes of address space."""
_GRACE_SECONDS = 0.2
_SAID = 300
_HEADER = 8


class Ended(Exception):
    """There is no answer. `str()` says why, in words for the report."""


def run(work: Callable[[], T], seconds: float) -> T:
    """What `work` returns (it must be possible to pickle that). Raises Ended."""
    answer: T = Apart(work).answer(time.monotonic() + seconds)
    return answer


class Apart:
    """A process that does one piece of work, begun at once.

    `stop` is called in it when it is to end early.
    """

    def __init__(self, work: Callable[[], object], stop: Callable[[], object] = lambda: None) -> None:
        self._begun = time.monotonic()
        self._pipe, write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _work(write, work, stop)
        os.close(write)
        self._open = True

    def answer(self, deadline: float) -> Any:  # noqa: ANN401 - what the work returns
        """Wait for the answer until `deadline` (of time.monotonic). Raises Ended without one."""
        try:
            content = self._read(deadline)
        finally:
            status = self.end()
        if content is None:
            raise Ended(f"no answer within {deadline - self._begun:.3g} s")
        if not content:
            how = f"signal {-status}" if status < 0 else f"exit status {status}"
            raise Ended(f"it ended without an answer ({how})")
        done, value = _read_answer(content)
        if not done:
            raise Ended(value)
        return value

    def _read(self, deadline: float) -> bytes | None:
        """What the process writes; nothing where it ended first, None where time was up."""
        import select

        content = bytearray()
        wanted = _HEADER
        while len(content) < wanted:
            # What was answered in time counts, though it is looked at late.
            left = deadline + (_GRACE_SECONDS if content else 0) - time.monotonic()
            if not select.select([self._pipe], [], [], max(0, left))[0]:
                return None
            piece = os.read(self._pipe, 1 << 16)
            if not piece:
                return b""
            content += piece
            if wanted == _HEADER <= len(content):
                wanted += int.from_bytes(content[:_HEADER], "big")
                if wanted > ANSWER_LIMIT:
                    raise Ended(f"it answered more than {ANSWER_LIMIT >> 20} MiB")
        return bytes(content[_HEADER:])

    def end(self) -> int:
        """End the process and all in its group, unless they have; its status as of subprocess."""
        if not self._open:
            return 0
        self._open = False
        os.close(self._pipe)
        status = self._reaped(time.monotonic())
        if status is None:
            self._signal(signal.SIGTERM)
            status = self._reaped(time.monotonic() + _GRACE_SECONDS)
        self._signal(signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1]) if status is None else status

    def _reaped(self, deadline: float) -> int | None:
        while True:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.005)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, number)


class _Reader(pickle.Unpickler):
    """Reads answers made of our own classes: nothing else is imported, and no function is called."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - what an answer is made of
        ours = module.partition(".")[0] in ("envcheck", "builtins") and "." not in name
        found = super().find_class(module, name) if ours else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"it holds a {name} of {module}")
        return found


def _read_answer(content: bytes) -> tuple[bool, Any]:
    """Whether there is an answer, and it or why not. Raises Ended for what is none."""
    try:
        done, value = _Reader(io.BytesIO(content)).load()
    except Exception as error:  # others may have written into the pipe
        raise Ended(f"its answer cannot be read: {_said(error)}") from error
    return done, value


def _work(write: int, work: Callable[[], object], stop: Callable[[], object]) -> NoReturn:
    """The life of the process."""
    status = 1
    own = os.getpid()
    try:
        _settle(stop)
        try:
            answer = pickle.dumps((True, work()))
        except BaseException as error:  # noqa: BLE001 - SystemExit too
            answer = pickle.dumps((False, _said(error)))
        if os.getpid() != own:  # a process that the work forked, and that came back here
            os._exit(status)
        content = memoryview(len(answer).to_bytes(_HEADER, "big") + answer)
        while content:
            content = content[os.write(write, content) :]
        status = 0
    finally:
        os._exit(status)


def _settle(stop: Callable[[], object]) -> None:
    import resource

    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)

    def leave(number: int, _frame: object) -> None:
        try:
            stop()
        finally:
            os._exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _said(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - it is not our code
        text = "…"
    return " ".join(f"{type(error).__name__}: {text}".split())[:_SAID]
