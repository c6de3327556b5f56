"""`envcheck machine`: what it does is in `envcheck.machine`; here is how it is asked for and shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from envcheck import console
from envcheck.arguments import Formatter, output_file, seconds
from envcheck.errors import RequestError
from envcheck.report import escape

if TYPE_CHECKING:
    from envcheck.machine import Comparison, Machine

SAME, CHANGED = 0, 1
PRIVATE = 0o600
"""Of a record, which holds serial numbers and addresses."""

_DESCRIPTION = """\
What a licence binds to: board, system UUID, CPU, disks, network cards, addresses, installation.

  envcheck machine record [-o FILE]     write it down, on the day the fingerprint is taken
  envcheck machine compare FILE         what has changed since, and what that means for the licence

FILE may also be a bundle, which holds such a record.
"""
_EPILOG = """\
exit status: 0 recorded, or nothing has changed; 1 something has, or cannot be seen any more;
2 the request is wrong, or FILE holds no machine record.
"""


def run(argv: Sequence[str]) -> int:
    """Carry out the words behind `machine`. Returns the exit status; raises RequestError, SystemExit."""
    options = _parse(argv)
    return _record(options) if options.action == "record" else _compare(options)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="envcheck machine",
        usage="envcheck machine record [-o FILE] [options]\n       envcheck machine compare FILE [options]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=("record", "compare"), metavar="record|compare")
    parser.add_argument("file", nargs="?", metavar="FILE", help="compare: an earlier record, or a bundle")
    add = parser.add_argument
    add("-o", "--output", type=output_file, metavar="FILE", help="write to FILE instead of stdout")
    add("--format", choices=("table", "json"), default="table", help="compare: form of what is told")
    add("--lang", choices=("en", "zh"), help="language (default: by the locale)")
    add("--from", dest="from_path", metavar="PATH", help="a recorded host: bundle, sosreport, tree")
    add("--timeout", type=seconds, default=30.0, metavar="SECONDS", help="for asking the host (default: 30)")
    add("--log-file", metavar="FILE", help="keep the full log in FILE")
    options = parser.parse_intermixed_args(list(argv))
    if options.action == "record" and options.file is not None:
        raise RequestError(f"`machine record` takes no FILE; to write to it: -o {options.file}")
    if options.action == "compare" and options.file is None:
        raise RequestError("`machine compare` needs the FILE of an earlier record")
    return options


def _record(options: argparse.Namespace) -> int:
    from envcheck.report.output import opened

    with opened(options.output, PRIVATE) as put:
        machine = _machine(options)
        put(machine.to_json())
    for name, reason in machine.unknown.items():
        console.say(f"{name} is unknown: {escape.line(reason)}")
    return SAME


def _compare(options: argparse.Namespace) -> int:
    from envcheck.machine import compare
    from envcheck.report.output import opened

    then = _earlier(options.file)
    with opened(options.output) as put:
        comparison = compare(then, _machine(options))
        put(_rendered(comparison, options))
    return SAME if comparison.same else CHANGED


def _machine(options: argparse.Namespace) -> Machine:
    from envcheck.host import open_host
    from envcheck.log import open_log
    from envcheck.machine import machine_of

    with open_log(options.log_file), closing(open_host(options.from_path)) as host:
        return machine_of(host, options.timeout)


def _earlier(path: str) -> Machine:
    from envcheck.host import open_host
    from envcheck.machine import machine_of, read_file

    found = read_file(path)
    if found is not None:
        return found
    try:
        host = open_host(path)
    except RequestError as error:
        raise RequestError(f"{error}; nor is it a record of `envcheck machine record`") from error
    with closing(host):
        found = machine_of(host)
    if len(found.unknown) == len(found.parts):
        raise RequestError(f"{path}: no machine record: nothing that a licence binds to is in it")
    return found


def _rendered(comparison: Comparison, options: argparse.Namespace) -> str:
    from envcheck.report import machine, terminal
    from envcheck.report.style import Style

    if options.format == "json":
        return machine.to_json(comparison)
    to_stdout = options.output is None
    style = Style(
        options.lang or terminal.language(),
        terminal.width(sys.stdout if to_stdout else None),
        to_stdout and terminal.colour(sys.stdout),
        to_stdout and terminal.is_plain(sys.stdout),
    )
    return machine.render(comparison, style)
