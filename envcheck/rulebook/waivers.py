"""Waivers: misses that somebody takes upon himself, so that they do not count.

Given as `--waive MODULE.CHECK=REASON`, in files named with `--waivers`, and by the site in
`/etc/envcheck/waivers.yaml`:

    - check: face-server.memory
      reason: 24 GB are enough for the 10,000 faces here
      by: Li Lei
      until: 2026-12-31          # the last day on which it holds; left out: no end
      hosts: [face-*]            # patterns of host names; left out: every host

Where several speak of one check, the first that holds counts, in the order above. A rule that
says `waivable: false` cannot be waived: to try is a wrong request.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Optional

from envcheck.errors import RequestError
from envcheck.results import Waiver
from envcheck.rulebook.model import PORTS, SPACE, TOGETHER, Grant
from envcheck.rulebook.source import Node, each, nearest, parse_yaml, quoted, read_bytes

if TYPE_CHECKING:
    from envcheck.rulebook.model import Part
    from envcheck.rulebook.rulebook import Rulebook

KEYS = ("check", "reason", "by", "until", "hosts")


def site_file(path: str) -> list[str]:
    """The site's file of waivers, where there is one. Raises RequestError if it is not to be trusted."""
    from envcheck.rulebook.places import must_be_roots

    if not os.path.lexists(path):
        return []
    try:
        must_be_roots(path)
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror}") from error
    return [path]


def read(
    rulebook: Rulebook, given: Mapping[str, str], files: Sequence[str], part: Part = "checks"
) -> tuple[Grant, ...]:
    """The waivers given with the request (reasons by `module.check`), and those in the files.

    They are of the checks of that part; of those in files that are of the other part only, none
    counts. Raises RequestError for a module or check that there is none, and for one that cannot
    be waived.
    """
    checks = _Checks(rulebook, part)
    found = [_given(checks, target, reason) for target, reason in given.items()]
    for file in files:
        entries = each(lambda node: _entry(checks, node), _entries(file))
        found += [entry for entry in entries if entry is not None]
    return tuple(found)


class _Checks:
    """The checks that can be waived."""

    def __init__(self, rulebook: Rulebook, part: Part) -> None:
        self._rulebook = rulebook
        self._part = part

    def of_other_part(self, target: str) -> bool:
        """Whether `module.check` is one of the module's other checks, and none of these."""
        from envcheck.rulebook.build import entries_of

        module, _, check = target.partition(".")
        if module not in self._rulebook.names:
            return False
        other: Part = "verify" if self._part == "checks" else "checks"
        here = entries_of(self._rulebook, module, part=self._part)
        return check not in here and check in entries_of(self._rulebook, module, part=other)

    def named(self, target: str) -> tuple[str, str]:
        """Module and check of `module.check`. Raises ValueError, in words, for another text."""
        from envcheck.rulebook.build import entries_of

        module, dot, check = target.partition(".")
        if not dot or not check:
            raise ValueError(f"{quoted(target)}: write it as MODULE.CHECK")
        if module == TOGETHER and check in (SPACE, PORTS):
            return module, check
        known = [info.name for info in self._rulebook.modules()]
        if module not in known:
            raise ValueError(f"unknown module {quoted(module)}{nearest(module, known)}")
        entries = entries_of(self._rulebook, module, part=self._part)
        if check not in entries:
            raise ValueError(f"no check {quoted(check)} in {module!r}{nearest(check, entries)}")
        waivable = entries[check][1].get("waivable")
        if waivable is not None and not waivable.flag():
            place = f"{waivable.file}:{waivable.line}"
            raise ValueError(f"{target} cannot be waived: it is `waivable: false` ({place})")
        return module, check


def _given(checks: _Checks, target: str, reason: str) -> Grant:
    try:
        module, check = checks.named(target)
    except ValueError as error:
        raise RequestError(f"--waive {target}: {error}") from None
    if not reason.strip():
        raise RequestError(f"--waive {target}: say why: MODULE.CHECK=REASON")
    return Grant(module, check, Waiver(" ".join(reason.split())), asked=True)


def _entries(file: str) -> Sequence[Node]:
    content = read_bytes(file)
    lines = (line.strip() for line in content.splitlines())
    if all(not line or line.startswith(b"#") for line in lines):  # those that were there are commented out
        return ()
    return parse_yaml(content, file).list()


def _entry(checks: _Checks, node: Node) -> Optional[Grant]:
    fields = node.fields(KEYS, required=("check", "reason"))
    if checks.of_other_part(fields["check"].string()):
        return None
    try:
        module, check = checks.named(fields["check"].string())
    except ValueError as error:
        raise fields["check"].error(str(error)) from None
    waiver = Waiver(
        reason=" ".join(fields["reason"].string().split()),
        by=fields["by"].string() if "by" in fields else None,
        until=_date(fields["until"]) if "until" in fields else None,
    )
    hosts = fields["hosts"].list() if "hosts" in fields else []
    if "hosts" in fields and not hosts:
        raise fields["hosts"].error("no host: leave `hosts` out where it holds on every host")
    return Grant(module, check, waiver, tuple(each(Node.string, hosts)))


def _date(node: Node) -> str:
    from datetime import date

    text = node.string()
    with suppress(ValueError):
        if date.fromisoformat(text).isoformat() == text:
            return text
    raise node.error(f"{quoted(text)} is no date: YYYY-MM-DD, the last day on which the waiver holds")
