"""envcheck: will this module run on this host, what is missing, and how to mend it.

>>> import envcheck
>>> report = envcheck.check("offline-security-server", "face-server")
>>> report.passed, report.failures, report.to_json()

The library prints nothing, sets up no logging, never exits, and may be called from
several threads at once.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing for it would cost `--help` a tenth of its time
if TYPE_CHECKING:
    from typing import Any

    from envcheck.api import check, diagnose, verify
    from envcheck.diagnosis import Confirmation, Diagnosis, Evidence, Finding
    from envcheck.errors import RequestError
    from envcheck.results import Report, Result, Text, Waiver

__version__ = "0.1.0"
__all__ = [
    "Confirmation",
    "Diagnosis",
    "Evidence",
    "Finding",
    "Report",
    "RequestError",
    "Result",
    "Text",
    "Waiver",
    "__version__",
    "check",
    "diagnose",
    "verify",
]

kit_root: str | None = None
"""The directory of the unpacked kit; set by what starts it, None for an installed package."""

_HOMES = {
    "check": "api",
    "diagnose": "api",
    "verify": "api",
    "RequestError": "errors",
    "Confirmation": "diagnosis",
    "Diagnosis": "diagnosis",
    "Evidence": "diagnosis",
    "Finding": "diagnosis",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a name when it is first used: `--help` needs none of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'results')}"), name)
