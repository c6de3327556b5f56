"""Sealing a machine record: its ids cannot be read any more, and can still be compared.

An id becomes a keyed hash. The key is drawn from the machine itself, by a slow function,
once from the system's UUID and once from the installation's id: two sealed records of one
machine hold the same hashes, though they were made apart and no key was ever kept. Where
both changed nothing agrees, which is what another machine looks like.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

from envcheck.machine.record import Item, Machine, Part

ROUNDS = 200_000
"""Serial numbers inside a UUID could be guessed if guessing were cheap."""
_SALT = b"envcheck.machine/1"
ANCHORS = {"u": "system_uuid", "i": "installation"}
"""The parts that keys are drawn from, by the mark of their hashes."""
_BYTES = 15


def sealed(machine: Machine) -> Machine:
    """The same record with sealed ids and without the host's name."""
    if machine.sealed:
        return machine
    keys = {mark: key for mark, part in ANCHORS.items() if (key := _key(machine.parts[part]))}
    parts = {name: _part(name, part, keys) for name, part in machine.parts.items()}
    return replace(machine, host="", parts=parts, sealed=True)


def agreed(one: Machine, other: Machine) -> bool:
    """Whether two sealed records have a key in common, by which their hashes can be compared."""
    return any(_ids(one.parts[part]) & _ids(other.parts[part]) for part in ANCHORS.values())


def _ids(part: Part) -> set[str]:
    return set() if isinstance(part, str) else {each for item in part for each in item.ids}


def _key(anchor: Part) -> bytes:
    """The key that a part yields; empty where the part is unknown."""
    if isinstance(anchor, str) or not anchor:
        return b""
    return hashlib.pbkdf2_hmac("sha256", anchor[0].ids[0].encode(), _SALT, ROUNDS)


def _part(name: str, part: Part, keys: dict[str, bytes]) -> Part:
    if isinstance(part, str):
        return part
    if not keys and any(item.ids for item in part):
        return "cannot be sealed: neither the system's UUID nor the installation's id is known"
    return tuple(Item(tuple(_hashes(name, item, keys)), _about(name, item)) for item in part)


def _hashes(name: str, item: Item, keys: dict[str, bytes]) -> list[str]:
    return [
        f"{mark}:{_text(hmac.digest(key, f'{name}/{each}'.encode(), 'sha256'))}"
        for each in item.ids
        for mark, key in keys.items()
    ]


def _text(digest: bytes) -> str:
    return base64.b32encode(digest[:_BYTES]).decode().lower()


def _about(name: str, item: Item) -> str:
    """The name of a card may hold its address: enx0050b6123456."""
    return "" if name == "cards" else item.about
