"""The table of contents of a bundle, `manifest.json`: schema `envcheck.bundle/1`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Optional

from envcheck.host.json_text import parse

SCHEMA = "envcheck.bundle/1"
NAME = "manifest.json"
NO_FILE = "there is no such file"
"""The reason that is most often given."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Member:
    """One file of the bundle. Sizes in bytes."""

    name: str
    size: int
    sha256: str
    whole: Optional[int] = None
    """Of a log of which only the tail is kept: how large it was."""
    cut: Optional[str] = None
    """Why the end is missing, where it is."""


@dataclass(frozen=True)
class LeftOut:
    """What was wanted and is not in the bundle."""

    name: str
    reason: str


@dataclass(frozen=True)
class Manifest:
    """What a bundle holds, and what became of the rest."""

    host: str
    created: str
    """ISO 8601 time with zone."""
    modules: tuple[str, ...]
    conclusion: str
    redacted: bool
    members: tuple[Member, ...]
    """Every file but the manifest, in the bundle's order."""
    left_out: tuple[LeftOut, ...] = ()
    redactions: Mapping[str, int] = field(default_factory=dict)
    """How many places were replaced, by kind."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time spent, by step: check, record, logs."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """`max_size` in bytes, `max_time` in seconds."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of envcheck, python."""

    @property
    def size(self) -> int:
        """Bytes of all members, uncompressed."""
        return sum(member.size for member in self.members)

    def to_json(self) -> str:
        """The document, in ASCII, with a line break at its end."""
        return json.dumps({"schema": SCHEMA, **_without_none(asdict(self))}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest. Raises ValueError, in words for the reader, where it is none."""
        document = _of(_parsed(text), dict, "the manifest")
        schema = document.pop("schema", None)
        if schema != SCHEMA:
            raise ValueError(f"the manifest's schema is {schema!r}, not {SCHEMA!r}")
        try:
            return cls(
                host=_of(document["host"], str, "host"),
                created=_of(document["created"], str, "created"),
                modules=tuple(_of(name, str, "module") for name in _of(document["modules"], list, "modules")),
                conclusion=_of(document["conclusion"], str, "conclusion"),
                redacted=_of(document["redacted"], bool, "redacted"),
                members=tuple(map(_member, _of(document["members"], list, "members"))),
                left_out=tuple(map(_left_out, _of(document.get("left_out", []), list, "left_out"))),
                **{key: _table(document, key, kind) for key, kind in _TABLES.items()},
            )
        except KeyError as error:
            raise ValueError(f"the manifest lacks {error}") from error


_TABLES: Mapping[str, tuple[type, ...]] = {
    "redactions": (int,),
    "seconds": (int, float),
    "limits": (int, float),
    "versions": (str,),
}


def _parsed(text: str) -> object:
    try:
        return parse(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the manifest is no JSON: {error}") from error


def _member(entry: object) -> Member:
    fields = _of(entry, dict, "a member")
    size, whole, cut = fields["size"], fields.get("whole"), fields.get("cut")
    if not _is_size(size) or not (whole is None or _is_size(whole)):
        raise ValueError("the manifest names a size that is none")
    digest = _of(fields["sha256"], str, "sha256")
    if not _SHA256.fullmatch(digest):
        raise ValueError("the manifest names a checksum that is none")
    if cut is not None:
        _of(cut, str, "cut")
    return Member(_of(fields["name"], str, "name"), size, digest, whole, cut)


def _left_out(entry: object) -> LeftOut:
    fields = _of(entry, dict, "left_out")
    return LeftOut(_of(fields["name"], str, "name"), _of(fields["reason"], str, "reason"))


def _table(document: Mapping[str, Any], key: str, kind: tuple[type, ...]) -> dict[str, Any]:
    table: dict[str, Any] = _of(document.get(key, {}), dict, key)
    if not all(isinstance(value, kind) and not isinstance(value, bool) for value in table.values()):
        raise ValueError(f"the manifest's {key} holds what it should not")
    return table


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _of(value: object, kind: type, what: str) -> Any:  # noqa: ANN401 - of that kind
    if not isinstance(value, kind):
        raise ValueError(f"the manifest is damaged: {what} is no {kind.__name__}")  # noqa: TRY004
    return value


def _without_none(document: dict[str, Any]) -> dict[str, Any]:
    members = [
        {key: value for key, value in member.items() if value is not None} for member in document["members"]
    ]
    return {**document, "members": members}
