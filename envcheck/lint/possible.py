"""Whether a requirement can be met and missed at all, decided by trying every value that matters.

Comparisons split the values of an ordered type at their operands: the operands, what lies
just beside each and the least value stand for all others. An enumeration and a flag have few
values, a text is one that is named or another. Records and lists are put together from what
stands for their fields and elements. Each is then judged as the engine would judge it, so
that nothing is decided here that is decided otherwise there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import ceil, floor, prod
from types import SimpleNamespace
from typing import Any, Literal, Union, cast

from envcheck.facts import Known
from envcheck.rulebook.grammar import COUNT
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
)
from envcheck.rulebook.types import Type
from envcheck.values import Version

Truth = Literal["always", "never", "sometimes"]

MOST_PARTS = 200
MOST_RECORDS = 500
MOST_KINDS_OF_ELEMENT = 6
LONGEST_LIST = 1000


class Undecided(Exception):
    """There are too many cases, or an operand is not known yet."""


def truth(requirement: Requirement, wanted: Type) -> Truth:
    """Whether values of this type always or never meet the requirement; in doubt `sometimes`."""
    try:
        met = [passes(requirement, value) for value in representatives((requirement,), wanted)]
    except Undecided:
        return "sometimes"
    if all(met):
        return "always"
    return "sometimes" if any(met) else "never"


def together(wanted: Requirement, unwanted: Requirement, fact: Type) -> bool:
    """Whether a value of this type can meet the one and miss the other; in doubt it can."""
    try:
        values = representatives((wanted, unwanted), fact)
    except Undecided:
        return True
    return any(passes(wanted, value) and not passes(unwanted, value) for value in values)


def compared(requirement: Requirement) -> list[float]:
    """The numbers that a requirement of a number compares with, those of parameters that are set included."""
    operands = [leaf.operand for leaf in _leaves(requirement) if isinstance(leaf, Compare)]
    return [operand for operand in operands if isinstance(operand, (int, float))]


def passes(requirement: Requirement, value: object) -> bool:
    """Whether a known value meets a requirement."""
    return requirement.judge(Known(value, "")).verdict == "pass"


def representatives(requirements: Sequence[Requirement], wanted: Type) -> list[Any]:
    """Values of a type, one for each way in which they may meet or miss these. Raises Undecided."""
    leaves = [leaf for requirement in requirements for leaf in _leaves(requirement)]
    if len(leaves) > MOST_PARTS:
        raise Undecided
    values: Iterable[object]
    if wanted.kind == "record":
        values = _records(leaves, cast("Mapping[str, Type]", wanted.fields))
    elif wanted.kind == "list":
        values = _lists(leaves, cast("Type", wanted.item))
    else:
        values = _scalars([leaf.operand for leaf in leaves if isinstance(leaf, Compare)], wanted)
    by_verdicts = {tuple(passes(each, value) for each in requirements): value for value in values}
    return list(by_verdicts.values())


def _leaves(requirement: Requirement) -> Iterator[Requirement]:
    """The parts that speak of the value itself, whatever combines them."""
    if isinstance(requirement, Not):
        yield from _leaves(requirement.part)
    elif isinstance(requirement, (AllOf, OneOf)):
        for part in requirement.parts:
            yield from _leaves(part)
    else:
        yield requirement


# -- scalars ----------------------------------------------------------------------------


def _scalars(operands: Sequence[Any], wanted: Type) -> Iterable[object]:
    if wanted.kind == "flag" and all(isinstance(operand, bool) for operand in operands):
        return (True, False)
    if wanted.kind == "text" and all(isinstance(operand, str) for operand in operands):
        return wanted.choices or (*operands, "".join((*operands, "other")))
    if wanted.kind == "version":
        return _versions(operands)
    if not all(isinstance(operand, (int, float)) for operand in operands):
        raise Undecided
    return _whole(operands, wanted.least) if wanted.whole else _numbers(operands)


def _versions(operands: Sequence[object]) -> list[Version]:
    known = [operand for operand in operands if isinstance(operand, Version)]
    if len(known) < len(operands):
        raise Undecided
    longest = max((len(version.numbers) for version in known), default=1)
    above = [
        Version(".".join(map(str, (*version.numbers, *(0,) * longest, 1)))) for version in known
    ]  # a longer row of zeros than any operand has: nothing lies between the two
    return [Version("0"), *known, *above]


def _whole(operands: Sequence[float], least: Union[int, None]) -> set[int]:
    near = {number + step for each in operands for number in (floor(each), ceil(each)) for step in (-1, 0, 1)}
    near.add(least or 0)
    return {number for number in near if least is None or number >= least}


def _numbers(operands: Sequence[float]) -> list[float]:
    ordered = sorted(set(operands)) or [0]
    between = [(low + high) / 2 for low, high in zip(ordered, ordered[1:])]
    return [ordered[0] - 1, *ordered, *between, ordered[-1] + 1]


# -- records and lists ------------------------------------------------------------------


def _records(leaves: Sequence[Requirement], fields: Mapping[str, Type]) -> Iterator[SimpleNamespace]:
    wanted: dict[str, list[Requirement]] = {}
    for leaf in leaves:
        for name, part in leaf.parts.items() if isinstance(leaf, Fields) else ():
            wanted.setdefault(name, []).append(part)
    values = [representatives(parts, fields[name]) for name, parts in wanted.items()]
    if prod(map(len, values)) > MOST_RECORDS:
        raise Undecided
    return (SimpleNamespace(**dict(zip(wanted, chosen))) for chosen in product(*values))


def _lists(leaves: Sequence[Requirement], item: Type) -> Iterator[tuple[object, ...]]:
    of_elements = [leaf.part for leaf in leaves if isinstance(leaf, (AnyElement, EveryElement, NoElement))]
    counts = [leaf.part for leaf in leaves if isinstance(leaf, Count)]
    kinds = representatives(of_elements, item) if of_elements else ["element"]
    lengths = representatives(counts, COUNT) if counts else []
    if len(kinds) > MOST_KINDS_OF_ELEMENT or any(length > LONGEST_LIST for length in lengths):
        raise Undecided
    for size in range(len(kinds) + 1):
        for chosen in combinations(kinds, size):
            yield chosen
            for length in lengths if chosen else ():
                if length > size:
                    yield (*chosen, *chosen[:1] * (length - size))
