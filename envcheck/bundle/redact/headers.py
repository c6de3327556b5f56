"""Names of hosts from the headers of syslog lines, others' too: `Nov  2 10:00:00 NAME sshd[1]:`."""

from __future__ import annotations

import re

from envcheck.bundle.redact.keep import is_common
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.pseudonyms import Pseudonyms

_MOST = 200
_TIME = (
    rb"(?:[A-Z][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
    rb"|[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9:.,]+(?:Z|[+-][0-9:]{4,5})) "
)
_NAME = rb"([A-Za-z0-9][A-Za-z0-9._-]*)(?= [A-Za-z0-9_./()@-]+(?:\[[0-9]+\])?: )"
_OURS = rb"host-x[0-9a-f]{8}[ .]"


class Headers:
    """Learns names where they must stand. A name that is a common word is replaced only there."""

    def __init__(self, pseudonyms: Pseudonyms, known: Known) -> None:
        self._pseudonyms = pseudonyms
        self._known = known
        self._seen: set[bytes] = set()
        self._common: set[bytes] = set()
        self._new = self._pattern_of_new()

    def learn(self, data: bytes) -> None:
        """Know the names in these lines from now on."""
        while len(self._seen) < _MOST:
            match = self._new.search(data) if self._seen else self._new.search(b"\n" + data)
            if match is None:
                return
            self._take(match[1])

    def _take(self, name: bytes) -> None:
        self._seen.add(name)
        first = name.split(b".")[0]
        if first.isdigit() or first.lower().startswith(b"localhost"):
            pass
        elif is_common(first):
            self._common.add(first)
        else:
            self._known.add_word("host", first)
        self._new = self._pattern_of_new()

    def _pattern_of_new(self) -> re.Pattern[bytes]:
        seen = b"|".join([_OURS, *(re.escape(name) + b" " for name in sorted(self._seen))])
        return re.compile(rb"\n" + _TIME + rb"(?!" + seen + rb")" + _NAME)

    def replace(self, data: bytes) -> bytes:
        """The common words among the names, in the headers alone."""
        if not self._common:
            return data
        names = b"|".join(map(re.escape, sorted(self._common)))
        pattern = re.compile(rb"(^|\n)(%s)(%s)(?=[ .])" % (_TIME, names))
        return pattern.sub(lambda match: match[1] + match[2] + self._pseudonyms.named("host", match[3]), data)
