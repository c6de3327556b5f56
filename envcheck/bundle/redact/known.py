"""Identifiers that are known beforehand: replaced wherever they stand, in each notation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Optional

from envcheck.bundle.redact.finders import skeleton
from envcheck.bundle.redact.keep import MIN_LENGTH, is_common
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span

# Before a word stands nothing that makes it part of another one, or the end of an escape: `\n` of
# JSON, `\u0020`, `%2F`, the end of a terminal's colour.
_BEFORE = (
    rb"(?<![A-Za-z0-9]%s)",
    rb"(?<=\\[nrtbf]%s)",
    rb"(?<=\\u[0-9a-f]{4}%s)",
    rb"(?<=%%[0-9A-Fa-f]{2}%s)",
)
_BEFORE_COLOUR = (rb"(?<=\[[0-9]m%s)", rb"(?<=[0-9][0-9]m%s)")
_DOMAIN = re.compile(rb"(?:[a-z0-9_-]+\.)+[a-z]{2,}\Z")
_AFTER = rb"(?![A-Za-z0-9])"
_LONG = 8
_SHOWN_BY_PS = 7
_FEW = 6
_FEW_NUMBERS = 20
_MAX_WORDS = 2000
_MOST_SPELLINGS = 64
_EIGHT = b"0" * 8
_TO_RUNS = bytes(0x30 if chr(each) in "0123456789abcdefABCDEF" else 0x2E for each in range(256))


class Known:
    """The words and hexadecimal numbers that are looked for everywhere."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self.words: dict[bytes, tuple[str, bytes]] = {}
        """Spelling → kind and pseudonym."""
        self.numbers: dict[bytes, tuple[str, bytes]] = {}
        """Small hexadecimal digits → kind and pseudonym."""
        self.domains: set[bytes] = set()
        self.common: set[bytes] = set()
        """Names of ours, small, that are common words or too short: replaced only where a name must stand."""
        self._spellings: dict[bytes, tuple[bytes, set[bytes]]] = {}
        """Word in small letters → its skeleton, and how it may be spelt."""
        self._patterns: dict[tuple[bytes, ...], re.Pattern[bytes]] = {}

    # -- learning ---------------------------------------------------------------------

    def add_word(self, kind: str, word: bytes) -> None:
        """A name or serial number; common words are left out, more than a bound too."""
        if is_common(word) or len(self.words) > _MAX_WORDS or not word.strip(b"-._ "):
            return
        new = self._pseudonyms.named(kind, word)
        if new == word:
            return
        self._add(kind, new, {word, word.lower(), word.upper(), word.capitalize()})
        if kind == "user" and len(word) > _SHOWN_BY_PS:
            self._add(kind, new, {word[:_SHOWN_BY_PS] + b"+"})

    def add_exactly(self, kind: str, word: bytes, new: bytes) -> None:
        """A word in this spelling alone."""
        self._add(kind, new, {word})

    def _add(self, kind: str, new: bytes, spellings: set[bytes]) -> None:
        for spelling in spellings:
            self.words.setdefault(spelling, (kind, new))
            lower = spelling.lower()
            self._spellings.setdefault(lower, (skeleton(lower), set()))[1].add(spelling)

    def add_domain(self, domain: bytes) -> None:
        """A domain of which every host is one of ours; one without a dot is a common word."""
        domain = domain.strip(b".").lower()
        if _DOMAIN.match(domain) and not domain.endswith((b".test", b".localdomain", b".arpa")):
            self.domains.add(domain)

    def add_number(self, kind: str, digits: bytes, new: bytes) -> None:
        """Hexadecimal digits, eight or more, that become `new`."""
        if len(digits) >= _LONG and digits.strip(b"0") and digits.lower() != new.lower():
            self.numbers.setdefault(digits.lower(), (kind, new.lower()))

    # -- finding ----------------------------------------------------------------------

    def replace_words(self, data: bytes, forms: bytes = b"") -> bytes:
        """All words at once, for texts where columns do not matter.

        `forms` are the skeletons that occur in the text, small and each once.
        """
        for group in self._groups(data, forms):
            # To split and join takes two thirds of the time of a function that is called for each.
            parts = self._pattern(group).split(data)
            if len(parts) > 1:
                found = parts[1::2]
                for word, times in Counter(found).items():
                    self._pseudonyms.count(self.words[word][0], times)
                parts[1::2] = [self.words[word][1] for word in found]
                data = b"".join(parts)
        return data

    def word_spans(self, data: bytes) -> Iterator[Span]:
        """The same as spans."""
        for group in self._groups(data, b""):
            for match in self._pattern(group).finditer(data):
                kind, new = self.words[match[0]]
                yield Span(match.start(), match.end(), new, kind)

    def number_spans(self, data: bytes) -> Iterator[Span]:
        """The known numbers among the runs of hexadecimal digits."""
        if not self.numbers:
            return
        if len(self.numbers) <= _FEW_NUMBERS:
            lower = data.lower()
            if not any(digits in lower for digits in self.numbers):
                return
        runs = data.translate(_TO_RUNS)
        start = runs.find(_EIGHT)
        while start >= 0:
            end = runs.find(b".", start)
            end = len(data) if end < 0 else end
            run = data[start:end].lower()
            if run in self.numbers or run[1:] in self.numbers:
                span = self._number(data, start, end)
                if span:
                    yield span
            start = runs.find(_EIGHT, end)

    def _number(self, data: bytes, start: int, end: int) -> Optional[Span]:
        run = data[start:end].lower()
        found = self.numbers.get(run)
        if found is None and run[:1] in (b"3", b"2") and start and data[start - 1 : start] == b"-":
            start += 1  # udev writes scsi-3 and the number
            found = self.numbers.get(run[1:])
        if found is None:
            return None
        kind, new = found
        return Span(start, end, new.upper() if data[start:end] != run[-len(new) :] else new, kind)

    def _learn_spellings(self, word: bytes, spellings: set[bytes], data: bytes, lower: bytes) -> None:
        """Names are written in any case: `Node-A7` where the host is `node-a7`."""
        kinds = {self.words[each] for each in spellings}
        if len(kinds) > 1 or word.endswith(b"+") or len(spellings) > _MOST_SPELLINGS:
            return
        if sum(map(data.count, spellings)) == lower.count(word):
            return
        meaning = kinds.pop()
        for match in re.finditer(re.escape(word), lower):
            spelling = data[match.start() : match.end()]
            self.words.setdefault(spelling, meaning)
            spellings.add(spelling)

    def _groups(self, data: bytes, forms: bytes) -> Iterable[tuple[bytes, ...]]:
        """The words that occur, together where they begin alike: then they are found fast."""
        lower = data.lower()
        groups: dict[bytes, list[bytes]] = {}
        for word, (form, spellings) in self._spellings.items():
            if (not forms or len(form) < MIN_LENGTH or form in forms) and word in lower:
                self._learn_spellings(word, spellings, data, lower)
                for spelling in spellings:
                    groups.setdefault(spelling[:MIN_LENGTH], []).append(spelling)
        if len(groups) > _FEW:
            return [tuple(spelling for group in groups.values() for spelling in group)]
        return [tuple(group) for group in groups.values()]

    def _pattern(self, words: tuple[bytes, ...]) -> re.Pattern[bytes]:
        found = self._patterns.get(words)
        if found is None:
            if len(self._patterns) > _MAX_WORDS:
                self._patterns.clear()
            found = self._patterns[words] = re.compile(_any_of(words))
        return found

    def dump(self) -> dict[str, Any]:
        """The identifiers themselves, for the map."""
        return {
            "words": sorted(
                {(kind, word.decode("utf-8", "surrogateescape")) for word, (kind, _) in self.words.items()}
            ),
            "numbers": sorted(
                (kind, digits.decode(), new.decode()) for digits, (kind, new) in self.numbers.items()
            ),
            "common": sorted(name.decode("utf-8", "surrogateescape") for name in self.common),
            "domains": sorted(domain.decode("utf-8", "surrogateescape") for domain in self.domains),
        }


def _any_of(words: Iterable[bytes]) -> bytes:
    """The longest first. What they begin with in common comes first, which makes the search fast."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    common = _common_prefix(ordered)
    rest = b"|".join(re.escape(word[len(common) :]) + _bounds(word) for word in ordered)
    return b"(" + re.escape(common) + b"(?:" + rest + b"))"


def _bounds(word: bytes) -> bytes:
    """Conditions that stand behind the word: on what is before it, and what is after."""
    if len(word) >= _LONG and any(48 <= byte < 58 for byte in word) and not word.islower():  # noqa: PLR2004
        return b""  # a serial number: wherever it is
    escaped = re.escape(word)
    before = [each % escaped for each in (*_BEFORE, *_BEFORE_COLOUR)]
    after = b"" if word.endswith(b"+") else _AFTER
    return b"(?:" + b"|".join(before) + b")" + after


def _common_prefix(words: list[bytes]) -> bytes:
    first, last = min(words), max(words)
    length = next(
        (at for at, pair in enumerate(zip(first, last)) if pair[0] != pair[1]), min(len(first), len(last))
    )
    return first[:length]
