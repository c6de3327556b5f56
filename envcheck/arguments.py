"""The command line's options."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

from envcheck import __version__
from envcheck.errors import RequestError
from envcheck.request import COMMANDS, LATER

_NOT_FOR_LIST = {
    "format": "--format",
    "output": "--output",
    "brief": "--brief",
    "from_path": "--from",
    "timeout": "--timeout",
    "log_file": "--log-file",
    "settings": "--set",
    "waive": "--waive",
    "waivers": "--waivers",
}

_DESCRIPTION = """\
Check whether a module will run on this host, what is missing, and how to mend it.

  envcheck                    check for the module `default`
  envcheck MODULE [MODULE ...]  check for these modules
  envcheck verify [MODULE ...]  after the installation: does it run
  envcheck list               list the modules, with what each is for
  envcheck explain [ID ...]   what a check or known problem is; without ID, list all
  envcheck bundle [MODULE ...]  pack report, host record and logs for support
  envcheck bundle show|verify|unpack|redact FILE ...   what to do with such a bundle
  envcheck diagnose [PATH ...]  look for known problems in logs
  envcheck explain facts [NAME]  what rules can ask of a host, with its values here
  envcheck explain requirements  how a check is written
  envcheck lint [PATH ...]    what is wrong or senseless in rule files
  envcheck new module NAME    begin a module of your own, with its tests
  envcheck test RULES_DIR     check the written hosts beside a rule set
  envcheck machine record|compare   what a licence binds to, and what of it has changed
"""
_EPILOG = """\
exit status: 0 everything required is met, 1 something required is not,
2 the request or a rule set is wrong and nothing was checked.
"""


def parse(argv: list[str]) -> argparse.Namespace:
    """The parsed arguments. Raises RequestError, or SystemExit as argparse does."""
    _refuse_later(argv)
    if argv[:1] == ["list"] and {"-h", "--help"} & set(argv):
        _list_parser().parse_args(["--help"])
    options = _parser().parse_intermixed_args(argv)
    _refuse_later(options.modules)
    if options.modules and options.modules[0] in COMMANDS:
        word = options.modules[0]
        raise RequestError(f"`{word}` comes first, its options behind it: see envcheck {word} --help")
    _refuse_behind_modules(options.modules[1:])
    options.list = options.modules[:1] == ["list"]
    if options.list:
        _refuse_beside_list(options)
    elif options.verbose:
        raise RequestError("--verbose is for `envcheck list`")
    return options


def _refuse_later(words: list[str]) -> None:
    if words and words[0] in LATER:
        raise RequestError(f"`{words[0]}` is not yet available in this version ({__version__})")


def _refuse_behind_modules(words: list[str]) -> None:
    """Raise RequestError for a command where a module is wanted: no module bears such a name."""
    for word in words:
        if word in ("list", *COMMANDS, *LATER):
            raise RequestError(
                f"`{word}` is a command, not a module: it comes first, as in `envcheck {word}`"
            )


def _refuse_beside_list(options: argparse.Namespace) -> None:
    if len(options.modules) > 1:
        raise RequestError("`list` takes no module; to check modules, leave `list` out")
    for name, option in _NOT_FOR_LIST.items():
        if getattr(options, name) != _parser().get_default(name):
            raise RequestError(f"`list` does not take {option}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="envcheck",
        usage="envcheck [MODULE ...] [options]\n       envcheck list [-v] [--lang LANG] [--rules DIR]\n"
        "       envcheck bundle|diagnose|explain|machine ... (see envcheck bundle --help and so on)",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="what is to be installed here")
    parser.add_argument("--version", action="version", version=f"envcheck {__version__}")
    add_report(parser)
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="list: parameters too, and where each module is from")  # fmt: skip
    add_checking(parser)
    return parser


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what becomes of a report."""
    add = parser.add_argument_group("report").add_argument
    add("--format", choices=("table", "json"), default="table", help="form of the report (default: table)")
    add("-o", "--output", type=output_file, metavar="FILE",
        help="write the report to FILE; stdout gets the conclusion only")  # fmt: skip
    add("--brief", action="store_true", help="show only what is not met")
    add("--lang", choices=("en", "zh"), help="language of the report (default: by the locale)")


def add_checking(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is checked, and by what."""
    add = parser.add_argument_group("checking").add_argument
    add("--from", dest="from_path", metavar="PATH", help="check a recorded host: bundle, sosreport, tree")
    add("--rules", action="append", default=[], metavar="DIR", help="further rule sets (may be repeated)")
    add_set(add)
    add_waivers(add)
    add("--timeout", type=seconds, default=60.0, metavar="SECONDS", help="for the whole run (default: 60)")
    add("--log-file", metavar="FILE", help="keep the full log in FILE")


def _list_parser() -> argparse.ArgumentParser:
    """Only for its help: `list` is read with the options of the check, to say which it does not take."""
    parser = argparse.ArgumentParser(
        prog="envcheck list",
        description="List the modules, with what each is for.",
        epilog="exit status: 0; 2 where a rule set is wrong.",
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("-v", "--verbose", action="store_true", help="their parameters too, and where each module is from")
    add("--lang", choices=("en", "zh"), help="language of the list (default: by the locale)")
    add("--rules", action="append", default=[], metavar="DIR", help="further rule sets (may be repeated)")
    return parser


def add_waivers(add: Callable[..., object]) -> None:
    """Add `--waive` and `--waivers`, which the check and the bundle take."""
    add("--waive", action="append", default=[], metavar="MODULE.CHECK=REASON",
        help="a miss of this check does not count (may be repeated)")  # fmt: skip
    add("--waivers", action="append", default=[], metavar="FILE", help="a file of waivers (may be repeated)")


def add_set(add: Callable[..., object]) -> None:
    """Add `--set`, which the check and the bundle take."""
    text = "a parameter of a module, see list -v (may be repeated)"
    add("--set", dest="settings", action="append", default=[], metavar="NAME=VALUE", help=text)


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help in 80 columns: asking the terminal would import more than all the rest."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24, width=80)


def output_file(path: str) -> str | None:
    """The FILE of `--output`; None, as where it is left out, for `-`: stdout, not a file of that name."""
    return None if path == "-" else path


def seconds(text: str) -> float:
    """A positive number of seconds."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return number
