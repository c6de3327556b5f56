"""One thread works at a time; whoever waits lets another work."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from envcheck.host.turns import Turns


def most_at_once(turns: Turns, threads: int, aside: bool = False) -> int:
    """How many were seen at work, or aside, at the same time."""
    lock = threading.Lock()
    inside = most = 0

    def count() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.05)
        with lock:
            inside -= 1

    def work(_: int) -> None:
        with turns.turn():
            if not aside:
                count()
            else:
                with turns.aside():
                    count()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return most


def test_one_works_at_a_time() -> None:
    assert most_at_once(Turns(), 4) == 1


def test_all_may_wait_at_once() -> None:
    assert most_at_once(Turns(), 4, aside=True) == 4


def test_one_more() -> None:
    turns = Turns()
    turns.one_more()
    assert most_at_once(turns, 4) == 2


def test_who_has_no_turn_gives_none_away() -> None:
    turns = Turns()
    with turns.aside():
        pass
    assert most_at_once(turns, 4) == 1


def test_the_turn_is_given_back_where_the_work_fails() -> None:
    turns = Turns()
    for _ in range(2):
        with suppress(KeyError), turns.turn(), turns.aside():
            raise KeyError
    assert most_at_once(turns, 4) == 1
