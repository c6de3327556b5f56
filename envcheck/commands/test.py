"""`envcheck test`: what it does is in `envcheck.written_hosts`; here is how it is asked for and shown."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from envcheck import console
from envcheck.arguments import Formatter
from envcheck.report import escape

FINE, FINDINGS = 0, 1

_DESCRIPTION = """\
Check the written hosts beside a rule set, and say what differs from what is
expected of them. RULES_DIR holds the rule files, and a folder for each host:

  RULES_DIR/hosts/NAME/expected.yaml       what its report should say
  RULES_DIR/hosts/NAME/etc/os-release, ... its files, where they lie on a host
  RULES_DIR/hosts/NAME/sos_commands/...    what commands printed there

expected.yaml is a list; what is not named is not compared:

  - module: MODULE
    conclusion: fail
    results: {CHECK: fail, OTHER: skipped}
    hints: {CHECK: [PROBLEM]}
    set: {PARAMETER: VALUE}
"""
_EPILOG = """\
exit status: 0 all as expected, 1 something differs, 2 a rule set or what is
expected is wrong. `envcheck new module NAME` writes a module with two hosts.
"""


def run(argv: Sequence[str]) -> int:
    """Carry out `test`. Returns the exit status; raises RequestError, SystemExit."""
    from envcheck.written_hosts import try_all

    options = _parser().parse_args(argv)
    tried = []
    for each in try_all(options.rules_dir, options.rules):
        tried.append(each)
        mark = "FAIL" if each.differences else "ok  "
        lines = [f"{mark}  {each.host}  {each.module}", *(f"        {line}" for line in each.differences)]
        console.put("".join(f"{_line(line)}\n" for line in lines))
    good = sum(not each.differences for each in tried)
    console.put(f"{good} of {len(tried)} as expected\n")
    return FINE if good == len(tried) else FINDINGS


def _line(text: str) -> str:
    return escape.command(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="envcheck test",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "rules_dir", metavar="RULES_DIR", help="a directory of rule sets, with hosts/ beside them"
    )
    parser.add_argument(
        "--rules", action="append", default=[], metavar="DIR", help="further rule sets (may be repeated)"
    )
    return parser
