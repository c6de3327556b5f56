"""`envcheck explain facts`: every fact that a rule can name, with its value on a host."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing

from envcheck import console
from envcheck.arguments import Formatter, seconds
from envcheck.errors import RequestError

_EPILOG = """\
exit status: 0, or 2 where there is no such fact or the record cannot be opened.
"""


def run(argv: Sequence[str]) -> int:
    """Carry out `explain facts`. Returns the exit status; raises RequestError, SystemExit."""
    from envcheck import engine
    from envcheck.host import open_host
    from envcheck.report import facts, terminal
    from envcheck.report.style import Style
    from envcheck.rulebook.dictionary import described

    options = _parser().parse_args(argv)
    if options.rules:
        raise RequestError(
            f"--rules {options.rules[0]}: rule sets add no facts; facts are the probes', and those of "
            "installed packages are listed without it: leave it out"
        )
    chosen = described(options.name)
    with closing(open_host(options.from_path)) as host:
        answers = engine.facts(host, tuple({fact.probe: None for fact in chosen}), timeout=options.timeout)
    found = {fact.name: fact.of(answers[fact.probe]) for fact in chosen}
    if options.format == "json":
        console.put(facts.json(chosen, found, host.name))
    else:
        lang = options.lang or terminal.language()
        colour, plain = terminal.colour(sys.stdout), terminal.is_plain(sys.stdout)
        console.put(facts.render(chosen, found, Style(lang, terminal.width(sys.stdout), colour, plain)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="envcheck explain facts",
        description="List what rules can ask of a host: type, units, sources in order, and the value here.",
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a fact (memory.total) or a probe (memory)")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    parser.add_argument("--lang", choices=("en", "zh"), help="language (default: by the locale)")
    parser.add_argument("--from", dest="from_path", metavar="PATH", help="values of a recorded host")
    parser.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="DIR",
        help="refused: rule sets add no facts, these are the probes'",
    )
    parser.add_argument("--timeout", type=seconds, default=60.0, metavar="SECONDS", help="default: 60")
    return parser
