"""From rule sets and a host to a report: which facts are needed, collecting them, deciding.

Probes of a live host run side by side, each in a thread of its own, under the deadline
of the whole run; whatever has not answered by then is unknown, and the rest is intact.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Optional

from envcheck import probes
from envcheck.facts import Known, Unknown
from envcheck.host.base import Host, Unreadable
from envcheck.results import Report, Result, Text
from envcheck.rulebook.model import Check, Condition, Dependency, Note, RuleSet
from envcheck.rulebook.requirement import Outcome, show

log = logging.getLogger(__name__)

Progress = Callable[[str, bool], None]
GRACE_SECONDS = 0.25
"""After the deadline, what the probes get to hand in once their commands are killed."""


def run(
    host: Host, rule_sets: Sequence[RuleSet], *, timeout: float, progress: Optional[Progress] = None
) -> Report:
    """Check a host by rule sets that were read and checked before.

    `timeout` is in seconds and for the whole run. `progress` is told, from the threads of
    the probes, the name of each probe as it begins (False) and ends (True). Nothing that a
    probe does raises here.
    """
    started = datetime.now(timezone.utc).astimezone()
    begin = time.monotonic()
    needed = _needed_probes(rule_sets)
    collect = _collect_live if host.live else _collect_recorded
    facts = collect(host, needed, timeout, progress or _silent)
    log.info("facts: %s", facts)
    outcomes = [outcome for rules in rule_sets for outcome in _Decider(rules, facts).results()]
    results = tuple(result for result, _ in outcomes)
    denied = [result.id for result, was_denied in outcomes if was_denied]
    return Report(
        modules=tuple(rules.module for rules in rule_sets),
        host=host.name,
        started=started.isoformat(timespec="seconds"),
        duration_s=round(time.monotonic() - begin, 4),
        results=results,
        notes=(*_not_root(host, denied), *_notes(rule_sets)),
        distribution=_distribution(facts),
    )


# -- facts ------------------------------------------------------------------------------

Facts = Mapping[str, "Collected"]


class Collected:
    """What became of one probe: its facts, or why there are none, and how long it took."""

    def __init__(self, facts: Any, seconds: float) -> None:  # noqa: ANN401 - any probe's facts
        self.facts = facts
        self.seconds = seconds

    def __repr__(self) -> str:
        return f"{self.facts!r} ({self.seconds:.3f} s)"


def _needed_probes(rule_sets: Sequence[RuleSet]) -> tuple[str, ...]:
    """The probes behind every fact that the rules name; the distribution is needed for hints."""
    needed = {"os_release": None}
    for rules in rule_sets:
        for check in rules.checks:
            needed.update(dict.fromkeys(path.partition(".")[0] for path in _paths(check)))
    return tuple(needed)


def _paths(check: Check) -> Iterator[str]:
    yield check.condition.fact
    for condition in check.when:
        yield condition.fact
    for shown in check.show:
        yield shown.fact


def _probe(host: Host, name: str, progress: Progress) -> Collected:
    begin = time.monotonic()
    progress(name, False)
    facts: object
    try:
        facts = probes.collector(name)(host)
    except Exception as error:  # a broken probe costs its own facts, nothing else (law 2)
        log.exception("probe %s failed", name)
        facts = Unknown(f"probe {name} failed: {type(error).__name__}: {error}")
    progress(name, True)
    return Collected(facts, time.monotonic() - begin)


def _collect_recorded(host: Host, names: Iterable[str], timeout: float, progress: Progress) -> Facts:
    deadline = time.monotonic() + timeout
    facts: dict[str, Collected] = {}
    for name in names:
        if time.monotonic() > deadline:
            facts[name] = Collected(Unknown(f"not asked within {timeout:g} s"), 0.0)
        else:
            facts[name] = _probe(host, name, progress)
    return facts


def _collect_live(host: Host, names: Sequence[str], timeout: float, progress: Progress) -> Facts:
    facts: dict[str, Collected] = {}
    changed = threading.Condition()

    def work(name: str) -> None:
        collected = _probe(host, name, progress)
        with changed:
            facts[name] = collected
            changed.notify()

    for name in names:
        threading.Thread(target=work, args=(name,), name=f"probe-{name}", daemon=True).start()
    with changed:
        changed.wait_for(lambda: len(facts) == len(names), timeout)
        if len(facts) < len(names):
            host.close()
            changed.wait_for(lambda: len(facts) == len(names), GRACE_SECONDS)
        late = Collected(Unknown(f"no answer within {timeout:g} s"), timeout)
        return {name: facts.get(name, late) for name in names}


def _silent(_name: str, _done: bool) -> None:
    """Nobody watches."""


# -- verdicts ---------------------------------------------------------------------------


class _Decider:
    """Decides the checks of one module, in an order in which each follows what it requires."""

    def __init__(self, rules: RuleSet, facts: Facts) -> None:
        self.rules = rules
        self.facts = facts
        self.checks = {check.id: check for check in rules.checks}
        self.decided: dict[str, tuple[Result, bool]] = {}
        self.blocked: dict[str, str] = {}

    def results(self) -> list[tuple[Result, bool]]:
        """Each result in the rule set's order, with whether root might have decided it."""
        for check in self.rules.checks:
            self.decide(check)
        return [self.decided[check.id] for check in self.rules.checks]

    def decide(self, check: Check) -> Result:
        if check.id not in self.decided:
            blocker = self.blocker(check)
            if blocker is not None:
                self.blocked[check.id] = blocker
                reason = Text(f"blocked by {blocker}", f"被 {blocker} 阻塞")
                self.decided[check.id] = (_result(self.rules, check, "skipped", reason=reason), False)
            else:
                self.decided[check.id] = self.judge(check)
        return self.decided[check.id][0]

    def blocker(self, check: Check) -> Optional[str]:
        """The check at the root of why this one is not decided, if there is one."""
        for dependency in check.requires:
            required = self.decide(self.checks[dependency.check])
            if required.id in self.blocked:
                return self.blocked[required.id]
            if required.counts and not self.spares(dependency):
                return required.id
        return None

    def spares(self, dependency: Dependency) -> bool:
        return dependency.unless is not None and self.outcome(dependency.unless).verdict == "pass"

    def judge(self, check: Check) -> tuple[Result, bool]:
        for condition in check.when:
            outcome = self.outcome(condition)
            if outcome.verdict == "fail":
                return self.not_applicable(check, condition, outcome), False
            if outcome.verdict == "unknown":
                undecided = Text(
                    f"not known whether it applies: {outcome.reason}", f"无法确定是否适用：{outcome.reason}"
                )
                return _result(self.rules, check, "unknown", reason=undecided), outcome.denied
        outcome = self.outcome(check.condition)
        reason = Text.same(outcome.reason) if outcome.verdict == "unknown" else None
        return (
            _result(
                self.rules,
                check,
                outcome.verdict,
                actual=self.actual(check, outcome),
                reason=reason,
                source=self.source(check.condition.fact),
                hints=tuple(dict.fromkeys(self.hints(check, outcome))),
                seconds=self.facts[check.condition.fact.partition(".")[0]].seconds,
            ),
            outcome.denied and outcome.verdict == "unknown",
        )

    def not_applicable(self, check: Check, condition: Condition, outcome: Outcome) -> Result:
        said = condition.require.text()
        reason = Text(
            f"not applicable here: {outcome.actual} (applies to: {said.en})",
            f"不适用：{outcome.actual}（适用于：{said.zh}）",
        )
        return _result(self.rules, check, "skipped", reason=reason)

    def outcome(self, condition: Condition) -> Outcome:
        return condition.require.outcome(self.fact(condition.fact))

    def fact(self, path: str) -> object:
        probe, *fields = path.split(".")
        found: Any = Known(self.facts[probe].facts, "")
        for name in fields:
            value = found.value
            if isinstance(value, Unknown):
                return value
            part = getattr(value, name)
            if isinstance(part, Unknown) or part is None:
                return part
            found = part if isinstance(part, Known) else Known(part, found.source)
        return found.value if isinstance(found.value, Unknown) else found

    def source(self, path: str) -> Optional[str]:
        """Where the fact came from; of a whole probe, where each of its facts did."""
        fact = self.fact(path)
        if not isinstance(fact, Known):
            return None
        if fact.source:
            return fact.source
        parts = [v.source for v in vars(fact.value).values() if isinstance(v, Known) and v.source]
        return ", ".join(dict.fromkeys(parts)) or None

    def actual(self, check: Check, outcome: Outcome) -> Optional[Text]:
        if not outcome.actual:
            return None
        actual = Text.same(outcome.actual)
        for shown in check.show:
            fact = self.fact(shown.fact)
            if isinstance(fact, Known):
                value = show(fact.value)
                actual = Text(
                    f"{actual.en}; {shown.label.en} {value}", f"{actual.zh}；{shown.label.zh} {value}"
                )
        return actual

    def hints(self, check: Check, outcome: Outcome) -> Iterator[str]:
        for hint in check.hints if outcome.verdict != "pass" else ():
            if hint.when_unknown:
                applies = outcome.verdict == "unknown"
            else:
                applies = hint.when is None or self.outcome(hint.when).verdict == "pass"
            if applies:
                yield hint.problem


def _result(
    rules: RuleSet,
    check: Check,
    status: Any,  # noqa: ANN401 - a Status; the callers' literals and verdicts are checked there
    *,
    actual: Optional[Text] = None,
    reason: Optional[Text] = None,
    source: Optional[str] = None,
    hints: tuple[str, ...] = (),
    seconds: float = 0.0,
) -> Result:
    return Result(
        module=rules.module,
        id=check.id,
        level=check.level,
        status=status,
        title=check.title,
        requirement=check.requirement,
        actual=actual,
        reason=reason,
        source=source,
        hints=hints,
        waived=None,
        duration_s=round(seconds, 4),
    )


# -- notes ------------------------------------------------------------------------------


def _not_root(host: Host, denied: Sequence[str]) -> Iterator[Text]:
    try:
        root = host.is_root()
    except Unreadable:
        return
    if not root:
        names = ", ".join(dict.fromkeys(denied))
        yield Text(
            "not run as root" + (f": could not decide {names}" if names else ""),
            "未以 root 运行" + (f"：无法判定 {names}" if names else ""),
        )


def _notes(rule_sets: Sequence[RuleSet]) -> Iterator[Text]:
    modules = {rules.module for rules in rule_sets}
    notes: list[Note] = [note for rules in rule_sets for note in rules.notes]
    return (note.text for note in notes if modules.isdisjoint(note.unless))


def _distribution(facts: Facts) -> Optional[str]:
    release = getattr(facts["os_release"].facts, "release", None)
    return release.value.distribution if isinstance(release, Known) else None
