"""Our own domains, and the hosts in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envcheck.bundle.redact.finders import Finder, words
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span, Text

_LABELS = re.compile(rb"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.\Z")
_LONGEST = 128


class Domains:
    """Finds a known domain, and takes the labels before it for hosts."""

    def __init__(self, pseudonyms: Pseudonyms, known: Known) -> None:
        self._pseudonyms = pseudonyms
        self._known = known

    def finder(self) -> Finder:
        """For the domains known by now; where there are none it finds nothing."""
        domains = sorted(self._known.domains, key=lambda domain: (-len(domain), domain))
        if not domains:
            return Finder((), lambda _: iter(()))
        names = b"|".join(map(re.escape, domains))
        pattern = re.compile(rb"(?:%s)(?![a-z0-9]|\.[a-z])" % names)
        return Finder(
            words(*(domain.decode("latin-1") for domain in domains)),
            lambda text: self._find(pattern, text),
        )

    def _find(self, pattern: re.Pattern[bytes], text: Text) -> Iterator[Span]:
        for match in pattern.finditer(text.lower):
            start = match.start()
            before = text.lower[max(0, start - _LONGEST) : start]
            if before[-1:].isalnum():
                continue
            yield Span(start, match.end(), self._pseudonyms.named("domain", match[0]), "domain")
            labels = _LABELS.search(before)
            if labels:
                yield from self._hosts(text.data, start - len(labels[0]), start - 1)

    def _hosts(self, data: bytes, start: int, end: int) -> Iterator[Span]:
        for label in data[start:end].split(b"."):
            new = self._pseudonyms.named("host", label)
            if label and new != label:
                yield Span(start, start + len(label), new, "host")
            start += len(label) + 1
