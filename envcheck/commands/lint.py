"""`envcheck lint`: what it looks for is in `envcheck.lint`; here is how it is asked for and shown."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from envcheck import console
from envcheck.arguments import Formatter
from envcheck.report import escape

if TYPE_CHECKING:
    from envcheck.rulebook.source import RuleError

FINE, FINDINGS = 0, 1
SCHEMA = "envcheck.lint/1"

_DESCRIPTION = """\
Say what is wrong or senseless in rule files and bases of known problems. All
that is named is one set: an overlay finds the module that it changes.
"""
_EPILOG = """\
exit status: 0 nothing is wrong, 1 something is, 2 a path cannot be looked at.
"""


def run(argv: Sequence[str]) -> int:
    """Carry out `lint`. Returns the exit status; raises RequestError, SystemExit."""
    options = _parser().parse_args(argv)
    if options.schema:
        from envcheck.lint import schema

        console.put(schema.text(options.schema))
        return FINE
    from envcheck.lint import lint

    found = lint(options.paths, options.rules)
    console.put(_json(found) if options.format == "json" else "".join(map(_line, found)))
    return FINDINGS if found else FINE


def _line(error: RuleError) -> str:
    return f"{escape.line(str(error))}\n"


def _json(errors: Sequence[RuleError]) -> str:
    import json

    findings = [
        {"file": error.file, "line": error.line, "column": error.column, "message": error.message}
        for error in errors
    ]
    return json.dumps({"schema": SCHEMA, "findings": findings}, indent=2) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="envcheck lint",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="rule file, or directory of some (default: the shipped rules)",
    )
    parser.add_argument(
        "--rules", action="append", default=[], metavar="DIR", help="what they refer to is sought there too"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--schema", choices=("rules", "problems"), help="print the JSON Schema of such files, for editors"
    )
    return parser
