"""From logs to known problems: which logs, what they show, and whether the host agrees."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timezone
from functools import cache
from typing import Optional, Union

from envcheck.diagnosis import Confirmation, Diagnosis, Evidence, Finding, LogPassedOver, LogRead, Meaning
from envcheck.errors import RequestError
from envcheck.host import open_host
from envcheck.host.base import Host, Unreadable
from envcheck.problems import Problems, load_problems
from envcheck.problems.confirm import ORDER, Witness, certainty, unasked
from envcheck.problems.scan import files, names
from envcheck.problems.scan.files import PassedOver
from envcheck.problems.scan.findings import EXAMPLES, Found, Place
from envcheck.problems.scan.scanner import Progress, Scanner
from envcheck.problems.scan.source import Source
from envcheck.problems.signature import Signature
from envcheck.record import Record
from envcheck.rulebook import open_rulebook
from envcheck.rulebook.model import LogNames

log = logging.getLogger(__name__)
Modules = Callable[[], Sequence[LogNames]]
"""What logs the modules name, worked out when first asked for."""
Logs = Iterable[Union[Source, PassedOver]]


class Request(Record):
    """What is asked for."""

    paths: Sequence[str]
    """Files, directories, `-`; none: the logs of the host."""
    from_path: Optional[str]
    rules: Sequence[str]
    timeout: float
    """Seconds for asking the host."""


def diagnose(
    request: Request,
    reading: Optional[Progress] = None,
    probing: Optional[Callable[[str, bool], None]] = None,
) -> Diagnosis:
    """Read the logs and say what they show. Raises RequestError, before or after reading."""
    begin = time.monotonic()
    started = datetime.now(timezone.utc).astimezone().isoformat(timespec="seconds")
    rulebook = open_rulebook(request.rules)
    problems = load_problems(rulebook.directories)
    scanner = Scanner(problems.all_signatures(), progress=reading)
    with closing(open_host(request.from_path)) as host:
        modules = cache(lambda: [rulebook.logs(info.name) for info in rulebook.modules()])
        read, passed = _read(scanner, _logs(request, host, modules))
        if not read:
            raise RequestError(_nothing(passed))
        mine = _to_confirm(scanner, request, modules)
        wanted = [scanner.signatures[number].confirmed_by for number in mine]
        witness = Witness(host, [each for some in wanted for each in some], request.timeout, probing)
        findings = _findings(scanner, problems, witness, mine)
        return Diagnosis(
            host=host.name,
            started=started,
            duration_s=round(time.monotonic() - begin, 4),
            findings=tuple(findings),
            logs=read,
            passed_over=passed,
            distribution=witness.distribution if findings else None,
        )


def _logs(request: Request, host: Host, modules: Modules) -> Logs:
    if request.paths:
        return files.named(request.paths)
    from envcheck.problems.scan import hosts  # archives' modules come with it

    if request.from_path is not None:
        return hosts.of_record(request.from_path)
    return hosts.of_machine(host, modules())


def _read(scanner: Scanner, logs: Logs) -> tuple[tuple[LogRead, ...], tuple[LogPassedOver, ...]]:
    read: list[LogRead] = []
    passed: list[LogPassedOver] = []
    for each in logs:
        if isinstance(each, PassedOver):
            passed.append(LogPassedOver(*each))
            continue
        size, reason = _scan(scanner, each)
        if reason is None or size:
            read.append(LogRead(each.name, size))
        if reason is not None:
            passed.append(LogPassedOver(each.name, f"not to its end: {reason}" if size else reason))
    return tuple(read), tuple(passed)


def _scan(scanner: Scanner, source: Source) -> tuple[int, Optional[str]]:
    """The bytes that were read of a log, and why no more, if there were."""
    begin = time.monotonic()
    reason = None
    try:
        scanner.scan(source)
    except (Unreadable, RequestError) as error:
        log.warning("%s: %s", source.name, error)
        reason = str(error)
    log.info("%s: %d bytes in %.3f s", source.name, scanner.done, time.monotonic() - begin)
    return scanner.done, reason


def _nothing(passed: Sequence[LogPassedOver]) -> str:
    reasons = "".join(f"\n  {each.name}: {each.reason}" for each in passed[:_SHOWN])
    more = f"\n  and {len(passed) - _SHOWN} more" if len(passed) > _SHOWN else ""
    return f"no log could be read: nothing was diagnosed{reasons}{more}"


_SHOWN = 20


def _to_confirm(scanner: Scanner, request: Request, modules: Modules) -> set[int]:
    """Of what was found, what the host can be asked about: its own logs show it."""
    ours = request.from_path is not None or not request.paths
    return {
        number
        for number, found in scanner.found.items()
        if scanner.signatures[number].confirmed_by
        and (ours or all(names.is_here(name, modules) for name in found.logs))
    }


def _findings(scanner: Scanner, problems: Problems, witness: Witness, mine: set[int]) -> list[Finding]:
    by_problem: dict[str, list[tuple[Signature, Found, tuple[Confirmation, ...]]]] = {}
    for number, found in scanner.found.items():
        signature = scanner.signatures[number]
        said = tuple(map(witness.hear if number in mine else unasked, signature.confirmed_by))
        by_problem.setdefault(signature.problem, []).append((signature, found, said))
    findings = [_finding(problems, heard) for heard in by_problem.values()]
    return sorted(findings, key=lambda finding: ORDER[finding.certainty])


def _finding(problems: Problems, heard: list[tuple[Signature, Found, tuple[Confirmation, ...]]]) -> Finding:
    """All signatures of one problem, the most certain one first."""
    heard.sort(key=lambda each: ORDER[certainty(each[0], each[2])])
    best, first, said = heard[0]
    logs: Counter[str] = Counter()
    for _, found, _ in heard:
        logs.update(found.logs)
    places = [place for _, found, _ in heard for place in found.places]
    return Finding(
        problem=best.problem,
        title=problems[best.problem].title,
        certainty=certainty(best, said),
        count=sum(logs.values()),
        logs=tuple(logs.items()),
        first=first.first,
        last=first.last,
        evidence=tuple(map(_evidence, places[:EXAMPLES])),
        meanings=tuple(_meanings(heard)),
        confirmations=said,
    )


def _evidence(place: Place) -> Evidence:
    return Evidence(place.log, place.line, place.time, place.text, place.before, place.after)


def _meanings(heard: Sequence[tuple[Signature, Found, tuple[Confirmation, ...]]]) -> Iterator[Meaning]:
    for signature, found, _ in heard:
        for caught, count in sorted(found.caught.items()):
            yield Meaning(caught, count, signature.meanings.get(caught))
