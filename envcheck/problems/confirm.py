"""Asking a host whether it agrees with what its logs say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Callable, Optional

from envcheck.diagnosis import Certainty, Confirmation
from envcheck.engine import distribution_of
from envcheck.engine.collect import Facts, collect_probes
from envcheck.engine.decide import Conditions
from envcheck.host.base import Host
from envcheck.problems import signature
from envcheck.problems.signature import Signature
from envcheck.text import Found, Text

ANOTHER = Text(
    "the log may be another machine's: name its record with --from",
    "日志可能来自其他机器：请用 --from 指定该机器的记录",
)
_VERDICTS = {"pass": "confirms", "fail": "contradicts"}
_RELEASE = "os_release"


class Witness:
    """A host that is asked for the facts that confirmations need, and no others; not before one is wanted."""

    def __init__(
        self,
        host: Host,
        wanted: Sequence[signature.Confirmation],
        timeout: float,
        progress: Optional[Callable[[str, bool], None]],
    ) -> None:
        self._host, self._timeout, self._progress = host, timeout, progress or _silent
        self._names = (_RELEASE, *(each.condition.fact.partition(".")[0] for each in wanted))

    @cached_property
    def _facts(self) -> Facts:
        return collect_probes(self._host, tuple(dict.fromkeys(self._names)), self._timeout, self._progress)

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self._facts)

    @property
    def distribution(self) -> Optional[str]:
        """The distribution's id, None where it is not known."""
        return distribution_of(self._facts)

    def hear(self, wanted: signature.Confirmation) -> Confirmation:
        """What the host says of a condition."""
        outcome = self._conditions.outcome(wanted.condition)
        verdict = _VERDICTS.get(outcome.verdict, "unknown")
        if verdict != "confirms" and wanted.unless is not None and self._holds(wanted, wanted.unless):
            return Confirmation(
                wanted.check, wanted.condition.require.text(), "unknown", None, wanted.unless.text
            )
        actual = Found.of(outcome.actual) if outcome.actual else None
        reason = Found.of(outcome.reason) if verdict == "unknown" else None
        return Confirmation(wanted.check, wanted.condition.require.text(), verdict, actual, reason)  # type: ignore[arg-type]

    def _holds(self, wanted: signature.Confirmation, unless: signature.Unless) -> bool:
        condition = wanted.condition._replace(require=unless.require)
        return self._conditions.outcome(condition).verdict == "pass"


def unasked(wanted: signature.Confirmation) -> Confirmation:
    """Where no host can be asked of which it is known that the log is its own."""
    return Confirmation(wanted.check, wanted.condition.require.text(), "unknown", None, ANOTHER)


def certainty(one: Signature, said: Sequence[Confirmation]) -> Certainty:
    """How sure a problem is by a signature that was found and what the host says."""
    if said and all(each.verdict == "confirms" for each in said):
        return "confirmed"
    return one.certainty


ORDER: Mapping[Certainty, int] = {"confirmed": 0, "sure": 1, "hint": 2}


def _silent(_name: str, _done: bool) -> None:
    """Nobody watches."""
