"""Waiting no longer than a deadline, and stopping everything when the run is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from envcheck.host.base import TimedOut

T = TypeVar("T")

_OVER = "no answer before the run ended"


class Lifetime:
    """What is under way for a host, and how each part of it is stopped. Safe from several threads."""

    def __init__(self, aside: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        """`aside()` is entered around what is waited for."""
        self._aside = aside
        self._lock = threading.Lock()
        self._stops: dict[object, Callable[[], None]] = {}
        self._over = threading.Event()

    @property
    def over(self) -> bool:
        """Whether `close` was called."""
        return self._over.is_set()

    def check(self, what: str = "") -> None:
        """Raise TimedOut once the run is over: `what` was not answered in time."""
        if self.over:
            raise TimedOut(f"{what}: {_OVER}" if what else _OVER)

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Inside this block `close` calls `stop`, which must return at once and not raise.

        After the block `stop` is called no more. Raises TimedOut where the run is over already.
        """
        key = object()
        with self._lock:
            self.check()
            self._stops[key] = stop
        try:
            with self._aside():
                yield
        finally:
            with self._lock:
                del self._stops[key]

    def close(self) -> None:
        """End the run: stop what is under way. May be called twice."""
        # Under the lock, so that nothing is stopped after its block ended: a process that
        # was reaped meanwhile may have passed its number on to a stranger.
        with self._lock:
            self._over.set()
            for stop in self._stops.values():
                stop()

    def bounded(self, what: str, call: Callable[[], T], seconds: float) -> T:
        """Return `call()`, made in a thread of its own that is abandoned at the deadline.

        For calls that can't be given a deadline: a system call on a dead mount, a driver's
        library. Raises what `call` raises, and TimedOut, also when the run is over.
        """
        done = threading.Event()
        results: list[T] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                results.append(call())
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                errors.append(error)
            finally:
                done.set()

        with self.stopping(done.set):
            threading.Thread(target=work, name=what, daemon=True).start()
            answered = done.wait(seconds)
        if errors:
            raise errors[0]
        if results:
            return results[0]
        if answered:
            self.check(what)
        raise TimedOut(f"{what}: no answer in {seconds:g} s")
