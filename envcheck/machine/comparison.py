"""What has changed between two machine records, and what that means for the licence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Optional

from envcheck.machine.record import PARTS, Item, Machine, Part
from envcheck.machine.seal import ANCHORS, agreed, sealed

Status = Literal["same", "changed", "unknown"]
Meaning = Literal["wrong-machine", "hardware-changed", "address-changed", "system-reinstalled"]

_HARDWARE = ("system_uuid", "board", "cpu", "disks", "cards")
_IDENTIFYING = frozenset({"system_uuid", "board", "disks", "cards"})
"""Only what has a number of its own shows that the hardware is the same."""


@dataclass(frozen=True)
class Change:
    """One part then and now. Of a part that changed, what went and what came."""

    part: str
    status: Status
    gone: tuple[Item, ...] = ()
    come: tuple[Item, ...] = ()
    reason: str = ""
    """Why it is unknown."""
    lost: bool = False
    """Whether it was known then and cannot be known now."""


@dataclass(frozen=True)
class Comparison:
    """Two records side by side. `meaning` is the id of the known problem, None for none."""

    then: Machine
    now: Machine
    changes: tuple[Change, ...]
    meaning: Optional[Meaning]

    @property
    def same(self) -> bool:
        """Whether some of its hardware is there again, nothing speaks against it and nothing is lost."""
        if any(change.lost or change.status == "changed" for change in self.changes):
            return False
        return any(
            change.status == "same" and change.part in _IDENTIFYING and _has_ids(self.then.parts[change.part])
            for change in self.changes
        )


def compare(then: Machine, now: Machine) -> Comparison:
    """Compare two records of any age; one that is sealed is compared with the other's seal."""
    shown = (then, now)
    if then.sealed != now.sealed:
        then, now = sealed(then), sealed(now)
    changes = tuple(_change(name, then.parts[name], now.parts[name]) for name in PARTS)
    if then.sealed and not agreed(then, now):
        changes = tuple(map(_untold, changes))
    return Comparison(*shown, changes, _meaning({change.part: change for change in changes}, then, now))


def _untold(change: Change) -> Change:
    """What two seals without a common key tell of a part."""
    has_ids = any(item.ids for item in (*change.gone, *change.come))
    if change.part in ANCHORS.values() or not has_ids:
        return change
    return Change(change.part, "unknown", reason="sealed, and nothing agrees to compare it by", lost=True)


def _change(name: str, then: Part, now: Part) -> Change:
    if isinstance(then, str):
        return Change(name, "unknown", reason=then)
    if isinstance(now, str):
        return Change(name, "unknown", reason=now, lost=bool(then))
    gone, come = _without(then, now), _without(now, then)
    # A second address does no harm; a disk or card that was not there is other hardware.
    changed = bool(gone or (come and name != "addresses"))
    return Change(name, "changed" if changed else "same", gone, come)


def _without(items: Sequence[Item], others: Sequence[Item]) -> tuple[Item, ...]:
    """The items of which none of the others is the same; each of those stands for one."""
    left = list(others)
    missing = []
    for item in items:
        same = next((each for each in left if _is_same(item, each)), None)
        if same is None:
            missing.append(item)
        else:
            left.remove(same)
    return tuple(missing)


def _is_same(one: Item, other: Item) -> bool:
    if one.ids and other.ids:
        return not set(one.ids).isdisjoint(other.ids)
    return one.about == other.about


def _meaning(changes: dict[str, Change], then: Machine, now: Machine) -> Optional[Meaning]:
    changed = {name for name, change in changes.items() if change.status == "changed"}
    if _is_another(changes, then, now):
        return "wrong-machine"
    if changed.intersection(_HARDWARE):
        return "hardware-changed"
    if "addresses" in changed:
        return "address-changed"
    if "installation" not in changed:
        return None
    known = {name for name, change in changes.items() if change.status == "same"}
    return "system-reinstalled" if known & _IDENTIFYING else None


def _is_another(changes: dict[str, Change], then: Machine, now: Machine) -> bool:
    """Whether nothing that belongs to the board is there any more.

    What can be carried over to another machine, disks and what is installed on them, proves nothing.
    """
    signs = [
        name
        for name in ("system_uuid", "board", "cards")
        if changes[name].status != "unknown" and _has_ids(then.parts[name]) and _has_ids(now.parts[name])
    ]
    if not signs:
        return changes["installation"].status == "changed" and changes["disks"].status == "changed"
    return not any(_keeps_something(changes[name], then.parts[name]) for name in signs)


def _has_ids(part: Part) -> bool:
    return not isinstance(part, str) and any(item.ids for item in part)


def _keeps_something(change: Change, then: Part) -> bool:
    return len(change.gone) < len(then)


def differences(change: Change) -> Iterator[tuple[str, Item]]:
    """What went (`-`) and what came (`+`), in order."""
    yield from (("-", item) for item in change.gone)
    yield from (("+", item) for item in change.come)
