"""Making a bundle: the check, the search for logs, the packing."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import IO, TYPE_CHECKING, NamedTuple, Optional

from envcheck.bundle import logs as bundle_logs
from envcheck.bundle import machines, pack, paper
from envcheck.bundle.manifest import LeftOut, Manifest
from envcheck.bundle.record import write_record
from envcheck.bundle.whole_file import WholeFile
from envcheck.errors import RequestError
from envcheck.results import Report

if TYPE_CHECKING:
    from envcheck.bundle.redact import Redactor
    from envcheck.host.base import Host
    from envcheck.rulebook.model import RuleSet

_PIECE = 1 << 18
_MAP_SIZE = 64 << 20
MARK = "-unredacted"
"""In the name of a bundle that is not redacted."""
_ENDING = re.compile(r"(?:\.tar)?\.[A-Za-z0-9]+\Z|\Z")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")

Check = Callable[["Host"], Report]
Render = Callable[[Report], str]


class Request(NamedTuple):
    """What is asked for. `output` and `map_file` are paths."""

    rule_sets: Sequence[RuleSet]
    recorded: bool = False
    """Whether a recorded host is asked, and not this machine."""
    output: Optional[str] = None
    max_size: int = pack.MAX_SIZE
    max_time: float = pack.MAX_TIME
    redact: bool = True
    map_file: Optional[str] = None


class Made(NamedTuple):
    """A bundle that was written."""

    path: str
    size: int
    """In bytes, as it lies on the disk."""
    manifest: Manifest


class Planned(NamedTuple):
    """A file that would be in the bundle. Sizes in bytes, None where not known beforehand."""

    name: str
    size: Optional[int]
    kept: Optional[int]


class Plan(NamedTuple):
    """What a bundle would hold."""

    files: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...]


def make(
    request: Request,
    host: Host,
    check: Check,
    render: Render,
    progress: Optional[pack.Progress] = None,
) -> Made:
    """Check a host and write the bundle of that run. Raises RequestError where it can't be written."""
    redactor = new_redactor(request.map_file) if request.redact else None
    with ExitStack() as stack:
        out = stack.enter_context(writable(_output(request) or "envcheck.tar.gz", "bundle"))
        map_out = request.map_file and stack.enter_context(writable(request.map_file, "map"))
        run_log = out.scratch()
        stack.callback(_drop, run_log)
        log_host = stack.enter_context(_host_of_logs(request, host))
        with _logged(run_log, out.path if request.output else "."):
            report = check(host)
            found = bundle_logs.find(log_host, [rules.logs for rules in request.rule_sets])
            machine = machines.machine_member(host, seal=request.redact)
        if redactor is not None:
            redactor.learn_from(host.answers)
            redactor.learn_from_host(log_host)
        else:
            _told_for_later(host, log_host)
        if request.output is None:
            out.path = default_name(report.host, redactor)
        with explained(out.path, "bundle"):
            manifest = pack.pack(
                report,
                host,
                _content(run_log),
                out,
                text=render(report if redactor is None else paper.redacted(report, redactor)),
                machine=machine,
                logs=found,
                max_size=request.max_size,
                max_time=request.max_time,
                redactor=redactor,
                progress=progress,
            )
            size = os.path.getsize(out.path)
        if map_out and redactor:
            with explained(map_out.path, "map"):
                map_out.file.write(redactor.dump_map())
                map_out.commit()
    return Made(out.path, size, manifest)


def plan(request: Request, host: Host, check: Check, render: Render) -> Plan:
    """What `make` would write now. Checks the host, reads no log and writes nothing."""
    report = check(host)
    files: list[Planned] = []

    def count(name: str, content: bytes) -> None:
        files.append(Planned(name, len(content), len(content)))

    count(pack.REPORT, report.to_json().encode())
    count(pack.TEXT, render(report).encode())
    machine = machines.machine_member(host, seal=request.redact)
    write_record(host, count)
    count(machines.NAME, machine)
    files.append(Planned(pack.LOG, None, None))
    with _host_of_logs(request, host) as log_host:
        found = bundle_logs.find(log_host, [rules.logs for rules in request.rule_sets])
    files += [Planned(*each) for each in pack.planned(found, request.max_size)]
    return Plan(tuple(files), found.left_out)


def default_name(host: str, redactor: Optional[Redactor]) -> str:
    """`envcheck-<host>-<time>.tar.gz`, in the working directory; what is not redacted says so."""
    name = host if redactor is None else pack.named(redactor, host)
    mark = MARK if redactor is None else ""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    return f"envcheck-{_NOT_IN_A_NAME.sub('_', name)[:64] or 'host'}-{stamp}{mark}.tar.gz"


def _output(request: Request) -> Optional[str]:
    """The name that was asked for; that of what is not redacted says so, whatever was asked for."""
    if request.output is None or request.redact or os.path.isdir(request.output):
        return request.output
    folder, name = os.path.split(request.output)
    if not name or MARK.strip("-") in name:
        return request.output
    return os.path.join(folder, _ENDING.sub(lambda match: MARK + match[0], name, count=1))


def new_redactor(map_file: Optional[str]) -> Redactor:
    """One that goes on with the map in that file, if there is one. Raises RequestError for another file."""
    from envcheck.bundle.redact import Redactor

    try:
        if map_file is None or not os.path.lexists(map_file) or not os.path.getsize(map_file):
            return Redactor()
        with open(map_file, "rb") as file:
            return Redactor.load_map(file.read(_MAP_SIZE))
    except (OSError, ValueError) as error:
        raise RequestError(f"{map_file} holds no map to go on with: {error}") from error


def _told_for_later(host: Host, fresh: Host) -> None:
    """Record who the host is, too: else what is redacted afterwards would know less of it."""
    from envcheck.bundle.redact import learn

    for question, answer in learn.about(fresh).items():
        host.answers.setdefault(question, answer)


@contextmanager
def _host_of_logs(request: Request, host: Host) -> Iterator[Host]:
    """The host again: the one that was checked answers no more once the check's time was up."""
    if request.recorded:
        yield host
        return
    from envcheck.host import open_host

    with closing(open_host()) as fresh:
        yield fresh


@contextmanager
def _logged(file: IO[bytes], path: str) -> Iterator[None]:
    """What is logged meanwhile, kept in a file too. Raises RequestError where the disk takes no more."""
    from envcheck.log import copied_to

    stream = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace")
    try:
        with copied_to(stream) as failures:
            yield
        with explained(path, "bundle"):
            if failures:
                raise failures[0]
            stream.flush()
    finally:
        with suppress(OSError):
            stream.detach()  # which writes what it holds, and leaves the file open


def _drop(file: IO[bytes]) -> None:
    with suppress(OSError):  # what a full disk did not take is of no use any more
        file.close()


def _content(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


@contextmanager
def writable(path: str, what: str) -> Iterator[WholeFile]:
    """A file that can be written there, as was tried. Raises RequestError."""
    with explained(path, what):
        file = WholeFile(path)
    with closing(file):
        yield file


@contextmanager
def explained(path: str, what: str) -> Iterator[None]:
    """Turn what goes wrong with the disk into a RequestError."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RequestError(f"the {what} cannot be written to {path}: {reason}") from error
