"""Every finder over a text: all of them over all of it, or each only where it may find anything.

The lines of a log are few forms filled in with numbers. A line without its hexadecimal
digits is its skeleton; which finders may find anything in a line depends on that alone,
and is worked out once for all lines of one skeleton.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from envcheck.bundle.redact.finders import HEX, Finder
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.spans import Span, Text, aligned, chosen, replaced, without_escapes

_FORMS = 20_000
"""So many skeletons are remembered."""
_NEW_FORMS = 1_000
"""More new ones in one block are taken together: that text is no log of few forms."""
_LONGEST_FORM = 4096


class Lines:
    """Replaces what the finders and the known identifiers are."""

    def __init__(self, finders: tuple[Finder, ...], known: Known, counts: Counter[str]) -> None:
        self._finders = finders
        self._known = known
        self._counts = counts
        self._masks: dict[bytes, int] = {}
        self._needing = sum(1 << at for at, finder in enumerate(finders) if finder.needs)

    def forget(self) -> None:
        """A finder's gate has changed."""
        self._masks.clear()

    # -- thoroughly -------------------------------------------------------------------

    def spans(self, data: bytes, *, versions: bool = False) -> list[Span]:
        """All that is to be replaced in a text."""
        found = [*self._known.word_spans(data), *self._numbers(data)]
        mask = self._mask(without_escapes(data).translate(None, HEX))
        return chosen([*found, *_found(tuple(self._of(mask)), data, versions)])

    def thorough(self, data: bytes, *, versions: bool, columns: bool) -> bytes:
        """The text with all of it replaced."""
        spans = self.spans(data, versions=versions)
        self.count(spans)
        return aligned(data, spans) if columns else replaced(data, spans)

    def _numbers(self, data: bytes) -> Iterator[Span]:
        yield from self._known.number_spans(data)
        plain = without_escapes(data)
        if plain is not data:
            yield from self._known.number_spans(plain)

    def count(self, spans: list[Span]) -> None:
        """These were replaced."""
        self._counts.update(span.kind for span in spans)

    # -- fast -------------------------------------------------------------------------

    def fast(self, data: bytes, *, versions: bool = False) -> bytes:
        """The same for whole lines, where columns do not matter."""
        forms = without_escapes(data).translate(None, HEX).split(b"\n")
        kinds = set(forms)
        # The pseudonyms of words give a finder nothing to find: the forms hold for what follows, too.
        data = self._known.replace_words(data, b"\n".join(kinds).lower())
        numbers = chosen(self._numbers(data))
        if numbers:
            self.count(numbers)
            data = replaced(data, numbers)
        self._learn(kinds)
        lines = data.split(b"\n")
        changed = False
        for mask, places in self._groups(data, forms, lines).items():
            changed |= self._in_group(lines, mask, places, versions)
        return b"\n".join(lines) if changed else data

    def _in_group(self, lines: list[bytes], mask: int, places: list[int], versions: bool) -> bool:
        data = b"\n".join([lines[at] for at in places])
        spans = chosen(_found(tuple(self._of(mask)), data, versions))
        if not spans:
            return False
        self.count(spans)
        for at, line in zip(places, replaced(data, spans).split(b"\n")):
            lines[at] = line
        return True

    def _of(self, mask: int) -> Iterator[Finder]:
        return (finder for at, finder in enumerate(self._finders) if mask >> at & 1)

    def _groups(self, data: bytes, forms: list[bytes], lines: list[bytes]) -> dict[int, list[int]]:
        """Lines by the finders that may find something in them."""
        masks = self._masks
        present = sum(
            1 << at for at, finder in enumerate(self._finders) if finder.needs and finder.needs in data
        )
        sure = ~(self._needing & ~present)
        groups: dict[int, list[int]] = {}
        for at, form in enumerate(forms):
            mask = masks[form] & sure
            if mask and mask & present:
                mask = self._narrowed(mask, lines[at])
            if mask:
                groups.setdefault(mask, []).append(at)
        return groups

    def _narrowed(self, mask: int, line: bytes) -> int:
        """Less the finders that need what this line has not."""
        for at, finder in enumerate(self._finders):
            if finder.needs and mask >> at & 1 and finder.needs not in line:
                mask &= ~(1 << at)
        return mask

    def _learn(self, forms: set[bytes]) -> None:
        if len(self._masks) > _FORMS:
            self._masks.clear()
        new = forms.difference(self._masks)
        short = {form for form in new if len(form) <= _LONGEST_FORM}
        if len(short) > _NEW_FORMS or len(short) < len(new):
            together = self._mask(b"\n".join(new))
            self._masks.update(dict.fromkeys(new, together))
            return
        for form in new:
            self._masks[form] = self._mask(form)

    def _mask(self, form: bytes) -> int:
        return sum(1 << at for at, finder in enumerate(self._finders) if finder.gate.search(form))


def _found(finders: tuple[Finder, ...], data: bytes, versions: bool) -> Iterator[Span]:
    """As the text stands, and as it is without escapes."""
    plain = without_escapes(data)
    for each in (data,) if plain is data else (data, plain):
        text = Text(each, versions=versions)
        for finder in finders:
            yield from finder.find(text)
