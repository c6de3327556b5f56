"""`envcheck bundle`: what it does is in `envcheck.bundle`; here is how it is asked for and shown."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Optional

from envcheck import console
from envcheck.bundle.manifest import NO_FILE, LeftOut
from envcheck.commands import bundle_arguments
from envcheck.errors import RequestError
from envcheck.report import escape
from envcheck.values import Bytes

if TYPE_CHECKING:
    from envcheck.bundle.make import Made, Plan, Request
    from envcheck.bundle.manifest import Manifest
    from envcheck.host.base import Host
    from envcheck.results import Report
    from envcheck.rulebook.model import Grant

OK, FINDINGS = 0, 1


def run(argv: Sequence[str]) -> int:
    """Carry out the words behind `bundle`. Returns the exit status; raises RequestError, SystemExit."""
    options = bundle_arguments.parse(argv)
    # What is left out of an archive is shown in its place; logging would print it on stderr once more.
    logging.getLogger("envcheck").addHandler(logging.NullHandler())
    actions = {"show": _show, "verify": _verify, "unpack": _unpack, "redact": _redact}
    return actions.get(options.action, _make)(options)


# -- making one -------------------------------------------------------------------------


def _make(options: argparse.Namespace) -> int:
    from envcheck import api
    from envcheck.bundle import make
    from envcheck.host import open_host
    from envcheck.log import open_log
    from envcheck.progress import Bar
    from envcheck.request import or_command, settings, waived
    from envcheck.rulebook import UnknownModule

    asked = settings(options.settings)
    try:
        sets = api.rule_sets(options.modules, options.rules, asked)
    except UnknownModule as error:
        said = or_command(options.modules, "bundle", words=bundle_arguments.ACTIONS)
        raise RequestError(f"{error}{said}") from error
    request = make.Request(
        sets,
        recorded=options.from_path is not None,
        output=options.output,
        max_size=options.max_size,
        max_time=options.max_time,
        redact=not options.no_redact,
        map_file=options.map,
    )
    grants = api.granted(options.rules, waived(options.waive), options.waivers)
    render = partial(_render, options)
    with open_log(options.log_file) as log, closing(open_host(options.from_path)) as host:
        if host.settings:
            sets = api.rule_sets(options.modules, options.rules, asked, host.settings)
            request = request._replace(rule_sets=sets)
        check = partial(_check, options, request, grants)
        if options.dry_run:
            console.put(_planned(make.plan(request, host, check, render)))
            return OK
        with closing(Bar(sys.stderr)) as bar:
            made = make.make(request, host, check, render, bar)
    if log is not None:
        console.say(f"log: {escape.command(log)}")
    console.put(_made(made))
    return OK


def _check(options: argparse.Namespace, request: Request, grants: Sequence[Grant], host: Host) -> Report:
    from envcheck import engine
    from envcheck.progress import Progress

    with closing(Progress(sys.stderr)) as progress:
        return engine.run(host, request.rule_sets, timeout=options.timeout, progress=progress, grants=grants)


def _render(options: argparse.Namespace, report: Report) -> str:
    from envcheck.bundle import paper
    from envcheck.report import terminal

    return paper.render(report, options.lang or terminal.language(), options.rules)


def _planned(plan: Plan) -> str:
    lines = [f"{'size':>10}  {'kept':>10}  file"]
    lines += [
        f"{_size(file.size):>10}  {_size(file.kept):>10}  {escape.line(file.name)}" for file in plan.files
    ]
    known = sum(file.kept or 0 for file in plan.files)
    lines.append(f"{'':10}  {Bytes(known)!s:>10}  in all, before compression; ?: known once it is read")
    lines += _all_left_out(plan.left_out)
    return "\n".join([*lines, "nothing was written (--dry-run)"]) + "\n"


def _size(size: Optional[int]) -> str:
    return "?" if size is None else str(Bytes(size))


def _all_left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    told = [each for each in left_out if each.reason != NO_FILE]
    if len(told) < len(left_out):
        yield f"logs that are not there: {len(left_out) - len(told)}"
    if told:
        yield "left out:"
    for each in told:
        yield _left_out(each.name, each.reason)


def _left_out(name: str, reason: str) -> str:
    return f"  {escape.line(name)}: {escape.line(reason)}"


def _made(made: Made) -> str:
    manifest = made.manifest
    lines = [f"{escape.command(made.path)}: {Bytes(made.size)}, {len(manifest.members) + 1} files"]
    lines.append(_redaction(manifest))
    for member in manifest.members:
        if member.whole is not None:
            kept = f"the last {Bytes(member.size)} of {Bytes(member.whole)}"
            lines.append(_left_out(member.name, f"only {kept}"))
        if member.cut is not None:
            lines.append(_left_out(member.name, f"not to its end: {member.cut}"))
    lines += _all_left_out(manifest.left_out)
    lines.append(f"The conclusion of environment checking is :{manifest.conclusion}")
    return "\n".join(lines) + "\n"


def _redaction(manifest: Manifest) -> str:
    if not manifest.redacted:
        return "NOT redacted: it holds addresses, names and whatever secrets the logs hold"
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(manifest.redactions.items()) if count)
    return f"redacted: {counts or 'nothing was found to redact'}"


# -- what is done with one --------------------------------------------------------------


def _show(options: argparse.Namespace) -> int:
    from envcheck.bundle.show import show

    console.put(str(show(options.file)))
    return OK


def _verify(options: argparse.Namespace) -> int:
    from envcheck.bundle.verify import verify

    findings = verify(options.file)
    console.put("".join(f"{escape.line(str(finding))}\n" for finding in findings) or "whole and unaltered\n")
    return FINDINGS if findings else OK


def _unpack(options: argparse.Namespace) -> int:
    from envcheck.bundle.unpack import unpack

    made = unpack(options.file, options.directory)
    console.put(f"{escape.command(made.directory)}: written, to be named with --from\n")
    for name, reason in made.left_out.items():
        console.put(f"{_left_out(name, reason)}\n")
    return OK


def _redact(options: argparse.Namespace) -> int:
    from envcheck.bundle import repack

    console.put(_made(repack.redact(options.file, options.output, options.map)))
    return OK
