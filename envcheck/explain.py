"""What there is to say about a check or a known problem, gathered from the rules and the probes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Union

from envcheck.engine.combined import SAID, SOURCE
from envcheck.errors import RequestError
from envcheck.facts import split
from envcheck.problems import Problem, Problems
from envcheck.problems.signature import Signature
from envcheck.record import Record
from envcheck.rulebook import Rulebook
from envcheck.rulebook.dictionary import Described, described
from envcheck.rulebook.model import SPACE, TOGETHER, Check, Claim, HintRule, ModuleInfo
from envcheck.rulebook.requirement import Fields, OneOf, Requirement
from envcheck.rulebook.source import nearest
from envcheck.text import Text

WHERE_UNKNOWN = Text("nothing is known", "无法获知")
WHERE_DENIED = Text("the user may not see it", "当前用户无权查看")


class InModule(Record):
    """A check as one module wants it."""

    module: str
    check: Check


class ProblemTopic(Record):
    """A known problem, what betrays it in a log, and the checks (`TOGETHER.CHECK`) that point to it."""

    problem: Problem
    signatures: tuple[Signature, ...]
    checks: tuple[str, ...]


class Meant(Record):
    """A problem that a miss may mean; `when` says of what actual values, nothing if of any."""

    topic: ProblemTopic
    when: tuple[Text, ...]


class CheckTopic(Record):
    """A check: what each module wants of it, how it is probed, what a miss of it may mean."""

    id: str
    wanted: tuple[InModule, ...]
    probed: tuple[Described, ...]
    problems: tuple[Meant, ...]


class ClaimedBy(Record):
    """A check (`TOGETHER.CHECK`) and what it claims for its module."""

    check: str
    what: Text


class CombinedTopic(Record):
    """A result of several modules together: what is wanted, and the checks that claim something."""

    id: str
    title: Text
    requirement: Text
    claims: tuple[ClaimedBy, ...]
    source: str


Topic = Union[CheckTopic, ProblemTopic, CombinedTopic]


class Knowledge:
    """Every check of every module and every known problem. Raises RequestError for what is wrong in them."""

    def __init__(self, rulebook: Rulebook, problems: Problems) -> None:
        self.problems = problems
        self.modules: tuple[ModuleInfo, ...] = rulebook.modules()
        self.checks: dict[str, dict[str, Check]] = {
            module.name: {check.id: check for check in rulebook.rule_set(module.name, problems).checks}
            for module in self.modules
        }

    def topics(self, word: str) -> list[Topic]:
        """What a word stands for: TOGETHER.CHECK, a check of any module, a problem; both where both are.

        What several modules want together is known by its name, with `*.` before it or not.

        Raises RequestError with the nearest name for any other word.
        """
        module, dot, name = word.partition(".")
        if (name if module == TOGETHER and dot else word) in SAID:
            return [self._combined(name or word)]
        if dot:
            return [self._check(name, (self._in_one_module(module, name),))]
        found: list[Topic] = []
        wanted = tuple(InModule(each, checks[word]) for each, checks in self.checks.items() if word in checks)
        if wanted:
            found.append(self._check(word, wanted))
        if word in self.problems:
            found.append(self._problem(word))
        if not found:
            ids = {name for checks in self.checks.values() for name in checks}
            raise RequestError(
                f"unknown check or problem {word!r}{nearest(word, {*ids, *self.problems, *SAID})}; "
                "`envcheck explain` lists them all"
            )
        return found

    def _combined(self, name: str) -> CombinedTopic:
        said = SAID[name]
        claims = (
            ClaimedBy(f"{module}.{check.id}", _claimed(check.claim))
            for module, checks in self.checks.items()
            for check in checks.values()
            if check.claim is not None and check.level == "required"
            if bool(check.claim.space) == (name == SPACE)
        )
        return CombinedTopic(name, *said, tuple(claims), SOURCE)

    def _in_one_module(self, module: str, name: str) -> InModule:
        if module == TOGETHER:
            raise RequestError(f"module {module!r} has no check {name!r}{nearest(name, SAID)}")
        if module not in self.checks:
            raise RequestError(f"unknown module {module!r}{nearest(module, self.checks)}")
        checks = self.checks[module]
        if name not in checks:
            raise RequestError(f"module {module!r} has no check {name!r}{nearest(name, checks)}")
        return InModule(module, checks[name])

    def _problem(self, name: str) -> ProblemTopic:
        pointing = (
            f"{module}.{check.id}"
            for module, checks in self.checks.items()
            for check in checks.values()
            if any(hint.problem == name for hint in check.hints)
        )
        return ProblemTopic(self.problems[name], self.problems.signatures(name), tuple(pointing))

    def _check(self, name: str, wanted: tuple[InModule, ...]) -> CheckTopic:
        facts = dict.fromkeys(fact for each in wanted for fact in _facts(each.check))
        hints: dict[str, dict[Text, None]] = {}
        for hint in (hint for each in wanted for hint in each.check.hints):
            hints.setdefault(hint.problem, {}).update(dict.fromkeys(_when(hint)))
        return CheckTopic(
            id=name,
            wanted=wanted,
            probed=tuple(fact for name in facts for fact in described(name)),
            problems=tuple(Meant(self._problem(hint), tuple(when)) for hint, when in hints.items()),
        )


def _claimed(claim: Claim) -> Text:
    if not claim.space:
        return Text(f"ports {', '.join(map(str, claim.ports))}", f"端口 {'、'.join(map(str, claim.ports))}")
    return Text(f"{claim.free} where {claim.space} says", f"{claim.free}，位置由 {claim.space} 确定")


def _when(hint: HintRule) -> Iterator[Text]:
    if hint.when is not None:
        yield hint.when.require.text()
    elif hint.when_unknown is not None:
        yield WHERE_DENIED if hint.when_unknown == "denied" else WHERE_UNKNOWN


def _facts(check: Check) -> Iterator[str]:
    """The facts that decide a check, `probe.field` each: whether it applies, what it wants, what it shows."""
    for condition in (*check.when, check.condition):
        probe, fields = split(condition.fact)
        names = fields[:1] or _fields(condition.require)
        yield from (f"{probe}.{name}" for name in names)
    for shown in check.show:
        probe, fields = split(shown.fact)
        yield ".".join((probe, *fields[:1]))


def _fields(require: Requirement) -> Iterable[str]:
    """The fields that a requirement of a whole probe names."""
    if isinstance(require, OneOf):
        return dict.fromkeys(field for part in require.parts for field in _fields(part))
    return require.parts if isinstance(require, Fields) else ()
