"""The subjects that can be asked about: one module each, found by its name."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Optional, get_type_hints

if TYPE_CHECKING:
    from envcheck.entry_points import EntryPoint
    from envcheck.probes._description import Description


class BrokenProbe(Exception):
    """A package's probe cannot be used. `str()` says which, and why: its facts are unknown."""


Collect = Callable[..., Any]
"""`collect(host)`, or `collect(host, settings)` of a probe that has a class `Settings`."""


def names() -> tuple[str, ...]:
    """Every probe's name, sorted: our own and those of installed packages. Raises RequestError."""
    from envcheck.probes._outside import found

    return tuple(sorted((*own_names(), *found(own_names()))))


@cache
def own_names() -> tuple[str, ...]:
    """The names of the probes that come with envcheck, sorted."""
    return tuple(
        sorted(
            file[: -len(".py")]
            for file in os.listdir(os.path.dirname(__file__))
            if file.endswith(".py") and not file.startswith("_")
        )
    )


@cache
def collector(name: str) -> Collect:
    """The function of a probe that asks a host for its facts. Raises LookupError, BrokenProbe."""
    collect: Collect = _module(name).collect
    return collect


@cache
def settings_class(name: str) -> Optional[type[Any]]:
    """The Record of what a probe is asked with, its `Settings`; None for one that takes nothing.

    Its fields are the probe's parameters, each with its type and, but for those without which
    nothing can be asked, a default. Raises LookupError for an unknown probe.
    """
    if is_outside(name):
        try:
            return described(name).settings
        except BrokenProbe:
            return None
    settings: Optional[type[Any]] = getattr(_module(name), "Settings", None)
    return settings


def settings(name: str, values: Mapping[str, object], about: Optional[str] = None) -> Any:  # noqa: ANN401
    """What a probe is asked with, from the values of parameters (by their names); None for nothing.

    `about` is what a rule names in brackets, and stands for the first of the settings: a text,
    or with a dollar sign a parameter of another name.
    """
    wanted = settings_class(name)
    if wanted is None:
        return None
    named = {field: field.replace("_", "-") for field in wanted._fields}
    found = {field: values[key] for field, key in named.items() if key in values}
    if about is not None:
        found[wanted._fields[0]] = values[about[1:]] if about.startswith("$") else about
    return wanted(**found)


def waits(name: str) -> bool:
    """Whether a probe, live, mostly waits: for an engine, a driver or a command. It then has a WAITS."""
    return is_outside(name) or getattr(_module(name), "WAITS", False)


def is_about_path(name: str) -> bool:
    """Whether what a probe is asked about is a path. It then has an ABOUT_PATH."""
    if is_outside(name):
        try:
            return described(name).about_path
        except BrokenProbe:
            return False
    return getattr(_module(name), "ABOUT_PATH", False)


def is_outside(name: str) -> bool:
    """Whether it is the probe of an installed package."""
    return name not in own_names()


def own_settings(name: str, given: Any) -> Any:  # noqa: ANN401 - a Record of the probe's own
    """What a package's probe is asked with, in its own class: only where it may be imported."""
    from envcheck.probes._description import DEFAULT

    made: Callable[..., Any] = _module(name).Settings
    return made(**{field: value for field, value in given._asdict().items() if value is not DEFAULT})


def described(name: str) -> Description:
    """What a package's probe says of itself. Raises LookupError, BrokenProbe, RequestError."""
    from envcheck.probes import _outside

    return _outside.described(_point(name))


def _module(name: str) -> ModuleType:
    if not is_outside(name):
        return importlib.import_module(f"{__name__}.{name}")
    from envcheck.probes import _outside

    return _outside.load(_point(name))


def _point(name: str) -> EntryPoint:
    from envcheck.probes import _outside

    points = _outside.found(own_names())
    if name not in points:
        raise LookupError(f"no probe {name!r}")
    return points[name]


@cache
def facts_class(name: str) -> type:
    """The class that a probe answers with; of a package's one that stands for it.

    Raises LookupError, and BrokenProbe for a package's that cannot be used.
    """
    if is_outside(name):
        stand_in = described(name).facts
        if stand_in is None:
            raise BrokenProbe(f"`def collect(…) -> CLASS` is to say what probe {name} answers")
        return stand_in
    returned: type = get_type_hints(collector(name))["return"]
    return returned


def own_facts_class(name: str) -> type:
    """The class that a package's probe itself names: only where it may be imported."""
    returned: type = get_type_hints(collector(name))["return"]
    return returned
