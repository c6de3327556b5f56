"""Reading logs one after the other, and keeping what they show."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable, Sequence
from typing import Optional

from envcheck.problems.scan.around import Conditions
from envcheck.problems.scan.blocks import Block, blocks
from envcheck.problems.scan.engines import Engine, open_engine
from envcheck.problems.scan.findings import Found
from envcheck.problems.scan.lines import Lines
from envcheck.problems.scan.regexes import Wanted, wanted
from envcheck.problems.scan.seek import Match, Seeker
from envcheck.problems.scan.source import Source
from envcheck.problems.signature import Signature

Progress = Callable[[str, int, int], None]


class Scanner:
    """Looks for signatures in one log after the other."""

    def __init__(
        self,
        signatures: Sequence[Signature],
        make: Callable[[Sequence[Wanted]], Engine] = open_engine,
        progress: Optional[Progress] = None,
    ) -> None:
        self.signatures = signatures
        self.found: dict[int, Found] = {}
        """By the place of the signature in `signatures`."""
        phrases = [each for number, one in enumerate(signatures) for each in wanted(one.any, number)]
        self._seeker = Seeker(phrases, make(phrases))
        self._conditions = Conditions(signatures)
        self._progress = progress

    def scan(self, source: Source) -> None:
        """Read a log from beginning to end. Raises Unreadable where that fails; what was found stays."""
        speaking = {number for number, each in enumerate(self.signatures) if _speaks(each, source)}
        lines = Lines(source.recount)
        told: set[str] = set()
        """Problems that were found in the last line, which the next block goes on with."""
        done = 0
        for block in blocks(source.pieces()):
            told = self._take(source, block, lines, speaking, told if block.continues else set())
            lines.passed(block)
            done += block.end - block.start
            if self._progress is not None:
                self._progress(source.name, done, source.size or done)

    def _take(self, source: Source, raw: Block, lines: Lines, speaking: set[int], told: set[str]) -> set[str]:
        block, matches = self._seeker.seek(raw)
        shown = self._shown(block, [match for match in matches if match.number in speaking])
        for (problem, line), match in shown.items():
            if problem in told and line < block.start:
                continue
            found = self.found.setdefault(match.number, Found())
            found.add(source.name, block, match)
            if found.wants_places():
                found.show(source.name, lines.number(block, match.start), block, match)
        if not block.broken:
            return set()
        last = block.text.rfind(b"\n", block.start, block.end) + 1
        still = told if last == 0 else set()
        return still | {problem for (problem, _), match in shown.items() if match.start >= last}

    def _shown(self, block: Block, matches: Sequence[Match]) -> dict[tuple[str, int], Match]:
        """By problem and line, the match that counts: one that is sure rather than a hint."""
        shown: dict[tuple[str, int], Match] = {}
        for match in matches:
            signature = self.signatures[match.number]
            key = signature.problem, match.line
            if (key not in shown or signature.certainty == "sure" != self._certainty(shown[key])) and (
                self._conditions.hold(block, match)
            ):
                shown[key] = match
        return shown

    def _certainty(self, match: Match) -> str:
        return self.signatures[match.number].certainty


def _speaks(signature: Signature, source: Source) -> bool:
    """Whether the signature applies to this log."""
    return not signature.files or any(_fits(source, each) for each in signature.files)


def _fits(source: Source, pattern: str) -> bool:
    if pattern == source.kind:
        return True
    name = source.path or source.name
    return any(fnmatch.fnmatchcase(each, pattern) for each in (name, posixpath.basename(name)))
