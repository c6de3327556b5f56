"""`envcheck new module NAME`: what it writes is in `envcheck.new_module`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from envcheck import console
from envcheck.arguments import Formatter

DONE = 0

_DESCRIPTION = """\
Begin a module: write ./NAME/NAME.yaml with one check, and below ./NAME/hosts/
a host on which it passes and one on which it fails. Then:

  envcheck list --rules NAME      it is there
  envcheck test NAME              its hosts get what is expected of them
  envcheck --rules NAME NAME      check this host for it
"""


def run(argv: Sequence[str]) -> int:
    """Carry out `new`. Returns the exit status; raises RequestError, SystemExit."""
    from envcheck import new_module

    options = _parser().parse_args(argv)
    written = new_module.write(options.name)
    console.put("".join(f"{path}\n" for path in written))
    console.put(f"try it: envcheck test {options.name}\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="envcheck new",
        description=_DESCRIPTION,
        epilog="exit status: 0 written, 2 not: the name is taken or none.",
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("kind", choices=("module",), metavar="module")
    parser.add_argument("name", metavar="NAME", help="lower-case words joined by hyphens")
    return parser
