"""Written hosts: reading `expected.yaml`, and how what it expects differs from a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import yaml

from envcheck.results import Report, Result

HOSTS = Path(__file__).parent / "hosts"
_KEYS = {"module", "settings", "conclusion", "results", "hints"}


@dataclass(frozen=True)
class Expected:
    """What one module should say of a host; what is not named is not compared."""

    module: str
    conclusion: Optional[str]
    results: Mapping[str, str]
    hints: Mapping[str, list[str]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What `--set` sets."""


def hosts() -> list[Path]:
    """The folders of the written hosts."""
    return sorted(path for path in HOSTS.iterdir() if path.is_dir())


def expectations(host: Path) -> list[Expected]:
    """The entries of a host's expected.yaml; raises ValueError for a word that means nothing there."""
    text = (host / "expected.yaml").read_text(encoding="utf-8")
    return [_expected(host.name, entry) for entry in yaml.safe_load(text)]


def _expected(host: str, entry: Mapping[str, Any]) -> Expected:
    if not {"module"} < set(entry) <= _KEYS:
        raise ValueError(f"{host}/expected.yaml: names no module, expects nothing or has a key not known")
    return Expected(
        entry["module"],
        entry.get("conclusion"),
        entry.get("results", {}),
        entry.get("hints", {}),
        entry.get("settings", {}),
    )


def differences(expected: Expected, report: Report) -> list[str]:
    """One line for each verdict or hint that is not the expected one; empty where all are."""
    found = {result.id: result for result in report.results if result.module == expected.module}
    lines = [*_of_verdicts(expected.results, found), *_of_hints(expected.hints, found)]
    if expected.conclusion not in (None, report.conclusion):
        counting = ", ".join(_said(result) for result in report.results if result.counts) or "nothing missed"
        lines.append(f"conclusion: wanted {expected.conclusion}, got {report.conclusion}: {counting}")
    return lines


def _of_verdicts(wanted: Mapping[str, str], found: Mapping[str, Result]) -> Iterator[str]:
    for check, status in wanted.items():
        if check not in found:
            yield f"{check}: wanted {status}, but the module has no such check"
        elif found[check].status != status:
            yield f"{check}: wanted {status}, got {_said(found[check])}"


def _of_hints(wanted: Mapping[str, list[str]], found: Mapping[str, Result]) -> Iterator[str]:
    for check, problems in wanted.items():
        hints = list(found[check].hints) if check in found else []
        if hints != problems:
            yield f"{check}: wanted hints {problems}, got {hints}"


def _said(result: Result) -> str:
    """`fail of memory because of 24.9 GB (from /proc/meminfo)`."""
    why = result.reason or result.actual
    source = f" (from {result.source})" if result.source else ""
    return f"{result.status} of {result.id} because of {why.en if why else 'nothing said'}{source}"
