"""Probes of installed packages: found by their entry points, looked at when rules name a fact of theirs.

Their code never runs in our process. It is imported in others, which end soon: one tells what
facts it has, another asks it for them (`engine.outside`).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Optional, Union

from envcheck.entry_points import PROBES, EntryPoint, entry_points, is_here
from envcheck.errors import RequestError
from envcheck.probes import BrokenProbe
from envcheck.probes._description import Description, Told, description, tell

IMPORT_SECONDS = 5.0
"""How long a module may take to be imported."""


def found(own: Collection[str]) -> Mapping[str, EntryPoint]:
    """The probes of packages by name. Raises RequestError for a name that is taken, or none."""
    probes: dict[str, EntryPoint] = {}
    for point in entry_points(PROBES):
        if not point.name.isidentifier() or point.name.startswith("_"):
            raise RequestError(f"{_named(point)}: the name of a probe is a word in snake case")
        if point.name in own or point.name in probes:
            other = _named(probes[point.name]) if point.name in probes else "part of envcheck"
            raise RequestError(f"{_named(point)}: there is a probe of that name already: {other}")
        probes[point.name] = point
    return probes


def load(point: EntryPoint) -> ModuleType:
    """The module of a probe: only for a process of its own, where it may do what it likes.

    Raises as `described` does.
    """
    described(point)
    try:
        return _import(point)
    except BaseException as error:  # it is not our code, and may do otherwise the second time
        raise BrokenProbe(f"{_named(point)} cannot be imported: {type(error).__name__}") from error


def described(point: EntryPoint) -> Description:
    """What the module of a probe says of itself, found out without importing it here.

    Raises BrokenProbe, and RequestError for one that was written for another version of the interface.
    """
    outcome = _described(point)
    if isinstance(outcome, Description):
        return outcome
    raise outcome


@cache
def _described(point: EntryPoint) -> Union[Description, BrokenProbe, RequestError]:
    from envcheck import apart
    from envcheck.plugin import INTERFACE_VERSION

    try:
        version, told = apart.run(lambda: _told(point), IMPORT_SECONDS)
    except (apart.Ended, OSError, TypeError, ValueError) as error:  # or no answer of two parts
        return BrokenProbe(f"{_named(point)} cannot be imported: {error}")
    if version != INTERFACE_VERSION:
        was = (
            "does not say its INTERFACE_VERSION" if version is None else f"was written for version {version}"
        )
        return RequestError(
            f"{_named(point)} {was} of the interface of probes; this envcheck has version "
            f"{INTERFACE_VERSION}: install a release of {point.distribution.partition('-')[0]} that fits"
        )
    try:
        return description(told)
    except Exception as error:  # noqa: BLE001 - it says what is made of it
        return BrokenProbe(f"{_named(point)} cannot be used: {type(error).__name__}")


def _told(point: EntryPoint) -> tuple[Optional[int], Told]:
    module = _import(point)
    version = getattr(module, "INTERFACE_VERSION", None)
    return version if isinstance(version, int) else None, tell(module)


def _import(point: EntryPoint) -> ModuleType:
    with _not_from_here():
        return importlib.import_module(point.value)


@contextmanager
def _not_from_here() -> Iterator[None]:
    """Without the working directory, which `python -m` puts first on the path."""
    before = sys.path
    sys.path = [folder for place, folder in enumerate(before) if folder and (place or not is_here(folder))]
    try:
        yield
    finally:
        sys.path = before


def _named(point: EntryPoint) -> str:
    return f"probe {point.name} of {point.distribution}"
