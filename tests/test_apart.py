"""Work in a process of its own: there is an answer, or words for why not."""

from __future__ import annotations

import os
import sys
import time
from functools import partial

import pytest

from envcheck.apart import Apart, Ended, run


def _fork_and_answer() -> str:
    os.fork()
    return "x" * (1 << 20)


def _open_files() -> set[int]:
    return set(map(int, os.listdir("/proc/self/fd")))


def _write_nonsense(others: set[int]) -> None:
    for descriptor in _open_files() - others - {0, 1, 2}:
        try:
            os.write(descriptor, (5).to_bytes(8, "big") + b"hello")
        except OSError:
            continue


def test_a_process_that_was_forked_meanwhile_does_not_answer_too() -> None:
    for _ in range(5):
        assert run(_fork_and_answer, 10) == "x" * (1 << 20)


def test_what_others_write_is_no_answer() -> None:
    with pytest.raises(Ended, match="its answer cannot be read: UnpicklingError"):
        run(partial(_write_nonsense, _open_files()), 10)


def _its_own_class() -> object:
    import sched

    return sched.scheduler


def test_nothing_is_imported_to_read_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sched", raising=False)
    with pytest.raises(Ended, match="it holds a scheduler of sched"):
        run(_its_own_class, 10)
    assert "sched" not in sys.modules


def test_an_answer_in_time_counts_though_it_is_looked_at_late() -> None:
    work = Apart(lambda: "x" * (1 << 20))
    deadline = time.monotonic() + 0.2
    time.sleep(0.3)
    assert work.answer(deadline) == "x" * (1 << 20)


def test_a_late_answer_is_none() -> None:
    with pytest.raises(Ended, match=r"no answer within 0\.\d+ s"):
        run(lambda: time.sleep(9), 0.1)
