"""Overlays: files that change, add or remove single checks of another rule set.

    overlay: face-server
    params: {service-memory: {default: 16 GB}}    # keys of a parameter, or one more
    checks:
      - {id: memory, require: ">= 64 GB"}         # what it says takes the place of what was there
      - {id: gcc, remove: true}
      - {id: site-disk, title: …, fact: …, require: …}    # one more, at the end

Under `verify:` stand those of the checks after the installation. Whoever extends the rule set
gets it as it is changed. Of several overlays of one check each changes what the one before it
left (`places` says their order).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from envcheck.rulebook.checks import KEYS, check_id
from envcheck.rulebook.source import Node, RuleError, RuleErrors, nearest

if TYPE_CHECKING:
    from envcheck.rulebook.build import Entries
    from envcheck.rulebook.model import Part

HEADER = ("overlay", "params", "checks", "verify")
NEW = ("title", "fact", "require")


def apply(header: Mapping[str, Node], module: str, entries: Entries, part: Part = "checks") -> None:
    """Change the checks of a module as an overlay says; what is wrong is added to their errors."""
    seen: set[str] = set()
    for node in header[part].list() if part in header else ():
        try:
            _change(node, module, entries, seen)
        except RuleErrors as error:
            entries.errors += error.errors


def _change(node: Node, module: str, entries: Entries, seen: set[str]) -> None:
    key = check_id(node)
    if key in seen:
        raise node.error(f"check {key!r} stands here twice")
    seen.add(key)
    if node.kind == "scalar":
        raise node.error(f"an id alone changes nothing: say what is different of {key!r}, or `remove: true`")
    fields = node.fields((*KEYS, "remove"))
    if fields.keys() == {"id"}:
        raise node.error(f"an id alone changes nothing: say what is different of {key!r}, or `remove: true`")
    if key not in entries and ("remove" in fields or not fields.keys() >= set(NEW)):
        if key in entries.broken:
            return
        what = "to remove" if "remove" in fields else "to change, and a new one has title, fact and require"
        near = nearest(key, entries)
        if key in entries.removed:
            near = f"; {entries.removed[key].file}, line {entries.removed[key].line}, takes it away"
        raise node.error(f"no check {key!r} of {module!r} {what}{near}")
    if "remove" in fields:
        _remove(key, fields, entries)
    else:
        entries[key] = (node, changed(entries[key][1] if key in entries else {}, fields))


def _remove(key: str, fields: Mapping[str, Node], entries: Entries) -> None:
    others = [name for name in fields if name not in ("id", "remove")]
    if others or not fields["remove"].flag():
        raise fields["remove"].error("`remove: true` stands alone beside the id")
    del entries[key]
    entries.removed[key] = fields["id"]


def changed(old: Mapping[str, Node], new: Mapping[str, Node]) -> dict[str, Node]:
    """The fields of a check that another entry changes.

    What is required in words goes with the requirement that it describes.
    """
    stale = {"requirement"} if "require" in new else set()
    return {**{key: node for key, node in old.items() if key not in stale}, **new}


def still_required(entries: Entries) -> Iterator[RuleError]:
    """Removals of checks that others still require."""
    for key, (_, fields) in entries.items():
        for item in fields["requires"].children if "requires" in fields else ():
            name = item.text if item.kind == "scalar" else "".join(child.text for child in item.children[:1])
            if name in entries.removed:
                node = entries.removed[name]
                yield node.error(f"check {name!r} cannot be removed: {key!r} requires it")
