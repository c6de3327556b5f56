"""The subjects that can be asked about: one module each, found by its name."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, get_type_hints

from envcheck.host.base import Host

Collect = Callable[[Host], Any]


@cache
def names() -> tuple[str, ...]:
    """Every probe's name, sorted."""
    return tuple(
        sorted(
            file[: -len(".py")]
            for file in os.listdir(os.path.dirname(__file__))
            if file.endswith(".py") and not file.startswith("_")
        )
    )


@cache
def collector(name: str) -> Collect:
    """The function of a probe that asks a host for its facts. Raises LookupError."""
    collect: Collect = _module(name).collect
    return collect


def waits(name: str) -> bool:
    """Whether a probe, live, mostly waits: for an engine, a driver or a command. It then has a WAITS."""
    return getattr(_module(name), "WAITS", False)


def _module(name: str) -> ModuleType:
    if name not in names():
        raise LookupError(f"no probe {name!r}")
    return importlib.import_module(f"{__name__}.{name}")


@cache
def facts_class(name: str) -> type:
    """The frozen dataclass that a probe answers with. Raises LookupError."""
    returned: type = get_type_hints(collector(name))["return"]
    return returned
