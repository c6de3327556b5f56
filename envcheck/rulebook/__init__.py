"""Rule sets: what each module needs, as data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from envcheck.rulebook.rulebook import Rulebook, UnknownModule
from envcheck.rulebook.source import RuleError, RuleErrors

__all__ = ["RuleError", "RuleErrors", "Rulebook", "UnknownModule", "open_rulebook", "shipped_rules"]


def shipped_rules() -> Path:
    """The directory of the rule sets that come with envcheck: in the package, or beside it."""
    package = Path(__file__).parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def open_rulebook(rules: Sequence[Path] = ()) -> Rulebook:
    """The shipped rule sets and those in further directories. Raises RequestError."""
    return Rulebook([shipped_rules(), *rules])
