"""Lines too long for memory: worked on in windows that overlap, so that no cut hides anything."""

from __future__ import annotations

import re

from envcheck.bundle.redact.lines import Lines
from envcheck.bundle.redact.spans import Span, replaced
from envcheck.bundle.redact.stream import OVERLAP

_END_OF_VALUE = re.compile(rb"[\s\"'\\]")


class LongLines:
    """The parts of one long line after another."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._data = b""
        self._seen = 0
        """How much of the data was written already, and is only looked at."""
        self._in_value = False
        """What comes next belongs to something that was replaced."""

    @property
    def open(self) -> bool:
        """Whether a line was begun and not ended."""
        return bool(self._data)

    def take(self, part: bytes) -> bytes:
        """What can be written once this part has come."""
        if self._in_value:
            end = _END_OF_VALUE.search(part)
            if end is None:
                return b""
            part, self._in_value = part[end.start() :], False
        self._data += part
        return self._written(max(self._seen, len(self._data) - OVERLAP))

    def end(self) -> bytes:
        """The rest."""
        rest = self._written(len(self._data)) if self._data else b""
        self._data, self._seen, self._in_value = b"", 0, False
        return rest

    def _written(self, cut: int) -> bytes:
        data, seen = self._data, self._seen
        spans = []
        for span in self._lines.spans(data):
            start = max(span.start, seen)
            if start < cut and span.end > start:
                spans.append(Span(start, span.end, span.new, span.kind))
                cut = max(cut, span.end)
        self._lines.count(spans)
        self._in_value = bool(spans) and spans[-1].end == len(data)
        shifted = [span._replace(start=span.start - seen, end=span.end - seen) for span in spans]
        context = max(0, cut - OVERLAP)
        self._data, self._seen = data[context:], cut - context
        return replaced(data[seen:cut], shifted)
