"""The words and options behind `envcheck bundle`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from envcheck.arguments import Formatter, add_set, add_waivers, seconds
from envcheck.errors import RequestError
from envcheck.values import Bytes

_DESCRIPTION = """\
Check, and pack report, host record and logs into one archive for support.

  envcheck bundle [MODULE ...]          check for these modules and pack
  envcheck bundle show FILE             what is in a bundle, and its verdicts
  envcheck bundle verify FILE           whether it is whole and unaltered
  envcheck bundle unpack FILE DIR       lay it out as a directory for --from
  envcheck bundle redact FILE           redact one that was made with --no-redact
"""
_EPILOG = """\
exit status: 0 done, whatever the verdict; 2 the request is wrong or the bundle
cannot be written or read. verify: 0 whole, 1 not, 2 it cannot be opened.
"""
ACTIONS: dict[str, tuple[str, ...]] = {
    "show": ("file",),
    "verify": ("file",),
    "unpack": ("file", "directory"),
    "redact": ("file",),
}
"""What is done with a bundle, by the word behind `bundle`, and what stands behind that."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The parsed arguments; `action` is the word, or `make`. Raises RequestError, SystemExit."""
    action = argv[0] if argv and argv[0] in ACTIONS else "make"
    parser = _maker() if action == "make" else _reader(action)
    options = parser.parse_intermixed_args(list(argv if action == "make" else argv[1:]))
    options.action = action
    if getattr(options, "output", None) == "-":
        raise RequestError("--output -: a file is wanted, a bundle is not written to standard output")
    if action == "make":
        if options.no_redact and options.map is not None:
            raise RequestError("--map keeps what was replaced: with --no-redact there is nothing")
        if options.dry_run and options.output is not None:
            raise RequestError("--dry-run writes nothing: leave out --output")
    return options


def _parser(usage: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="envcheck bundle",
        usage=usage,
        description=description,
        epilog=epilog,
        formatter_class=Formatter,
        allow_abbrev=False,
    )


def _maker() -> argparse.ArgumentParser:
    parser = _parser("envcheck bundle [MODULE ...] [options]", _DESCRIPTION, _EPILOG)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="what is to be installed here")
    add = parser.add_argument_group("bundle").add_argument
    _add_output(add, "default: envcheck-HOST-TIME.tar.gz here")
    add("--dry-run", action="store_true", help="show files and sizes, write nothing")
    add("--max-size", type=_size, default=Bytes(200_000_000), metavar="SIZE",
        help="of all logs before compression, their tails are kept (default: 200MB)")  # fmt: skip
    add("--max-time", type=seconds, default=120.0, metavar="SECONDS",
        help="for reading logs (default: 120)")  # fmt: skip
    _add_map(add)
    add("--no-redact", action="store_true", help="leave addresses, names and secrets; the name says so")
    add("--lang", choices=("en", "zh"), help="language of report.txt (default: by the locale)")
    add = parser.add_argument_group("checking").add_argument
    add("--from", dest="from_path", metavar="PATH", help="a recorded host: bundle, sosreport, tree")
    add("--rules", action="append", default=[], metavar="DIR", help="further rule sets (may be repeated)")
    add_set(add)
    add_waivers(add)
    add("--timeout", type=seconds, default=60.0, metavar="SECONDS", help="for the check (default: 60)")
    add("--log-file", metavar="FILE", help="keep the full log in FILE")
    return parser


def _reader(action: str) -> argparse.ArgumentParser:
    operands = ACTIONS[action]
    parser = _parser(f"envcheck bundle {action} {' '.join(operands).upper()} [options]", "")
    for operand in operands:
        parser.add_argument(operand, metavar=operand.upper())
    if action == "redact":
        _add_output(parser.add_argument, "default: FILE's name, marked as redacted")
        _add_map(parser.add_argument)
    return parser


def _add_output(add: Callable[..., object], default: str) -> None:
    add("-o", "--output", metavar="FILE", help=f"where to write it ({default})")


def _add_map(add: Callable[..., object]) -> None:
    add("--map", metavar="FILE", help="keep what was replaced by what, in FILE, for yourself")


def _size(text: str) -> Bytes:
    """`200MB`, `1 GiB`, `200M`; a bare number is bytes."""
    text = text.strip()
    if text[-1:].isdigit() or text[-1:] in "kKMGT":
        text += "B"
    try:
        size = Bytes.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return size
