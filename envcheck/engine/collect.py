"""Collecting facts: every probe that the rules need, side by side, under one deadline."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Optional, Union

from envcheck import probes
from envcheck.facts import Unknown, split, subject
from envcheck.host.base import Host
from envcheck.host.turns import Turns
from envcheck.record import Record
from envcheck.rulebook.model import Check, RuleSet

log = logging.getLogger(__name__)

Progress = Callable[[str, bool], None]
PATIENCE_SECONDS = 0.02
"""How long no probe may finish before another thread helps with those that wait."""
GRACE_SECONDS = 0.25
"""After the deadline, what the probes get to hand in once their commands are killed."""


class Collected:
    """What became of one probe: its facts, or why there are none, and how long it took."""

    def __init__(self, facts: Any, seconds: float) -> None:  # noqa: ANN401 - any probe's facts
        self.facts = facts
        self.seconds = seconds

    def __repr__(self) -> str:
        return f"{self.facts!r} ({self.seconds:.3f} s)"


class Asked(Record):
    """A probe and what it is asked with, from the parameters that are set."""

    probe: str
    settings: Any


Question = Union[str, Asked]
"""A probe's name, or with its settings where it takes some: two modules may set them differently."""
Facts = Mapping[Question, Collected]


def question(probe: str, rules: RuleSet) -> Question:
    """What a rule set asks this probe, which may be named with what it is asked about."""
    name, about = subject(probe)
    settings = probes.settings(name, rules.settings, about)
    return name if settings is None else Asked(name, settings)


def questions(rules: RuleSet) -> Mapping[str, Question]:
    """What a rule set asks each probe that it names, by the probe with what it is asked about."""
    paths: dict[str, None] = {}
    for check in rules.checks:
        paths.update(dict.fromkeys(_paths(check)))
    return {probe: question(probe, rules) for probe in dict.fromkeys(split(path)[0] for path in paths)}


def collect(host: Host, asked: Sequence[Mapping[str, Question]], timeout: float, progress: Progress) -> Facts:
    """What each probe found that rule sets name, by what it was asked. Never raises for what a probe does.

    `asked` is what each rule set asks. `timeout` is in seconds for all probes together. `progress` is
    told, from the probes' threads, the name of each probe as it begins (False) and ends (True).
    """
    needed: dict[Question, None] = {"os_release": None}  # the distribution is needed for hints
    for each in asked:
        needed.update(dict.fromkeys(each.values()))
    return ask(host, tuple(needed), timeout, progress)


def ask(host: Host, questions: Sequence[Question], timeout: float, progress: Progress) -> Facts:
    """What each of these probes found, as `collect` does it."""
    collect_from = _collect_live if host.live and not host.replayed else _collect_recorded
    outside = [each for each in questions if probes.is_outside(_name(each))]
    if not outside:
        return collect_from(host, questions, timeout, progress)
    from envcheck.engine.outside import Asking, limit

    deadline = time.monotonic() + limit(timeout)
    # Begun before there are threads, which a fork would leave behind in the middle of something.
    asking = {each: Asking(host, *_parts(each)) for each in outside}
    begin = time.monotonic()
    try:
        for each in outside:
            progress(_name(each), False)
        own = [each for each in questions if each not in asking]
        facts = dict(collect_from(host, own, timeout, progress))
        for each, probe in asking.items():
            facts[each] = Collected(probe.facts(deadline), time.monotonic() - begin)
            progress(_name(each), True)
    finally:
        for probe in asking.values():
            probe.end()
    return facts


def collect_probes(
    host: Host, names: Sequence[str], timeout: float, progress: Optional[Progress] = None
) -> Facts:
    """What these probes found, whatever rules there are. As `collect`."""
    return ask(host, names, timeout, progress or (lambda _name, _done: None))


def _paths(check: Check) -> Iterable[str]:
    """Every fact that it names."""
    if check.unset:
        return ()
    paths = [check.condition.fact]
    paths += [condition.fact for condition in check.when]
    paths += [shown.fact for shown in check.show]
    if check.claim is not None and check.claim.space:
        paths.append(check.claim.space)
    return paths


def _name(asked: Question) -> str:
    return _parts(asked)[0]


def _parts(asked: Question) -> tuple[str, Any]:
    """The probe and its settings, None where it takes none."""
    return (asked, None) if isinstance(asked, str) else (asked.probe, asked.settings)


def _probe(host: Host, asked: Question, progress: Progress) -> Collected:
    begin = time.monotonic()
    name = _name(asked)
    progress(name, False)
    facts: object
    try:
        collect = probes.collector(name)
        facts = collect(host) if isinstance(asked, str) else collect(host, asked.settings)
    except Exception as error:  # a broken probe costs its own facts, nothing else (law 2)
        log.exception("probe %s failed", name)
        facts = Unknown(f"probe {name} failed: {type(error).__name__}: {error}")
    progress(name, True)
    return Collected(facts, time.monotonic() - begin)


def _collect_recorded(host: Host, questions: Iterable[Question], timeout: float, progress: Progress) -> Facts:
    deadline = time.monotonic() + timeout
    facts: dict[Question, Collected] = {}
    for asked in questions:
        if time.monotonic() > deadline:
            facts[asked] = Collected(Unknown(f"not asked within {timeout:g} s"), 0.0)
        else:
            facts[asked] = _probe(host, asked, progress)
    return facts


def _collect_live(host: Host, questions: Sequence[Question], timeout: float, progress: Progress) -> Facts:
    crew = _Crew(host, sorted(questions, key=_waits, reverse=True), progress)
    crew.work_until(time.monotonic() + timeout)
    if not crew.done():
        host.close()
        crew.work_until(time.monotonic() + GRACE_SECONDS)
        crew.let_go()
    late = Collected(Unknown(f"no answer within {timeout:g} s"), timeout)
    return {asked: crew.facts.get(asked, late) for asked in questions}


def _waits(asked: Question) -> bool:
    return probes.waits(_name(asked))


class _Crew:
    """Threads that work off the probes, those first that are known to wait.

    Each of these has a thread of its own, so that what the others compute is done while it
    waits; the least idle time of 14 runs fell from 17 ms to 3 by that. The others share one.
    They take turns, since threads that queue for the interpreter slow one another down. Whenever
    nothing has been finished for a moment, another thread joins and one more may work at once: any
    probe may come to wait unawares, for a dead mount if for nothing else.
    """

    def __init__(self, host: Host, questions: Sequence[Question], progress: Progress) -> None:
        self.facts: dict[Question, Collected] = {}
        self._host = host
        self._wanted = len(questions)
        self._waiting = deque(questions)
        self._progress = progress
        self._changed = threading.Condition()
        self._turns = host.turns = Turns()
        self._threads, self._at_once = 0, 1
        for _ in range(sum(map(_waits, questions)) + 1):
            self._join()

    def done(self) -> bool:
        return len(self.facts) == self._wanted

    def work_until(self, deadline: float) -> None:
        """Wait for the probes, joined by more threads as needed; returns at the deadline at the latest."""
        with self._changed:
            while not self.done():
                left = deadline - time.monotonic()
                if left <= 0:
                    return
                finished = len(self.facts)
                hindered = bool(self._waiting) or self._at_once < self._threads
                self._changed.wait(min(left, PATIENCE_SECONDS) if hindered else left)
                if len(self.facts) == finished and hindered:
                    self._join()
                    self._let_one_more_work()

    def let_go(self) -> None:
        """Hinder no thread any more, so that those that are late come to their end."""
        while self._at_once < self._threads:
            self._let_one_more_work()

    def _let_one_more_work(self) -> None:
        self._at_once += 1
        self._turns.one_more()

    def _join(self) -> None:
        if self._waiting:
            name = f"probe-{_name(self._waiting[0])}"
            self._threads += 1
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while True:
            try:
                asked = self._waiting.popleft()
            except IndexError:
                return
            with self._turns.turn():
                collected = _probe(self._host, asked, self._progress)
            with self._changed:
                self.facts[asked] = collected
                self._changed.notify()
