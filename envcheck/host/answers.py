"""Answers that a record keeps for us in sos_commands/envcheck/, mostly as JSON."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any, Optional, TypeVar

from envcheck.host.base import Failed, FileStatus, Filesystem, Nvml, NvmlCard
from envcheck.host.inside import Inside
from envcheck.host.json_text import parse
from envcheck.host.outputs import ANSWERS
from envcheck.record import Record

T = TypeVar("T")

_MAX_SIZE = 16 << 20


class Answers:
    """The files of sos_commands/envcheck/."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def text(self, name: str) -> str:
        """The file's text; empty where there is no such file. Raises Failed, Denied."""
        place = self._inside.follow(f"{ANSWERS}/{name}")
        if place.status is None:
            return ""
        return self._inside.read(place, _MAX_SIZE).decode("utf-8", "backslashreplace")

    def get(self, name: str, understand: Callable[[str], T]) -> T | None:
        """What the file says; None where there is no such file. Raises Failed for a wrong one."""
        text = self.text(name)
        if not text:
            return None
        try:
            return understand(text)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            raise Failed(f"{ANSWERS[1:]}/{name}: {error}") from error


class PartialStatus(Record):
    """A file's metadata as far as a record keeps it."""

    kind: Optional[str]
    mode: Optional[int]
    uid: Optional[int]
    gid: Optional[int]
    size: Optional[int]

    def over(self, other: FileStatus) -> FileStatus:
        """The whole: what is not kept here is as in `other`."""
        kept = {name: value for name, value in self._asdict().items() if value is not None}
        return other._replace(**kept)


def filesystems(text: str) -> list[Filesystem]:
    """From a list of `{mount_point, total, free, type, device}`, sizes in bytes."""
    return [
        Filesystem(
            _text(each["mount_point"]),
            _whole(each["total"]),
            _whole(each["free"]),
            _text(each.get("type", "")),
            _text(each.get("device", "")),
        )
        for each in parse(text)
    ]


def statuses(text: str) -> dict[str, PartialStatus]:
    """From `{path: {kind, mode, uid, gid, size}}`, the mode as text in octal: `"0777"`."""
    return {
        posixpath.normpath(path): PartialStatus(
            _or_none(_text, each.get("kind")),
            _or_none(_octal, each.get("mode")),
            _or_none(_whole, each.get("uid")),
            _or_none(_whole, each.get("gid")),
            _or_none(_whole, each.get("size")),
        )
        for path, each in parse(text).items()
    }


def nvml(text: str) -> Nvml:
    """From `{driver_version, cards: [the fields of NvmlCard]}`; raises Failed for `{error, code}`."""
    return nvml_of(parse(text))


def nvml_of(answer: Mapping[str, Any]) -> Nvml:
    """The same from what the JSON holds."""
    if "error" in answer:
        raise Failed(_text(answer["error"]), _or_none(_whole, answer.get("code")))
    cards = tuple(_card(index, card) for index, card in enumerate(answer.get("cards", ())))
    return Nvml(_text(answer["driver_version"]), cards)


def socket_owners(text: str) -> dict[int, str]:
    """From `{inode: "name (pid N)"}`."""
    return {int(inode): _text(owner) for inode, owner in parse(text).items()}


def _card(index: int, card: Mapping[str, Any]) -> NvmlCard:
    return NvmlCard(
        number=_whole(card.get("number", index)),
        name=_text(card["name"]),
        memory=_or_none(_whole, card.get("memory")),
        pci_bus=_or_none(_text, card.get("pci_bus")),
        uuid=_or_none(_text, card.get("uuid")),
        virtualization=_or_none(_text, card.get("virtualization")),
        mig=_or_none(_truth, card.get("mig")),
    )


def _or_none(understand: Callable[[object], T], value: object) -> T | None:
    return None if value is None else understand(value)


def _octal(value: object) -> int:
    return int(_text(value), 8)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
