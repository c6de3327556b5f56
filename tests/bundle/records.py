"""Checking hosts, recording them and checking the record."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Optional

from envcheck import engine
from envcheck.bundle.pack import pack
from envcheck.bundle.record import write_record
from envcheck.bundle.whole_file import WholeFile
from envcheck.host.base import Answer, Host, Question
from envcheck.host.tree import TreeHost
from envcheck.problems import load_problems
from envcheck.results import Report
from envcheck.rulebook import open_rulebook
from envcheck.rulebook.model import RuleSet


@cache
def rule_sets() -> tuple[RuleSet, ...]:
    """Those of every module that is shipped."""
    rulebook = open_rulebook([])
    problems = load_problems(rulebook.directories)
    return tuple(rulebook.rule_set(module.name, problems) for module in rulebook.modules())


def check(host: Host, modules: Optional[Sequence[RuleSet]] = None) -> Report:
    return engine.run(host, modules or rule_sets(), timeout=60)


def timeless(report: Report) -> Report:
    """The report without what differs between two runs."""
    results = tuple(result._replace(duration_s=0.0) for result in report.results)
    return report._replace(duration_s=0.0, results=results)


def record(host: Host, folder: Path) -> Path:
    """Write the record of a host below `folder`; returns where it lies."""

    def put(name: str, content: bytes) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"{name} was put twice"
        path.write_bytes(content)

    write_record(host, put)
    return folder / "host"


def answering(folder: Path, answers: dict[Question, object]) -> TreeHost:
    """A host that gave these answers; an exception is an error that it gave."""
    folder.mkdir(exist_ok=True)
    host = TreeHost(folder)
    for question, value in answers.items():
        error = value if isinstance(value, Exception) else None
        host.answers[question] = Answer(None if error else value, error, 0.5)  # type: ignore[arg-type]
    return host


def replayed(answers: dict[Question, object], folder: Path) -> TreeHost:
    """The host that a record of these answers gives."""
    return TreeHost(record(answering(folder / "asked", answers), folder / "record"))


def bundle(path: Path, folder: Path) -> Report:
    """Write the bundle of a written host; returns its report."""
    with closing(TreeHost(folder)) as host, closing(WholeFile(str(path))) as out:
        report = check(host)
        pack(report, host, [b"a line of the log\n"], out, text="the report\n")
    return report
