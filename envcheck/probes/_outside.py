"""Probes of installed packages: found by their entry points, imported when rules name a fact of theirs."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Union

from envcheck.entry_points import PROBES, EntryPoint, entry_points
from envcheck.errors import RequestError
from envcheck.probes import BrokenProbe

IMPORT_SECONDS = 10.0
"""How long a module may take to be imported, the first time in a process of its own."""


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
    """The module of a probe.

    Raises BrokenProbe, and RequestError for one that was written for another version of the interface.
    """
    outcome = _loaded(point)
    if isinstance(outcome, ModuleType):
        return outcome
    raise outcome


@cache
def _loaded(point: EntryPoint) -> Union[ModuleType, BrokenProbe, RequestError]:
    from envcheck import apart
    from envcheck.plugin import INTERFACE_VERSION

    try:
        version = apart.run(lambda: _version(point), IMPORT_SECONDS)
    except (apart.Ended, OSError) as error:
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
        return _import(point)
    except BaseException as error:  # noqa: BLE001 - it is not our code
        return BrokenProbe(f"{_named(point)} cannot be imported: {type(error).__name__}")


def _version(point: EntryPoint) -> object:
    version = getattr(_import(point), "INTERFACE_VERSION", None)
    return version if isinstance(version, int) else None


def _import(point: EntryPoint) -> ModuleType:
    with _quiet(), _not_from_here():
        return importlib.import_module(point.value)


@contextmanager
def _quiet() -> Iterator[None]:
    """What is printed meanwhile goes nowhere."""
    from contextlib import redirect_stderr, redirect_stdout

    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        yield


@contextmanager
def _not_from_here() -> Iterator[None]:
    """Without the working directory, which `python -m` puts first on the path."""
    before = sys.path
    here = os.getcwd()
    sys.path = [folder for place, folder in enumerate(before) if folder and (place or folder != here)]
    try:
        yield
    finally:
        sys.path = before


def _named(point: EntryPoint) -> str:
    return f"probe {point.name} of {point.distribution}"
