"""What is put off to its first use, so that a run starts without what it will not need.

Most readers of texts serve records and fallbacks. Importing all of them, and compiling
their regular expressions, would take longer than the checks.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any, cast


class _Lazy:
    """Stands for an object that is made when one of its attributes is first asked for."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the object has
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._make(), name)
        setattr(self, name, value)
        return value


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile(text, flags)`, compiled when one of its methods is first used."""
    return cast("re.Pattern[str]", _Lazy(lambda: re.compile(text, flags)))  # re keeps what it compiled


def submodules(package: str) -> Callable[[str], Any]:
    """A module's `__getattr__` by which `from package import module` imports it at its first use."""

    def get(name: str) -> Any:  # noqa: ANN401 - stands for a module
        if name.startswith("__"):
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return _Lazy(lambda: importlib.import_module(f"{package}.{name}"))

    return get
