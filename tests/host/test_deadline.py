from __future__ import annotations

import threading
import time

import pytest

from envcheck.host.base import TimedOut
from envcheck.host.deadline import Lifetime


def test_answer_in_time_is_returned() -> None:
    assert Lifetime().bounded("sum", lambda: 1 + 1, 5) == 2


def test_error_of_the_call_is_raised_to_the_asker() -> None:
    def call() -> None:
        raise FileNotFoundError("x")

    with pytest.raises(FileNotFoundError):
        Lifetime().bounded("x", call, 5)


def test_call_that_never_returns_costs_its_deadline_only() -> None:
    forever = threading.Event()
    started = time.monotonic()
    with pytest.raises(TimedOut, match=r"/mnt/dead: no answer in 0\.1 s"):
        Lifetime().bounded("/mnt/dead", forever.wait, 0.1)
    assert time.monotonic() - started < 1
    forever.set()


def test_close_ends_the_wait_of_another_thread() -> None:
    lifetime = Lifetime()
    forever = threading.Event()
    threading.Timer(0.1, lifetime.close).start()
    started = time.monotonic()
    with pytest.raises(TimedOut, match="the run ended"):
        lifetime.bounded("x", forever.wait, 30)
    assert time.monotonic() - started < 5
    forever.set()


def test_nothing_begins_after_close() -> None:
    lifetime = Lifetime()
    lifetime.close()
    lifetime.close()
    with pytest.raises(TimedOut, match="the run ended"):
        lifetime.bounded("x", lambda: 1, 5)


def test_what_has_ended_is_not_stopped() -> None:
    lifetime = Lifetime()
    stopped: list[str] = []
    with lifetime.stopping(lambda: stopped.append("early")):
        pass
    with lifetime.stopping(lambda: stopped.append("running")):
        lifetime.close()
    assert stopped == ["running"]
