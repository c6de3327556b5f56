"""The command line: arguments in, a call of the API, the report out, an exit status.

Nothing but `sys` and `os` is imported before it is needed: `--help` and `list` stay quick.
"""

from __future__ import annotations

import os
import sys

from envcheck import console, request
from envcheck.errors import RequestError

TYPE_CHECKING = False  # what `typing` is imported for by others; type checkers know it by its name
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import NoReturn

    from envcheck.problems import Problem
    from envcheck.report.output import OutputFile
    from envcheck.request import Options
    from envcheck.results import Lang, Report

PASS, FAIL, WRONG_REQUEST, SIGNALLED = 0, 1, 2, 128


class Stopped(BaseException):
    """A signal asks the run to end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Without `argv` this is the process's own command: signals are then answered, and the
    process ends here.
    """
    return _run_process() if argv is None else _guarded(list(argv))


def _run_process() -> NoReturn:
    import gc

    gc.disable()  # a run is over before there is anything worth collecting
    _open_standard_streams()
    try:
        _catch_signals()
        status = _guarded(sys.argv[1:])
    except Stopped as stop:
        status = SIGNALLED + stop.number
    _leave(status)


def _guarded(argv: list[str]) -> int:
    try:
        _never_fail_to_encode()
        return _run(argv)
    except RequestError as error:
        console.say(str(error))
    except KeyboardInterrupt:
        console.say("interrupted")
        return SIGNALLED + 2
    except Exception:  # noqa: BLE001 - our own fault; exit status 1 would be a verdict
        import traceback

        console.say(f"internal error, please report it\n{traceback.format_exc()}")
    return WRONG_REQUEST


def _run(argv: list[str]) -> int:
    try:
        if argv and argv[0] in request.COMMANDS:
            return _command(argv[0], argv[1:])
        options = request.plain(argv) or _options(argv)
    except SystemExit as end:  # --help, --version, or an error: argparse has said it
        console.put("")
        return int(end.code or 0)
    return _list(options) if options.list else _check(options)


def _options(argv: list[str]) -> Options:
    from envcheck import arguments

    return arguments.parse(argv)


def _command(word: str, argv: list[str]) -> int:
    from importlib import import_module

    status: int = import_module(f"envcheck.commands.{word}").run(argv)
    return status


def _list(options: Options) -> int:
    from envcheck.report import modules, terminal
    from envcheck.report.style import Style
    from envcheck.rulebook import open_rulebook

    rulebook = open_rulebook(options.rules)
    known = rulebook.modules()
    style = Style(_language(options), terminal.width(sys.stdout), False, terminal.is_plain(sys.stdout))
    if options.verbose:
        from envcheck.report import module_details
        from envcheck.rulebook.places import places

        origins = {os.path.dirname(f"{place.directory}/"): place.words for place in places(options.rules)}
        described = [(info, rulebook.parameters(info.name)) for info in known]
        console.put(module_details.render(described, origins, style))
    else:
        console.put(modules.render(known, style))
    return PASS


def _check(options: Options) -> int:
    from contextlib import closing

    from envcheck.api import check
    from envcheck.progress import Progress
    from envcheck.rulebook import UnknownModule

    def report() -> Report:
        with closing(Progress(sys.stderr)) as progress:
            return check(
                *options.modules,
                from_path=options.from_path,
                rules=options.rules,
                timeout=options.timeout,
                progress=progress,
                settings=request.settings(options.settings),
                waive=request.waived(options.waive),
                waivers=options.waivers,
            )

    try:
        return deliver(options, report)
    except UnknownModule as error:
        raise RequestError(f"{error}{request.or_command(options.modules)}") from error


def deliver(options: Options, make: Callable[[], Report]) -> int:
    """Make a report and show it where the options say; the exit status is the verdict's."""
    import logging

    from envcheck.log import open_log
    from envcheck.report import json

    output = _open_output(options.output)
    try:
        with open_log(options.log_file) as log:
            report = make()
            logging.getLogger(__name__).info("%s", json.line(report))
        return _deliver(report._replace(log=log), options, output)
    finally:
        if output is not None:
            output.close()


def _open_output(path: str | None) -> OutputFile | None:
    if path is None:
        return None
    from envcheck.report.output import OutputFile

    try:
        return OutputFile(path)
    except (OSError, ValueError) as error:
        raise RequestError(f"the report cannot be written to {path}: {console.reason(error)}") from error


def _deliver(report: Report, options: Options, output: OutputFile | None) -> int:
    """Show the report where it was asked for; the exit status is the verdict's, if that worked."""
    status = PASS if report.passed else FAIL
    text = _rendered(report, options)
    if output is None:
        if options.format != "table":
            _say_aside(report, options)
        console.put(text)
        return status
    _say_aside(report, options)
    try:
        output.write(text)
    except OSError as error:
        console.say(f"the report cannot be written to {options.output}: {console.reason(error)}")
        console.put(text)
        return WRONG_REQUEST
    from envcheck.report.table import conclusion_line

    console.put(conclusion_line(report) + "\n")
    return status


def _say_aside(report: Report, options: Options) -> None:
    """Say on stderr what a report that is no table on stdout does not tell the reader."""
    from envcheck.report import escape

    lang = _language(options)
    for note in report.notes:
        console.say(escape.line(note.say(lang)))
    if report.log is not None:
        console.say(f"log: {escape.command(report.log)}")


def _rendered(report: Report, options: Options) -> str:
    from envcheck.report import json, table, terminal

    if options.format == "json":
        return json.render(report)
    on_stdout = options.output is None
    return table.render(
        report,
        lang=_language(options),
        width=terminal.width(sys.stdout if on_stdout else None),
        colour=on_stdout and terminal.colour(sys.stdout),
        brief=options.brief,
        problems=_problems(report, options.rules),
        ascii_signs=on_stdout and terminal.is_plain(sys.stdout),
    )


def _problems(report: Report, rules: Sequence[str]) -> Mapping[str, Problem]:
    if not any(result.hints for result in report.failures):
        return {}
    from envcheck.problems import load_problems
    from envcheck.rulebook import open_rulebook

    return load_problems(open_rulebook(rules).directories)


def _language(options: Options) -> Lang:
    from envcheck.report import terminal

    lang: Lang = options.lang or terminal.language()
    return lang


# -- streams and signals ----------------------------------------------------------------


def _never_fail_to_encode() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _open_standard_streams() -> None:
    """Where the caller has closed a stream: no file that we open may take its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # what is opened now gets the lowest number that is free: this one
            os.open(os.devnull if os.path.exists(os.devnull) else "/", os.O_RDONLY)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            import io

            setattr(sys, name, io.StringIO())


def _catch_signals() -> None:
    import signal

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # asked twice: at once
        raise Stopped(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)


def _leave(status: int) -> NoReturn:
    """End the process at once: everything is written out already.

    A thread that still hangs in a call which nothing can interrupt would hold up the
    interpreter's own way out, and that takes a tenth of a run's time besides.
    """
    os._exit(status)
