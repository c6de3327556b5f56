"""Names of members: none twice, and none that an archive's reader would have to refuse."""

from __future__ import annotations

import posixpath

_LONGEST = 250
"""Bytes of one part of a name; file systems end at 255."""


class Names:
    """The names that were given away."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """A safe name as near as can be to the wanted one, and unlike every other."""
        safe = "/".join(filter(None, map(_safe, name.split("/")))) or "unnamed"
        stem, ending = posixpath.splitext(safe)
        number = 1
        while safe in self._taken:
            number += 1
            safe = f"{stem}~{number}{ending}"
        self._taken.add(safe)
        return safe


def _safe(part: str) -> str:
    if part in (".", ".."):
        return "_"
    text = part.encode("utf-8", "replace").decode()
    text = "".join(char if char.isprintable() else "_" for char in text)
    return text.encode()[:_LONGEST].decode("utf-8", "ignore")
