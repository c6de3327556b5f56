"""Signatures with what is looked for, worked out: for the shipped ones that is kept for the next run.

To read and check them and to choose clues takes 80 ms, to load what was kept 6.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from envcheck.problems.loader import Problems
from envcheck.problems.scan.around import Around, around
from envcheck.problems.scan.regexes import Wanted, wanted
from envcheck.problems.signature import Signature
from envcheck.record import Record
from envcheck.rulebook import ready, shipped_rules
from envcheck.rulebook.rulebook import PROBLEMS

_NAME = "signatures"
_CODE = ("", "rulebook", "probes", "probes/shared", "probes/formats", "problems", "problems/scan")


class Prepared(Record):
    """Signatures, ready to be looked for."""

    signatures: tuple[Signature, ...]
    phrases: tuple[Wanted, ...]
    """All of them, in each encoding."""
    conditions: tuple[Around, ...]
    """By the place of the signature."""


def prepare(signatures: Sequence[Signature]) -> Prepared:
    """What engines and conditions take of these signatures."""
    return Prepared(
        tuple(signatures),
        tuple(each for number, one in enumerate(signatures) for each in wanted(one.any, number)),
        tuple(map(around, signatures)),
    )


def prepared(problems: Problems, directories: Sequence[str]) -> Prepared:
    """The signatures of the problems of these directories. Raises RequestError."""
    foreign = (each for each in directories if each != shipped_rules())
    if any(os.path.lexists(os.path.join(each, PROBLEMS)) for each in foreign):
        return prepare(problems.all_signatures())
    return ready.kept(_NAME, _CODE, Prepared, lambda: prepare(_lean(problems.all_signatures())))


def _lean(signatures: Sequence[Signature]) -> list[Signature]:
    """Without what only tests ask for, and where the file lies, which may be moved."""
    return [each._replace(matches=(), silent=(), origin=None) for each in signatures]
