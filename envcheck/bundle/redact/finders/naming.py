"""The span of a name where the text says that one stands there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span

NO_NAMES = frozenset(b"true false yes no n/a null none lost+found (none)".split())
"""What stands in the place of a name where there is none."""
NAME = rb"[A-Za-z0-9_][A-Za-z0-9_.-]*"


class Naming:
    """Makes it, unless the name is one that stays."""

    def __init__(self, pseudonyms: Pseudonyms, keep: Collection[bytes] = ()) -> None:
        self._pseudonyms = pseudonyms
        self._keep = NO_NAMES | frozenset(keep)

    def span(self, data: bytes, start: int, end: int, kind: str) -> Iterator[Span]:
        """Of a user, or of a host: its domain is left out."""
        name = data[start:end].rstrip(b".-")
        if kind == "host":
            name = name.split(b".")[0]
        if name.lower() in self._keep or name.isdigit() or name.lower().startswith(b"localhost"):
            return
        new = self._pseudonyms.named(kind, name)
        if new != name:
            yield Span(start, start + len(name), new, kind)
