"""Written hosts: recorded hosts beside a rule set, each with the report that is expected of it.

    - module: face-server             # expected.yaml: a list, an entry for each module
      conclusion: fail
      results: {docker: fail, gpu: skipped}
      hints: {docker: [docker-upgrade]}
      set: {license-port: 8888}       # parameters, as after --set
    - verify: face-server             # the same of what `envcheck verify` says
      conclusion: pass

What is not named is not compared.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional, Union

from envcheck.errors import RequestError
from envcheck.rulebook.source import Node, RuleErrors, each, nearest, quoted, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from envcheck.results import Report, Result
    from envcheck.rulebook.model import Part

EXPECTED = "expected.yaml"
FOLDER = "hosts"
KEYS = ("module", "verify", "conclusion", "results", "hints", "set")
CONCLUSIONS = ("pass", "fail")
STATUSES = ("pass", "fail", "unknown", "skipped")


@dataclass(frozen=True)
class Expected:
    """What one module should say of a host; what is not named is not compared."""

    module: str
    conclusion: Optional[str] = None
    results: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, list[str]] = field(default_factory=dict)
    settings: Mapping[str, Union[str, list[str]]] = field(default_factory=dict)
    named: tuple[Node, ...] = field(default=(), compare=False)
    """The checks that are named, where they stand."""
    part: Part = "checks"
    """Of the module: what is checked before its installation, or what is verified after it."""


@dataclass(frozen=True)
class Tried:
    """One module on one written host, `verify` before its name where that was asked.

    `differences` is empty where all is as expected.
    """

    host: str
    module: str
    differences: tuple[str, ...]


def hosts_beside(rules: str) -> list[str]:
    """The written hosts in `hosts/` beside the rule files. Raises RequestError where there are none."""
    folder = os.path.join(rules, FOLDER)
    try:
        found = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir())
    except OSError as error:
        raise RequestError(f"{folder}: {error.strerror}; written hosts lie there, a folder each") from error
    if not found:
        raise RequestError(f"{folder}: no written host; each is a folder with an {EXPECTED}")
    return found


def expectations(host: Union[str, Path]) -> list[Expected]:
    """What is expected of a written host. Raises RequestError for what means nothing there."""
    node = read_yaml(os.path.join(host, EXPECTED))
    if not node.list():
        raise node.error("nothing is expected of this host")
    return each(_expected, node.list())


def _expected(node: Node) -> Expected:
    verified = any(key.text == "verify" for key, _ in node.items())
    fields = node.fields(KEYS, required=("verify" if verified else "module",))
    if verified and "module" in fields:
        raise node.error("`module:` and `verify:` are entries of their own")
    module = fields["verify" if verified else "module"].string()
    if fields.keys() <= {"module", "verify", "set"}:
        raise node.error(f"nothing is expected of {module!r}: conclusion, results or hints")
    results = fields["results"].items() if "results" in fields else []
    hints = fields["hints"].items() if "hints" in fields else []
    settings = fields["set"].items() if "set" in fields else []
    return Expected(
        module=module,
        conclusion=_one_of(fields["conclusion"], CONCLUSIONS) if "conclusion" in fields else None,
        results={key.text: _one_of(value, STATUSES) for key, value in results},
        hints={key.text: _strings(value) for key, value in hints},
        settings={
            key.text: _strings(value) if value.kind == "list" else value.string() for key, value in settings
        },
        named=tuple(key for key, _ in (*results, *hints)),
        part="verify" if verified else "checks",
    )


def _one_of(node: Node, known: Sequence[str]) -> str:
    if node.string() not in known:
        raise node.error(f"{quoted(node.text)} is none{nearest(node.text, known)}")
    return node.text


def _strings(node: Node) -> list[str]:
    return [item.string() for item in node.list()]


def try_all(rules: str, more: Sequence[str] = ()) -> Iterator[Tried]:
    """Check each written host beside the rule sets in a directory; `more` are further such directories.

    Raises RequestError for what is wrong in a rule set or in what is expected, before anything is checked.
    """
    if not rules:
        raise RequestError("'' is no directory: name the one that holds the rule files and hosts/")
    searched = [*more, rules]
    wanted = [(host, expected) for host in hosts_beside(rules) for expected in expectations(host)]
    wrong = [line for host, expected in wanted for line in _wrong(searched, host, expected)]
    if wrong:
        raise RequestError("\n".join(dict.fromkeys(wrong)))
    for host, expected in wanted:
        part = "verify " if expected.part == "verify" else ""
        lines = tuple(differences(expected, report_of(expected, host, searched)))
        yield Tried(os.path.basename(host), f"{part}{expected.module}", lines)


def _wrong(rules: Sequence[str], host: str, expected: Expected) -> Iterator[str]:
    """What is expected of no module, of no check or with no parameter that there is."""
    from envcheck.api import rule_sets

    try:
        (found,) = rule_sets((expected.module,), rules, expected.settings, part=expected.part)
    except RuleErrors as error:
        yield str(error)
    except RequestError as error:
        yield f"{os.path.join(host, EXPECTED)}: {error}"
    else:
        known = [check.id for check in found.checks]
        for node in expected.named:
            if node.text not in known:
                near = nearest(node.text, known)
                yield str(node.error(f"module {expected.module!r} has no check {quoted(node.text)}{near}"))


def report_of(expected: Expected, host: Union[str, Path], rules: Sequence[str] = ()) -> Report:
    """What the module says of the host, checked or verified as it is expected. Raises RequestError."""
    from envcheck.api import check, verify

    ask = verify if expected.part == "verify" else check
    return ask(expected.module, from_path=host, rules=rules, settings=expected.settings)


def differences(expected: Expected, report: Report) -> list[str]:
    """One line for each verdict or hint that is not the expected one; empty where all are."""
    found = {result.id: result for result in report.results if result.module == expected.module}
    lines = [*_of_verdicts(expected.results, found), *_of_hints(expected.hints, found)]
    if expected.conclusion not in (None, report.conclusion):
        counting = "; ".join(map(_said, (each for each in report.results if each.counts))) or "nothing missed"
        lines.append(f"conclusion: wanted {expected.conclusion}, got {report.conclusion}: {counting}")
    return lines


def _of_verdicts(wanted: Mapping[str, str], found: Mapping[str, Result]) -> Iterator[str]:
    for check, status in wanted.items():
        if check not in found:
            yield f"{check}: wanted {status}, but the module has no such check{nearest(check, found)}"
        elif found[check].status != status:
            yield f"{check}: wanted {status}, got {found[check].status}: {_why(found[check])}"


def _of_hints(wanted: Mapping[str, list[str]], found: Mapping[str, Result]) -> Iterator[str]:
    for check, problems in wanted.items():
        hints = list(found[check].hints) if check in found else []
        if hints != problems:
            yield f"{check}: wanted hints {_list(problems)}, got {_list(hints)}"


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(names)}]"


def _said(result: Result) -> str:
    """`memory fail, 24.9 GB (from /proc/meminfo)`."""
    return f"{result.id} {result.status}, {_why(result)}"


def _why(result: Result) -> str:
    """`24.9 GB (from /proc/meminfo)`, `blocked by root`."""
    why = result.reason or result.actual
    source = f" (from {result.source})" if result.source else ""
    return f"{why.en if why else 'nothing said'}{source}"
