"""What a check claims of the host for its module alone: ports, or free space on a file system.

    claims: ports                            the ports that the requirement wants to be free
    claims: {space: path[/home].space}       so much of that file system as the requirement wants

Checked by themselves two modules may each find enough; together they may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional

from envcheck.rulebook.grammar import fact_type
from envcheck.rulebook.model import Claim
from envcheck.rulebook.parameters import Scope
from envcheck.rulebook.requirement import AllOf, Compare, Fields, NoElement, OneOf, Requirement
from envcheck.rulebook.source import quoted
from envcheck.values import Bytes

if TYPE_CHECKING:
    from envcheck.rulebook.source import Node

_LOWER_BOUNDS = (">", ">=")


def read_claim(node: Node, wanted: Requirement, scope: Scope) -> Claim:
    """The claim of a check with that requirement. Raises RuleError where this says nothing of it."""
    if node.kind == "scalar":
        return _ports(node, wanted)
    fact = node.fields(("space",), required=("space",))["space"]
    fields = fact_type(fact).fields or {}
    if not {"free", "mount_point", "filesystem"} <= fields.keys():
        raise fact.error(f"{fact.text} tells no free space of a file system")
    scope.ask(fact)
    bounds = list(_least(wanted, free=fact_is_size(wanted)))
    if not bounds:
        raise node.error("the requirement has no lower bound of free space to claim")
    return Claim(space=fact.text, free=max(bounds))


def _ports(node: Node, wanted: Requirement) -> Claim:
    if node.text != "ports":
        raise node.error(f"unknown claim {quoted(node.text)}: it is `ports`, or {{space: FACT}}")
    ports = tuple(_numbers(wanted.part)) if isinstance(wanted, NoElement) else ()
    if not ports:
        raise node.error("claims: ports needs a requirement such as {none: {number: [80, 443]}}")
    return Claim(ports=ports)


def _numbers(part: Requirement) -> Iterator[int]:
    if isinstance(part, Fields) and "number" in part.parts:
        yield from _numbers(part.parts["number"])
    elif isinstance(part, OneOf):
        for each in part.parts:
            yield from _numbers(each)
    elif isinstance(part, Compare) and part.comparison == "==" and isinstance(part.operand, int):
        yield part.operand


def fact_is_size(wanted: Requirement) -> bool:
    """Whether the requirement is one of a size, and not of a record that has one."""
    first: Optional[Requirement] = wanted
    while isinstance(first, (AllOf, OneOf)):
        first = first.parts[0] if first.parts else None
    return isinstance(first, Compare)


def _least(wanted: Requirement, free: bool) -> Iterator[Bytes]:
    """The lower bounds of the size, or of the field `free` of a record, in all alternatives."""
    if isinstance(wanted, Fields):
        if "free" in wanted.parts:
            yield from _least(wanted.parts["free"], free=True)
    elif isinstance(wanted, (AllOf, OneOf)):
        for part in wanted.parts:
            yield from _least(part, free)
    elif isinstance(wanted, Compare) and free and wanted.comparison in _LOWER_BOUNDS:
        yield Bytes(wanted.operand)  # type: ignore[call-overload]
