"""Results that several modules share: one row for all of them."""

from __future__ import annotations

from collections.abc import Iterable

from envcheck.results import Result

JOIN = ", "


def merged(results: Iterable[Result]) -> list[Result]:
    """Results that say the same of different modules become one that names them all, at the first's place."""
    found: dict[object, Result] = {}
    for result in results:
        same = result._replace(module="", duration_s=0.0)
        modules = f"{found[same].module}{JOIN}{result.module}" if same in found else result.module
        found[same] = result._replace(module=modules)
    return list(found.values())
