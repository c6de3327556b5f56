"""Every finder over a text: all of them over all of it, or each only where it may find anything.

The lines of a log are few forms filled in with numbers. A line without its hexadecimal
digits is its skeleton; which finders may find anything in a line depends on that alone,
and is worked out once for all lines of one skeleton.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from envcheck.bundle.redact.finders import Finder, Gate, skeleton
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.spans import Span, Text, aligned, chosen, replaced, without_escapes

_FORMS = 1 << 22
"""Skeletons are remembered up to this many bytes of them."""


class Lines:
    """Replaces what the finders and the known identifiers are."""

    def __init__(self, finders: tuple[Finder, ...], known: Known, counts: Counter[str]) -> None:
        self._finders = finders
        self._known = known
        self._counts = counts
        self._masks: dict[bytes, int] = {}
        self._remembered = 0
        self._needing = sum(1 << at for at, finder in enumerate(finders) if finder.needs)

    # -- thoroughly -------------------------------------------------------------------

    def spans(self, data: bytes, *, versions: bool = False) -> list[Span]:
        """All that is to be replaced in a text."""
        plain = without_escapes(data)
        found = [*self._known.word_spans(data), *self._numbers(data, plain)]
        lines = skeleton(plain) if plain is data else skeleton(plain) + b"\n" + skeleton(data)
        lower = data.lower()
        fit = [
            finder
            for finder in self._finders
            if finder.needs in lower and any(gate.fits(lines) for gate in finder.gates)
        ]
        return chosen([*found, *_found(fit, data, versions)])

    def thorough(self, data: bytes, *, versions: bool, columns: bool) -> bytes:
        """The text with all of it replaced."""
        spans = self.spans(data, versions=versions)
        self.count(spans)
        return aligned(data, spans) if columns else replaced(data, spans)

    def _numbers(self, data: bytes, plain: bytes) -> Iterator[Span]:
        yield from self._known.number_spans(data)
        if plain is not data:
            yield from self._known.number_spans(plain)

    def count(self, spans: list[Span]) -> None:
        """These were replaced."""
        self._counts.update(span.kind for span in spans)

    # -- fast -------------------------------------------------------------------------

    def fast(self, data: bytes, *, versions: bool = False) -> bytes:
        """The same for whole lines, where columns do not matter."""
        plain = without_escapes(data)
        forms = [skeleton(each).split(b"\n") for each in ((data,) if plain is data else (data, plain))]
        kinds = set().union(*forms)
        numbers = chosen(self._numbers(data, plain))
        if numbers:
            self.count(numbers)
            data = replaced(data, numbers)
        # The pseudonyms of words give a finder nothing to find: the forms hold for what follows, too.
        data = self._known.replace_words(data, b"\n".join(kinds))
        self._learn(kinds)
        lines = data.split(b"\n")
        changed = False
        for mask, places in self._groups(data, forms, kinds, lines).items():
            changed |= self._in_group(lines, mask, places, versions)
        return b"\n".join(lines) if changed else data

    def _in_group(self, lines: list[bytes], mask: int, places: list[int], versions: bool) -> bool:
        data = b"\n".join([lines[at] for at in places])
        spans = chosen(_found(list(self._of(mask)), data, versions))
        if not spans:
            return False
        self.count(spans)
        for at, line in zip(places, replaced(data, spans).split(b"\n")):
            lines[at] = line
        return True

    def _of(self, mask: int) -> Iterator[Finder]:
        return (finder for at, finder in enumerate(self._finders) if mask >> at & 1)

    def _groups(
        self, data: bytes, forms: list[list[bytes]], kinds: set[bytes], lines: list[bytes]
    ) -> dict[int, list[int]]:
        """Lines by the finders that may find something in them."""
        lower = data.lower()
        any_fit = reduce(or_, map(self._masks.__getitem__, kinds), 0)
        needs = [
            (1 << at, finder.needs)
            for at, finder in enumerate(self._finders)
            if finder.needs and any_fit >> at & 1 and finder.needs in lower
        ]
        present = sum(bit for bit, _ in needs)
        sure = ~(self._needing & ~present)
        groups: dict[int, list[int]] = {}
        for at, fit in enumerate(self._fitting(forms)):
            mask = fit & sure
            if mask & present:
                line = lines[at].lower()
                for bit, need in needs:
                    if need not in line:
                        mask &= ~bit
            if mask:
                groups.setdefault(mask, []).append(at)
        return groups

    def _fitting(self, forms: list[list[bytes]]) -> Iterable[int]:
        """For each line the finders of which it fits a gate, with its escapes or without."""
        ways = [map(self._masks.__getitem__, each) for each in forms]
        return ways[0] if len(ways) == 1 else map(or_, *ways)

    def _learn(self, forms: set[bytes]) -> None:
        """Find out which finders suit forms that are new."""
        if self._remembered > _FORMS:
            self._masks.clear()
            self._remembered = 0
        new = forms.difference(self._masks)
        masks = dict.fromkeys(new, 0)
        together = b"\n".join(new)
        self._remembered += len(together)
        for at, finder in enumerate(self._finders):
            for gate in finder.gates:
                for form in _fitting(gate, new, together):
                    masks[form] |= 1 << at
        self._masks.update(masks)


def _fitting(gate: Gate, forms: set[bytes], together: bytes) -> list[bytes]:
    """The forms that fit. Where the literal occurs in none, that is seen at once."""
    literal, form = gate
    if literal not in together:
        return []
    holding = [each for each in forms if literal in each] if literal else list(forms)
    return holding if form is None else [each for each in holding if form.search(each)]


def _found(finders: Iterable[Finder], data: bytes, versions: bool) -> Iterator[Span]:
    """As the text stands, and as it is without escapes."""
    plain = without_escapes(data)
    for each in (data,) if plain is data else (data, plain):
        text = Text(each, versions=versions)
        for finder in finders:
            yield from finder.find(text)
