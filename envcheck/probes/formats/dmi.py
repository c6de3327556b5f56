"""The text of dmidecode, from version 2.2 on."""

from __future__ import annotations

from functools import lru_cache

from envcheck.lazy import regex
from envcheck.record import Record

PROCESSOR = 4
"""The type of a processor socket."""

_HEAD = regex(r"(?:Handle 0x[0-9A-Fa-f]+,\s*)?DMI type (\d+)\b.*")
_FIELD = regex(r"([^:]+):\s*(.*)")
_FILLERS = frozenset({"", "not specified", "unknown", "none", "<out of spec>"})


class Structure(Record):
    """One structure of the table: its type number and its one-line fields."""

    type: int
    fields: dict[str, str]

    def text(self, name: str) -> str:
        """A field's text, empty where the vendor left it out."""
        value = self.fields.get(name, "")
        return "" if value.lower() in _FILLERS else value


@lru_cache(maxsize=4)  # several probes read the same text; none changes what it gets
def read(text: str) -> tuple[Structure, ...]:
    """The structures in order; raises ValueError where there is none (not root, no SMBIOS)."""
    found: list[Structure] = []
    for line in text.splitlines():
        words = line.strip()
        head = _HEAD.fullmatch(words)
        field = _FIELD.fullmatch(words)
        if head:
            found.append(Structure(int(head[1]), {}))
        elif found and field:
            found[-1].fields.setdefault(field[1].strip(), field[2].strip())
    if not found:
        raise ValueError("dmidecode shows no table")
    return tuple(found)
