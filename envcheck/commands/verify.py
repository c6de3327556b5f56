"""`envcheck verify`: what it does is in `envcheck.api.verify`; here is how it is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from envcheck import arguments, cli, request
from envcheck.errors import RequestError

if TYPE_CHECKING:
    from envcheck.results import Report

FROM_CONTAINER = "from-container"

_DESCRIPTION = """\
After the installation: do the modules run? Ports answer, processes and containers are up, the
licence service and the database answer, the logs have no error since the last start.

  envcheck verify offline-security-server         on the licence host
  envcheck verify --wait 180 face-server          the first start takes two minutes
  envcheck verify --set license-server=IP:PORT --set mysql=IP:PORT face-server
"""
_EPILOG = """\
exit status: 0 everything required is met, 1 something required is not,
2 the request or a rule set is wrong and nothing was checked.
"""


def run(argv: Sequence[str]) -> int:
    """Carry out `verify`. Returns the exit status; raises RequestError, SystemExit."""
    options = _parse(argv)
    return cli.deliver(options, lambda: _report(options))


def _report(options: argparse.Namespace) -> Report:
    from envcheck.api import verify
    from envcheck.progress import Progress, Waiting

    with closing(Progress(sys.stderr)) as progress, closing(Waiting(sys.stderr)) as waiting:
        return verify(
            *options.modules,
            from_path=options.from_path,
            rules=options.rules,
            timeout=options.timeout,
            wait=options.wait,
            progress=None if options.wait else progress,
            watch=waiting,
            settings=_settings(options),
            waive=request.waived(options.waive),
            waivers=options.waivers,
        )


def _settings(options: argparse.Namespace) -> dict[str, str]:
    found = request.settings(options.settings)
    if options.from_container is None:
        return found
    if FROM_CONTAINER in found:
        raise RequestError(f"--from-container and --set {FROM_CONTAINER} say the same: leave one out")
    return {**found, FROM_CONTAINER: options.from_container}


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="envcheck verify",
        usage="envcheck verify [MODULE ...] [options]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=arguments.Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="what was installed here")
    add = parser.add_argument_group("verifying").add_argument
    add("--wait", type=arguments.seconds, default=0.0, metavar="SECONDS", help="ask again until all pass")
    add(
        "--from-container",
        metavar="NAME",
        help="look from inside a running container, too: runs commands there",
    )
    arguments.add_report(parser)
    arguments.add_checking(parser)
    return parser.parse_intermixed_args(list(argv))
