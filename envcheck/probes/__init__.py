"""The subjects that can be asked about: one module each, found by its name."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any, Optional, get_type_hints

Collect = Callable[..., Any]
"""`collect(host)`, or `collect(host, settings)` of a probe that has a class `Settings`."""


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


def settings_class(name: str) -> Optional[type[Any]]:
    """The Record of what a probe is asked with, its `Settings`; None for one that takes nothing.

    Its fields are the probe's parameters, each with its type and, but for those without which
    nothing can be asked, a default. Raises LookupError for an unknown probe.
    """
    settings: Optional[type[Any]] = getattr(_module(name), "Settings", None)
    return settings


def settings(name: str, values: Mapping[str, object]) -> Any:  # noqa: ANN401 - a Settings, or None
    """What a probe is asked with, from the values of parameters (by their names); None for nothing."""
    wanted = settings_class(name)
    if wanted is None:
        return None
    named = {field: field.replace("_", "-") for field in wanted._fields}
    return wanted(**{field: values[key] for field, key in named.items() if key in values})


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
