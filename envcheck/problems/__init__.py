"""Known problems: what stands behind a miss, and how to mend it."""

from __future__ import annotations

from envcheck.problems.base import Problem, Step, commands_for
from envcheck.problems.loader import Problems, load, load_problems

__all__ = ["Problem", "Problems", "Step", "commands_for", "load", "load_problems"]
