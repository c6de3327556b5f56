"""Reading logs one after the other, and keeping what they show."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Optional

from envcheck.host.base import Failed, Unreadable
from envcheck.problems.scan.around import Conditions
from envcheck.problems.scan.blocks import BLOCK, MARGIN, Block, Raw, blocks, within
from envcheck.problems.scan.engines import Engine, open_engine
from envcheck.problems.scan.findings import Found
from envcheck.problems.scan.lines import Lines, count
from envcheck.problems.scan.regexes import Wanted, wanted
from envcheck.problems.scan.seek import Match, Seeker
from envcheck.problems.scan.shares import Beside, Share, shares
from envcheck.problems.scan.source import Part, Source
from envcheck.problems.signature import Signature
from envcheck.record import Record

Progress = Callable[[str, int, int], None]


class _Result(Record):
    """What was found in a share of a log."""

    found: dict[int, Found]
    done: int
    failed: Optional[str]


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
        self.done = 0
        """Bytes that were read of the last log."""

    def scan(self, source: Source) -> None:
        """Read a log from beginning to end. Raises Unreadable where that fails; what was found stays."""
        self.done = 0
        divided = shares(source.size, source.part)
        if source.part is None:
            self._go_through(source, blocks(source.pieces()), Lines(None), self.found)
            return
        try:
            if len(divided) <= 1:
                self._go_through(source, blocks(source.pieces()), Lines(source.part), self.found)
            else:
                self._divide(source, source.part, divided)
        finally:
            count(source.part, self.found.values())

    def _divide(self, source: Source, part: Part, divided: Sequence[Share]) -> None:
        self._seeker.prepare(part(0, BLOCK))
        others: list[Beside[_Result]] = []
        try:
            others += (Beside(partial(self._share, source, part, each)) for each in divided[1:])
            results = [self._share(source, part, divided[0]), *(each.result() for each in others)]
        finally:
            for each in others:
                each.stop()
        for result in results:
            for number, found in result.found.items():
                self.found.setdefault(number, Found()).extend(found)
        self.done = sum(result.done for result in results)
        failed = next((result.failed for result in results if result.failed is not None), None)
        if failed is not None:
            raise Failed(failed)

    def _share(self, source: Source, part: Part, share: Share) -> _Result:
        found: dict[int, Found] = {}
        self.done, failed = 0, None
        try:
            before = b"".join(part(max(0, share.begin - MARGIN), share.begin))
            its_own = within(blocks(part(share.begin, share.end + MARGIN), before), share.end - share.begin)
            self._go_through(
                source._replace(size=share.end - share.begin), its_own, Lines(part, share.begin), found
            )
        except Unreadable as error:
            failed = str(error)
        return _Result(found, self.done, failed)

    def _go_through(
        self, source: Source, parts: Iterable[Raw], lines: Lines, found: dict[int, Found]
    ) -> None:
        speaking = {number for number, each in enumerate(self.signatures) if _speaks(each, source)}
        told: set[str] = set()
        """Problems that were found in the last line, which the next block goes on with."""
        for raw in parts:
            told = told if raw.continues else set()
            block, matches = self._seeker.seek(raw)
            shown = self._shown(block, [match for match in matches if match.number in speaking])
            for (problem, line), match in shown.items():
                if problem not in told or line >= block.start:
                    _add(found, source, block, match, lines)
            told = _unfinished(raw, block, shown, told)
            lines.passed(raw)
            self.done += raw.end - raw.start
            if self._progress is not None:
                self._progress(source.name, self.done, source.size or self.done)

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


def _add(found: dict[int, Found], source: Source, block: Block, match: Match, lines: Lines) -> None:
    its = found.get(match.number)
    if its is None:
        its = found[match.number] = Found()
    its.add(source.name, block, match)
    if its.wants_places():
        its.show(source.name, lines.number(block, match.start), block, match)


def _unfinished(raw: Raw, block: Block, shown: dict[tuple[str, int], Match], told: set[str]) -> set[str]:
    """The problems of the block's last line, where that goes on in the next block."""
    if not raw.broken:
        return set()
    last = block.text.rfind(b"\n", block.start, block.end) + 1
    still = told if raw.memory.rfind(b"\n", raw.start, raw.end) < 0 else set()
    return still | {problem for (problem, _), match in shown.items() if match.start >= last}


def _speaks(signature: Signature, source: Source) -> bool:
    """Whether the signature applies to this log."""
    return not signature.files or any(_fits(source, each) for each in signature.files)


def _fits(source: Source, pattern: str) -> bool:
    if pattern == source.kind:
        return True
    name = source.path or source.name
    return any(fnmatch.fnmatchcase(each, pattern) for each in (name, posixpath.basename(name)))
