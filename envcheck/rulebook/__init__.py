"""Rule sets: what each module needs, as data."""

from __future__ import annotations

import os
from collections.abc import Sequence

from envcheck.rulebook.rulebook import Rulebook, UnknownModule
from envcheck.rulebook.source import RuleError, RuleErrors

__all__ = ["RuleError", "RuleErrors", "Rulebook", "UnknownModule", "open_rulebook", "shipped_rules"]


def shipped_rules() -> str:
    """The directory of the rule sets that come with envcheck: in the package, or beside it."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "rules")


def open_rulebook(rules: Sequence[str] = ()) -> Rulebook:
    """The shipped rule sets and those in further directories. Raises RequestError."""
    return Rulebook([shipped_rules(), *rules])
