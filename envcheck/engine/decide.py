"""Deciding checks: facts and rules in, results out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Optional, Union

from envcheck.engine.collect import Collected, Facts, Question, question
from envcheck.engine.combined import Claimed
from envcheck.engine.waived import Waivers
from envcheck.facts import Known, Unknown, split
from envcheck.results import Result, Text
from envcheck.rulebook.model import Check, Condition, Dependency, RuleSet
from envcheck.rulebook.requirement import Outcome, show
from envcheck.text import Found

UNDECIDED = Text("not known whether it applies: ", "无法确定是否适用：")


class Conditions:
    """Says of conditions whether the facts meet them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.found: dict[str, object] = {}

    def outcome(self, condition: Condition) -> Outcome:
        """Whether the fact is as the condition requires, with what it is."""
        return condition.require.outcome(self._fact(condition.fact))

    def meets(self, condition: Condition) -> bool:
        """Whether the verdict is a pass."""
        return condition.require.meets(self._fact(condition.fact))

    def _fact(self, path: str) -> object:
        try:
            return self.found[path]
        except KeyError:
            found = self.found[path] = self._find(path)
            return found

    def _collected(self, probe: str) -> Collected:
        return self.facts[probe]

    def _find(self, path: str) -> object:
        probe, fields = split(path)
        found: Any = Known(self._collected(probe).facts, "")
        for name in fields:
            value = found.value
            if isinstance(value, Unknown):
                return value
            part = getattr(value, name)
            if isinstance(part, Unknown) or part is None:
                return part
            found = part if isinstance(part, Known) else Known(part, found.source)
        return found.value if isinstance(found.value, Unknown) else found


class Decider(Conditions):
    """Decides the checks of one module, in an order in which each follows what it requires."""

    def __init__(
        self,
        rules: RuleSet,
        asked: Mapping[str, Question],
        facts: Facts,
        waivers: Waivers = MappingProxyType({}),
    ) -> None:
        """`asked` is what the rule set asks each probe, `facts` what they answered."""
        super().__init__(facts)
        self.rules = rules
        self.asked = asked
        self.waivers = waivers
        self.checks = {check.id: check for check in rules.checks}
        self.decided: dict[str, tuple[Result, bool]] = {}
        self.blocked: dict[str, str] = {}

    def _collected(self, probe: str) -> Collected:
        return self.facts[self.asked[probe] if probe in self.asked else question(probe, self.rules)]

    def results(self) -> list[tuple[Result, bool]]:
        """Each result in the rule set's order, with whether root might have decided it."""
        for check in self.rules.checks:
            self._decide(check)
        return [self.decided[check.id] for check in self.rules.checks]

    def claims(self) -> Iterator[Claimed]:
        """What the decided checks claim of the host for this module."""
        for check in self.rules.checks:
            if check.claim is not None and not check.unset:
                place = self._fact(check.claim.space) if check.claim.space else None
                yield Claimed(check.claim, self.decided[check.id][0], place)

    def _decide(self, check: Check) -> Result:
        if check.id not in self.decided:
            blocker = self._blocker(check)
            if blocker is not None:
                self.blocked[check.id] = blocker
                reason = Text(f"blocked by {blocker}", f"被 {blocker} 阻塞")
                self.decided[check.id] = (_result(self.rules, check, "skipped", reason=reason), False)
            else:
                result, denied = self._judge(check)
                self.decided[check.id] = self._waived(result), denied
        return self.decided[check.id][0]

    def _waived(self, result: Result) -> Result:
        waiver = self.waivers.get((result.module, result.id)) if self.waivers and result.missed else None
        return result if waiver is None else result._replace(waived=waiver)

    def _blocker(self, check: Check) -> Optional[str]:
        """The check at the root of why this one is not decided, if there is one."""
        for dependency in check.requires:
            required = self._decide(self.checks[dependency.check])
            if required.id in self.blocked:
                return self.blocked[required.id]
            if required.counts and not self._spares(dependency):
                return required.id
        return None

    def _spares(self, dependency: Dependency) -> bool:
        return dependency.unless is not None and self.meets(dependency.unless)

    def _judge(self, check: Check) -> tuple[Result, bool]:
        if check.unset:
            return _result(self.rules, check, "skipped", reason=_not_set(check.unset)), False
        for condition in check.when:
            outcome = self.outcome(condition)
            if outcome.verdict == "fail":
                return self._not_applicable(check, condition, outcome), False
            if outcome.verdict == "unknown":
                undecided = Found.of(UNDECIDED, outcome.reason)
                return _result(self.rules, check, "unknown", reason=undecided), outcome.denied
        outcome = self.outcome(check.condition)
        verdict = outcome.verdict
        result = _result(
            self.rules,
            check,
            verdict,
            actual=self._actual(check, outcome),
            reason=Found.of(outcome.reason) if verdict == "unknown" else None,
            source=self._source(check.condition.fact),
            hints=tuple(dict.fromkeys(self._hints(check, outcome))) if verdict != "pass" else (),
            seconds=self._collected(split(check.condition.fact)[0]).seconds,
        )
        return result, outcome.denied and verdict == "unknown"

    def _not_applicable(self, check: Check, condition: Condition, outcome: Outcome) -> Result:
        said = condition.require.text()
        reason = Found.of(
            Text(f"not applicable here: {condition.fact} is ", f"不适用：{condition.fact} 为 "),
            outcome.actual,
            Text(f", not {said.en}", f"，而非 {said.zh}"),
        )
        return _result(self.rules, check, "skipped", reason=reason)

    def _source(self, path: str) -> Optional[str]:
        """Where the fact came from; of a whole probe, where each of its facts did."""
        fact = self._fact(path)
        if not isinstance(fact, Known):
            return None
        if fact.source:
            return fact.source
        parts = [part.source for part in fact.value if isinstance(part, Known) and part.source]
        return ", ".join(dict.fromkeys(parts)) or None

    def _actual(self, check: Check, outcome: Outcome) -> Optional[Text]:
        if not outcome.actual:
            return None
        pieces: list[Union[str, Text]] = [outcome.actual]
        for shown in check.show:
            fact = self._fact(shown.fact)
            if isinstance(fact, Known):
                pieces += [_label(shown.label), show(fact.value)]
        return Found.of(*pieces)

    def _hints(self, check: Check, outcome: Outcome) -> Iterator[str]:
        fact = self._fact(check.condition.fact)
        for hint in check.hints:
            if hint.when is not None:
                applies = self.meets(hint.when)
            elif hint.when_unknown:  # no answer at all: one that lacks a part is another problem
                why = "denied" if isinstance(fact, Unknown) and fact.denied else "unknown"
                applies = isinstance(fact, Unknown) and fact.recorded and why == hint.when_unknown
            else:  # what is not known betrays no problem
                applies = outcome.verdict == "fail"
            if applies:
                yield hint.problem


def _label(label: Text) -> Text:
    return Text(f"; {label.en} ", f"；{label.zh}" if label.zh.endswith("：") else f"；{label.zh} ")


def _not_set(names: Sequence[str]) -> Text:
    options = " ".join(f"--set {name}=…" for name in names)
    return Text(f"not set: {options}", f"未设置：{options}")


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
    return Result(  # in the order of its fields: to sort a dozen arguments by name takes twice the time
        rules.module,
        check.id,
        check.level,
        status,
        check.title,
        check.requirement,
        actual,
        reason,
        source,
        hints,
        None,  # not waived so far
        round(seconds, 4),
    )
