"""Collecting facts: a probe that hangs or raises costs its own facts and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from envcheck import engine, probes
from envcheck.host.base import Host
from envcheck.host.tree import TreeHost
from envcheck.results import Result
from envcheck.rulebook import Rulebook

RULES = """
module: two
title: {en: Two, zh: 二}
description: {en: Two checks, zh: 两项检查}
checks:
  - {id: kernel, title: {en: K, zh: 核}, fact: kernel.version, require: ">= 3.10"}
  - {id: glibc, title: {en: G, zh: 库}, fact: libc.glibc, require: ">= 2.14"}
"""


class LiveTree(TreeHost):
    """A tree that is asked as a live host is: side by side and under a deadline."""

    live = True
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def host(tmp_path: Path) -> LiveTree:
    (tmp_path / "proc/sys/kernel").mkdir(parents=True)
    (tmp_path / "proc/sys/kernel/osrelease").write_text("3.10.0-957.el7.x86_64\n")
    return LiveTree(tmp_path)


def check(host: Host, tmp_path: Path, timeout: float = 5.0) -> dict[str, Result]:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "two.yaml").write_text(RULES, encoding="utf-8")
    report = engine.run(host, [Rulebook([str(rules)]).rule_set("two")], timeout=timeout)
    return {result.id: result for result in report.results}


def replace_probe(monkeypatch: pytest.MonkeyPatch, name: str, behaviour: Callable[[Host], Any]) -> None:
    probes.facts_class(name)  # the rules are read by the real probe's types
    real = probes.collector
    monkeypatch.setattr(probes, "collector", lambda asked: behaviour if asked == name else real(asked))


def test_a_probe_that_raises_is_unknown_and_the_rest_is_intact(
    host: LiveTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_host: Host) -> object:
        raise ZeroDivisionError("oops")

    replace_probe(monkeypatch, "libc", broken)
    results = check(host, tmp_path)
    assert results["kernel"].status == "pass"
    assert results["glibc"].status == "unknown"
    assert results["glibc"].reason is not None
    assert results["glibc"].reason.en == "probe libc failed: ZeroDivisionError: oops"
    assert "Traceback" in caplog.text


def test_a_probe_that_hangs_costs_the_deadline_and_the_rest_is_intact(
    host: LiveTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def hanging(_host: Host) -> object:
        release.wait(30)
        return None

    replace_probe(monkeypatch, "libc", hanging)
    begin = time.monotonic()
    results = check(host, tmp_path, timeout=0.5)
    assert time.monotonic() - begin < 1.5
    release.set()
    assert results["kernel"].status == "pass"
    assert results["glibc"].status == "unknown"
    assert results["glibc"].reason is not None
    assert results["glibc"].reason.en == "no answer within 0.5 s"
    assert host.closed


def test_two_questions_at_once_are_asked_once(host: LiveTree) -> None:
    asked: list[str] = []
    gate = threading.Event()

    def slow() -> str:
        asked.append("x")
        gate.wait(5)
        return "answer"

    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(host._ask(("q",), slow))) for _ in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert asked == ["x"]
    assert answers == ["answer"] * 8
