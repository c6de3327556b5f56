"""Regular expressions that are compiled when they are first used.

Most readers of texts are not needed in a run; compiling the expressions of all of them
at import would take longer than the checks.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a compiled pattern has
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(re.compile(*self._source), name)  # re keeps what it compiled
        setattr(self, name, value)
        return value


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile(text, flags)`, put off to the first use of one of its methods."""
    return cast("re.Pattern[str]", _Lazy(text, flags))
