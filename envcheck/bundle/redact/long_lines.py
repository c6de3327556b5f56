"""Lines too long for memory: worked on in windows that overlap, so that no cut hides anything."""

from __future__ import annotations

import re
from typing import Optional

from envcheck.bundle.redact.finders import bodies
from envcheck.bundle.redact.lines import Lines
from envcheck.bundle.redact.spans import Span, chosen, replaced
from envcheck.bundle.redact.stream import OVERLAP

_QUOTES = (b'"', b"'")
_END_OF_WORD = re.compile(rb"[\s\"'\\]")


class LongLines:
    """The parts of one long line after another."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._data = b""
        self._seen = 0
        """How much of the data was written already, and is only looked at."""
        self._until: Optional[re.Pattern[bytes]] = None
        """What comes next, up to this, belongs to something that was replaced."""

    @property
    def open(self) -> bool:
        """Whether a line was begun and not ended."""
        return bool(self._data or self._until)

    def take(self, part: bytes) -> bytes:
        """What can be written once this part has come."""
        if self._until:
            end = self._until.search(part)
            if end is None:
                return b""
            part, self._until = part[end.start() :], None
        self._data += part
        return self._written(max(self._seen, len(self._data) - OVERLAP))

    def end(self) -> bytes:
        """The rest."""
        rest = self._written(len(self._data)) if self._data else b""
        self._data, self._seen, self._until = b"", 0, None
        return rest

    def _spans(self, data: bytes) -> list[Span]:
        if not data.strip(b"\0"):  # a log that was cut while it was written to: hundreds of MiB of holes
            return []
        return chosen([*bodies.spans(data), *self._lines.spans(data)])

    def _written(self, cut: int) -> bytes:
        data, seen = self._data, self._seen
        spans = []
        for span in self._spans(data):
            start = max(span.start, seen)
            if start < cut and span.end > start:
                spans.append(Span(start, span.end, span.new, span.kind))
                cut = max(cut, span.end)
        self._lines.count(spans)
        if spans and spans[-1].end == len(data):
            before = data[spans[-1].start - 1 : spans[-1].start]
            self._until = re.compile(b"[\n%s]" % before) if before in _QUOTES else _END_OF_WORD
        shifted = [span._replace(start=span.start - seen, end=span.end - seen) for span in spans]
        context = max(0, cut - OVERLAP)
        self._data, self._seen = data[context:], cut - context
        return replaced(data[seen:cut], shifted)
