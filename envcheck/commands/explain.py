"""`envcheck explain`: what stands behind it says what is explained."""

from __future__ import annotations

from collections.abc import Sequence

from envcheck.errors import RequestError


def run(argv: Sequence[str]) -> int:
    """Carry out the words behind `explain`. Returns the exit status; raises RequestError, SystemExit."""
    if argv[:1] == ["facts"]:
        from envcheck.commands import explain_facts

        return explain_facts.run(argv[1:])
    raise RequestError(
        "what is to be explained? `envcheck explain facts [NAME]`: what rules can ask of a host"
    )
