"""The machine record: what a licence binds to, as it was found on one day.

Written as JSON of the schema `envcheck.machine/1`: `parts` holds for each part either its
`items`, each with the `ids` that tell it from others of its kind and `about` for people, or
why it is `unknown`. In a sealed record the ids are replaced, see `envcheck.machine.seal`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Optional, Union

from envcheck import __version__
from envcheck.errors import RequestError
from envcheck.facts import Known, Unknown
from envcheck.record import Record

if TYPE_CHECKING:
    from envcheck.host.base import Host

SCHEMA = "envcheck.machine/1"
IN_RECORDS = "/sos_commands/envcheck/machine.json"
"""Where a bundle keeps the machine record among the answers of its host."""
PARTS = ("system_uuid", "board", "cpu", "disks", "cards", "addresses", "installation")
SECONDS = 30.0

_MANY = 4096
_LONGEST = 4 << 20


class Item(Record):
    """One thing of a part. Two are the same if they share an id or, where one has none, `about`."""

    ids: tuple[str, ...]
    about: str


Part = Union[tuple[Item, ...], str]
"""The things of one kind; or, as a text, why they are unknown."""


@dataclass(frozen=True)
class Machine:
    """A machine record. `taken` is ISO 8601 with zone."""

    host: str
    taken: str
    parts: Mapping[str, Part]
    """By the names in PARTS."""
    sealed: bool = False

    @property
    def unknown(self) -> dict[str, str]:
        """Why parts are unknown, by their names."""
        return {name: part for name, part in self.parts.items() if isinstance(part, str)}

    def to_json(self) -> str:
        """The record as JSON."""
        parts = {name: _part_to_json(part) for name, part in self.parts.items()}
        head = {"schema": SCHEMA, "envcheck": __version__, "host": self.host}
        head["taken"] = self.taken
        return (
            json.dumps({**head, "sealed": self.sealed, "parts": parts}, ensure_ascii=False, indent=1) + "\n"
        )


def machine_of(host: Host, timeout: float = SECONDS) -> Machine:
    """The record of a host: the one that its bundle keeps, else what it answers now.

    `timeout` is in seconds, for all questions together.
    """
    from envcheck.host.base import Unreadable

    if host.replayed:
        try:
            return read_machine(host.read(IN_RECORDS), IN_RECORDS)
        except Unreadable:
            pass
    return _asked(host, timeout)


def _asked(host: Host, timeout: float) -> Machine:
    from envcheck.engine.collect import collect_probes

    facts = collect_probes(host, ("identity", "cpu"), timeout)
    identity, cpu = facts["identity"].facts, facts["cpu"].facts
    parts: dict[str, Part] = {
        "system_uuid": _part(identity, "system_uuid", lambda uuid: (Item((uuid,), ""),)),
        "board": _part(identity, "board", _board),
        "cpu": _cpu(cpu),
        "disks": _part(identity, "disks", lambda disks: tuple(map(_disk, disks))),
        "cards": _part(identity, "cards", lambda cards: tuple(Item((c.mac,), c.name) for c in cards)),
        "addresses": _part(identity, "addresses", lambda found: tuple(Item((each,), "") for each in found)),
        "installation": _part(identity, "installation", lambda found: (Item((found,), ""),)),
    }
    return Machine(host.name, datetime.now(timezone.utc).astimezone().isoformat(timespec="seconds"), parts)


def _part(facts: Any, name: str, items: Callable[[Any], tuple[Item, ...]]) -> Part:  # noqa: ANN401
    fact = facts if isinstance(facts, Unknown) else getattr(facts, name)
    return items(fact.value) if isinstance(fact, Known) else str(fact.reason)


def _board(board: Any) -> tuple[Item, ...]:  # noqa: ANN401 - probes.identity.Board
    return (Item((board.serial,) if board.serial else (), f"{board.vendor} {board.product}".strip()),)


def _disk(disk: Any) -> Item:  # noqa: ANN401 - probes.identity.BoundDisk
    return Item(disk.ids, f"{disk.model} {disk.size}".strip())


def _cpu(facts: Any) -> Part:  # noqa: ANN401 - probes.cpu.Cpu
    if isinstance(facts, Unknown):
        return facts.reason
    if isinstance(facts.model, Unknown):
        return facts.model.reason
    cores = facts.physical_cores
    count = f", {cores.value} cores" if isinstance(cores, Known) else ""
    return (Item((), f"{facts.model.value}{count}"),)


# -- as JSON ------------------------------------------------------------------------------


def _part_to_json(part: Part) -> object:
    if isinstance(part, str):
        return {"unknown": part}
    return {"items": [{"ids": list(item.ids), "about": item.about} for item in part]}


def read_file(path: str) -> Optional[Machine]:
    """The record in a file; None for what is no JSON at all: a bundle, a directory.

    Raises RequestError where it cannot be read or is no machine record.
    """
    if os.path.isdir(path):
        return None
    try:
        with open(path, "rb") as stream:
            content = stream.read(_LONGEST + 1)
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror or error}") from error
    if not content.lstrip().startswith(b"{"):
        return None
    if len(content) > _LONGEST:
        raise RequestError(f"{path}: no machine record: it is too long")
    return read_machine(content.decode("utf-8", "replace"), path)


def read_machine(text: str, where: str) -> Machine:
    """Read a record; `where` is its name in errors. Raises RequestError for whatever is none."""
    try:
        content = json.loads(text)
        _expect(content["schema"])
        parts = {name: _part_of(content["parts"][name]) for name in PARTS}
        return Machine(_string(content["host"]), _string(content["taken"]), parts, content["sealed"] is True)
    except KeyError as error:
        raise RequestError(f"{where}: no machine record: {error.args[0]!r} is missing") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise RequestError(f"{where}: no machine record: {error}") from error


def _expect(schema: object) -> None:
    if schema != SCHEMA:
        raise ValueError(f"its schema is {schema!r}, and {SCHEMA!r} is wanted")


def _part_of(found: Any) -> Part:  # noqa: ANN401 - what JSON held
    if "unknown" in found:
        return _string(found["unknown"]) or "not told"
    items = found["items"]
    if not isinstance(items, list) or len(items) > _MANY:
        raise ValueError("a part is a list of items")
    return tuple(Item(tuple(map(_string, item["ids"])), _string(item["about"])) for item in items)


def _string(found: Optional[object]) -> str:
    if not isinstance(found, str):
        raise ValueError(f"{str(found)[:40]!r} is no text")  # noqa: TRY004 - one kind of error for all
    return found
