"""Rule sets: what each module needs, as data."""

from __future__ import annotations

from collections.abc import Sequence

from envcheck.rulebook.kept import shipped_rules
from envcheck.rulebook.rulebook import Rulebook, UnknownModule
from envcheck.rulebook.source import RuleError, RuleErrors

__all__ = ["RuleError", "RuleErrors", "Rulebook", "UnknownModule", "open_rulebook", "shipped_rules"]


def open_rulebook(rules: Sequence[str] = ()) -> Rulebook:
    """The rule sets of everywhere that `places` names, and of further directories. Raises RequestError."""
    from envcheck.rulebook.places import places

    return Rulebook([place.directory for place in places(rules)])
