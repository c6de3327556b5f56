"""Files that hold one identifier and nothing else, alone or in a record's answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envcheck.bundle.redact.finders.ids import Ids, is_serial
from envcheck.bundle.redact.keep import WORDS
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span

_WWID = re.compile(
    rb"(?i)(naa\.|eui\.|nvme\.|uuid\.|t10\.|0x|mpath-3?|scsi-|3(?=[0-9a-f]{32}\Z)|)(.+)\Z", re.DOTALL
)
_HEX = re.compile(rb"[0-9A-Fa-f-]{8,}\Z")
_LOCAL = b"localhost"


class Values:
    """Makes the span of such a value, if it is one."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._ids = Ids(pseudonyms)

    def spans(self, kind: str, data: bytes) -> Iterator[Span]:
        """Of a file's content, or of one value."""
        value = data.strip(b"\0\n\r\t ")
        start = data.find(value)
        if not value or b"\n" in value:
            return
        if kind == "id":
            yield from self._of_id(value, start)
        elif kind == "serial" and is_serial(value):
            yield from self._ids.value(value, start)
        elif kind in ("host", "domain"):
            yield from self._of_name(kind, value, start)

    def _of_id(self, value: bytes, start: int) -> Iterator[Span]:
        match = _WWID.match(value)
        if match is None:
            return
        start, core = start + match.start(2), match[2]
        if _HEX.match(core):
            new, kind = self._pseudonyms.digits("wwn", core), "wwn"
        else:
            new, kind = self._pseudonyms.named("serial", core), "serial"
        if new != core:
            yield Span(start, start + len(core), new, kind)

    def _of_name(self, kind: str, value: bytes, start: int) -> Iterator[Span]:
        first, dot, rest = value.partition(b".")
        if first.lower().startswith(_LOCAL) or (kind == "domain" and value.lower() in WORDS | {b"(none)"}):
            return
        new = self._pseudonyms.named(kind, first if kind == "host" else value)
        if kind == "host" and dot:
            new += dot + self._pseudonyms.named("domain", rest)
        if new != value:
            yield Span(start, start + len(value), new, kind)
