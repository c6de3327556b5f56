"""A requirement as it would be written in a rule file: read again, it is the same requirement."""

from __future__ import annotations

from envcheck.rulebook.requirement import (
    AllOf,
    AnyElement,
    Compare,
    Count,
    EveryElement,
    Fields,
    NoElement,
    Not,
    OneOf,
    Requirement,
    Unset,
)
from envcheck.values import Bytes, Hertz

_OF_LISTS: dict[type[Requirement], str] = {
    AnyElement: "any",
    EveryElement: "every",
    NoElement: "none",
    Count: "count",
}


def written(requirement: Requirement) -> str:
    """The requirement as YAML on one line."""
    if isinstance(requirement, Compare):
        return _scalar([requirement])
    if isinstance(requirement, AllOf):
        return _all(requirement.parts)
    if isinstance(requirement, OneOf):
        return f"[{', '.join(map(written, requirement.parts))}]"
    return f"{{{', '.join(_entries(requirement))}}}"


def _entries(requirement: Requirement) -> list[str]:
    if isinstance(requirement, Fields):
        return [f"{name}: {written(part)}" for name, part in requirement.parts.items()]
    if isinstance(requirement, Not):
        return [f"not: {written(requirement.part)}"]
    if isinstance(requirement, (AnyElement, EveryElement, NoElement, Count)):
        return [f"{_OF_LISTS[type(requirement)]}: {written(requirement.part)}"]
    raise TypeError(f"{requirement!r} is not written in rule files")


def _all(parts: list[Requirement]) -> str:
    """Comparisons with commas between; of lists the words side by side."""
    comparisons = [part for part in parts if isinstance(part, Compare)]
    if comparisons:
        return _scalar(comparisons)
    return f"{{{', '.join(entry for part in parts for entry in _entries(part))}}}"


def _scalar(comparisons: list[Compare]) -> str:
    if isinstance(comparisons[0].operand, bool):
        return "true" if comparisons[0].operand else "false"
    return _quoted(", ".join(f"{each.comparison} {_operand(each.operand)}" for each in comparisons))


def _operand(value: object) -> str:
    if isinstance(value, Bytes):
        return f"{int(value)} B"  # as it is shown it would be rounded
    if isinstance(value, Hertz):
        return f"{int(value)} Hz"
    text = str(value)
    return f"${text}" if text.startswith("$") and not isinstance(value, Unset) else text


def _quoted(text: str) -> str:
    """A text in YAML's double quotes."""
    safe = (char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text)
    return f'"{"".join(safe)}"'
