"""`envcheck diagnose`: what it does is in `envcheck.problems`; here is how it is asked for and shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from envcheck import console
from envcheck.arguments import Formatter, output_file, seconds
from envcheck.errors import RequestError
from envcheck.report import escape, terminal
from envcheck.report.style import Style

if TYPE_CHECKING:
    from envcheck.diagnosis import Diagnosis
    from envcheck.report.output import OutputFile

NOTHING, FOUND, WRONG_REQUEST = 0, 1, 2

_DESCRIPTION = """\
Look for known problems in logs: what went wrong, why, and what to type.

  envcheck diagnose                  the logs of this host, where the manuals put them
  envcheck diagnose PATH [PATH ...]  files, directories, archives; - is standard input
  envcheck diagnose --from RECORD    the logs in a bundle or a sosreport
"""
_EPILOG = """\
exit status: 0 no known problem, or hints that nothing confirms; 1 a known problem
was found; 2 the request is wrong or no log could be read.
"""


def run(argv: Sequence[str]) -> int:
    """Carry out the words behind `diagnose`. Returns the exit status; raises RequestError, SystemExit."""
    options = _parser().parse_args(list(argv))
    output = _open_output(options.output)
    try:
        return _deliver(_diagnosed(options), options, output)
    finally:
        if output is not None:
            output.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="envcheck diagnose",
        usage="envcheck diagnose [PATH ...] [options]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="logs; default: those of the host")
    add = parser.add_argument_group("report").add_argument
    add("--format", choices=("table", "json"), default="table", help="form of the report (default: table)")
    add("-o", "--output", type=output_file, metavar="FILE",
        help="write the report to FILE; stdout gets the conclusion only")  # fmt: skip
    add("--lang", choices=("en", "zh"), help="language of the report (default: by the locale)")
    add = parser.add_argument_group("diagnosing").add_argument
    add(
        "--from", dest="from_path", metavar="PATH", help="the recorded host whose logs they are, and its logs"
    )
    add("--rules", action="append", default=[], metavar="DIR", help="further rule sets (may be repeated)")
    add("--timeout", type=seconds, default=60.0, metavar="SECONDS", help="for asking the host (default: 60)")
    add("--log-file", metavar="FILE", help="keep the full log of this run in FILE")
    return parser


def _open_output(path: str | None) -> OutputFile | None:
    from envcheck.report.output import OutputFile

    try:
        return None if path is None else OutputFile(path)
    except (OSError, ValueError) as error:
        raise RequestError(f"the report cannot be written to {path}: {console.reason(error)}") from error


def _diagnosed(options: argparse.Namespace) -> Diagnosis:
    from envcheck.log import open_log
    from envcheck.problems.diagnose import Request, diagnose
    from envcheck.progress import Bar, Progress

    request = Request(options.paths, options.from_path, options.rules, options.timeout)
    bar, progress = Bar(sys.stderr), Progress(sys.stderr)
    with open_log(options.log_file) as log, closing(bar), closing(progress):
        return replace(diagnose(request, bar, progress), log=log)


def _deliver(diagnosis: Diagnosis, options: argparse.Namespace, output: OutputFile | None) -> int:
    status = FOUND if diagnosis.found else NOTHING
    text = _rendered(diagnosis, options)
    if diagnosis.log is not None and (output is not None or options.format != "table"):
        console.say(f"log: {escape.command(diagnosis.log)}")
    if output is None:
        console.put(text)
        return status
    try:
        output.write(text)
    except OSError as error:
        console.say(f"the report cannot be written to {options.output}: {console.reason(error)}")
        console.put(text)
        return WRONG_REQUEST
    from envcheck.report.diagnosis import conclusion

    console.put(conclusion(diagnosis, _style(options, on_stdout=False)) + "\n")
    return status


def _rendered(diagnosis: Diagnosis, options: argparse.Namespace) -> str:
    if options.format == "json":
        return diagnosis.to_json()
    from envcheck.problems import load_problems
    from envcheck.report import diagnosis as table
    from envcheck.rulebook import open_rulebook

    problems = load_problems(open_rulebook(options.rules).directories) if diagnosis.findings else {}
    return table.render(diagnosis, problems, _style(options, on_stdout=options.output is None))


def _style(options: argparse.Namespace, *, on_stdout: bool) -> Style:
    return Style(
        options.lang or terminal.language(),
        terminal.width(sys.stdout if on_stdout else None),
        on_stdout and terminal.colour(sys.stdout),
        on_stdout and terminal.is_plain(sys.stdout),
    )
