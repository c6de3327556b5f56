"""From rule sets and a host to a report: which facts are needed, collecting them, deciding.

Probes of a live host run side by side, each in a thread of its own, under the deadline
of the whole run; whatever has not answered by then is unknown, and the rest is intact.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

from envcheck import probes
from envcheck.engine.collect import Asked, Facts, Progress, Question, ask, collect, questions
from envcheck.engine.combined import combined
from envcheck.engine.decide import Decider
from envcheck.engine.waived import expired, held, idle
from envcheck.facts import Known, Unknown, subject
from envcheck.host.base import Host, Unreadable
from envcheck.results import Report, Text
from envcheck.rulebook.model import Grant, Note, RuleSet

log = logging.getLogger(__name__)
logging.getLogger("envcheck").addHandler(logging.NullHandler())  # a library prints nothing


def run(
    host: Host,
    rule_sets: Sequence[RuleSet],
    *,
    timeout: float,
    progress: Optional[Progress] = None,
    grants: Sequence[Grant] = (),
) -> Report:
    """Check a host by rule sets that were read and checked before.

    `timeout` is in seconds and for the whole run. Of the waivers `grants` those count that hold
    today and for this host. `progress` is told, from the threads of the probes, the name of each
    probe as it begins (False) and ends (True). Nothing that a probe does raises here.
    """
    if host.started is None:
        host.started = _now()
    host.settings = {name: value for rules in rule_sets for name, value in rules.given.items()}
    begin = time.monotonic()
    asked = [questions(rules) for rules in rule_sets]
    facts = collect(host, asked, timeout, progress or _silent)
    log.info("facts: %s", facts)
    waivers = held(grants, host.name)
    deciders = [Decider(rules, its, facts, waivers.waivers) for rules, its in zip(rule_sets, asked)]
    outcomes = [outcome for decider in deciders for outcome in decider.results()]
    claims = [claim for decider in deciders for claim in decider.claims()]
    together = (
        result._replace(waived=waivers.waivers.get((result.module, result.id))) if result.missed else result
        for result in combined(claims)
    )
    results = (*(result for result, _ in outcomes), *together)
    denied = [result.id for result, was_denied in outcomes if was_denied]
    modules = tuple(rules.module for rules in rule_sets)
    said = (*expired(results, waivers), *idle(grants, modules))
    return Report(
        modules=modules,
        host=host.name,
        started=host.started,
        duration_s=round(time.monotonic() - begin, 4),
        results=results,
        notes=(*_not_root(host, denied), *said, *_notes(rule_sets)),
        distribution=distribution_of(facts),
    )


def facts(
    host: Host, names: Sequence[str], *, timeout: float, progress: Optional[Progress] = None
) -> Mapping[str, Any]:
    """What these probes answer, by probe: its facts, or Unknown where it has none.

    One may be named with what it is asked about, `path[/home]`. `timeout` and `progress`
    are as for `run`. Nothing that a probe does raises here.
    """
    named: dict[str, Question] = {}
    found: dict[str, Any] = {}
    for probe in names:
        name, about = subject(probe)
        try:
            settings = probes.settings(name, {}, about)
            named[probe] = name if settings is None else Asked(name, settings)
        except (TypeError, KeyError):
            found[probe] = Unknown(_unasked(name))
    collected = ask(host, tuple(named.values()), timeout, progress or _silent)
    return {**found, **{probe: collected[question].facts for probe, question in named.items()}}


def _unasked(probe: str) -> str:
    """Why a probe has no answer that nobody told what it is about."""
    from envcheck.rulebook.types import fields_of

    settings = probes.settings_class(probe)
    if settings is None:
        return "it cannot be asked"
    needed = [field for field in settings._fields if field not in settings._field_defaults]
    if fields_of(settings)[settings._fields[0]].kind == "text":
        about = "/some/path" if probes.is_about_path(probe) else f"SOME-{needed[0].upper().replace('_', '-')}"
        return f"say what it is about: {probe}[{about}]"
    names = " and ".join(field.replace("_", "-") for field in needed)
    return f"it is asked with what a rule set sets: its parameter {names}"


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


def distribution_of(facts: Facts) -> Optional[str]:
    """The distribution's id, by which commands are chosen; needs the facts of `os_release`."""
    release = getattr(facts["os_release"].facts, "release", None)
    return release.value.distribution if isinstance(release, Known) else None


def _now() -> str:
    """The time, ISO 8601 with zone. To import datetime for it takes longer than most probes."""
    text = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    return f"{text[:-2]}:{text[-2:]}"


def _silent(_name: str, _done: bool) -> None:
    """Nobody watches."""
