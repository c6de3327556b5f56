"""Packing a bundle: report, record and logs into one archive, in one pass and in little memory."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from typing import IO, Optional, Protocol, Union

from envcheck import __version__
from envcheck.bundle import machines
from envcheck.bundle.logs import Found, Source
from envcheck.bundle.manifest import NAME, LeftOut, Manifest, Member
from envcheck.bundle.names import Names
from envcheck.bundle.parts import Part, Parts
from envcheck.bundle.reading import TIME_IS_UP, Reading
from envcheck.bundle.record import write_record
from envcheck.bundle.shares import share
from envcheck.bundle.whole_file import WholeFile
from envcheck.host.base import Host, Unreadable
from envcheck.results import Report

log = logging.getLogger(__name__)

MAX_SIZE = 200_000_000
"""Bytes of logs before compression, by default."""
MAX_TIME = 120.0
"""Seconds for reading logs, by default."""

REPORT, TEXT, LOG = "report.json", "report.txt", "envcheck.log"
NO_ROOM = "there are more logs than may be taken"
NO_LOGS = Found((), ())

Progress = Callable[[str, int, int], None]
"""Is told the log that is read, and how many bytes of about how many are done."""


class Redactor(Protocol):
    """What replaces identifiers and secrets; the same one for everything in a bundle."""

    def name(self, name: str) -> str:
        """A member's name."""

    def text(self, data: bytes, name: str = "") -> bytes:
        """A text; `name` is that of its member, which tells what to expect."""

    def stream(self, source: Iterable[bytes], sink: Callable[[bytes], object], name: str = "") -> None:
        """A member of any size, in pieces that are cut anywhere."""

    def counts(self) -> Mapping[str, int]:
        """How many places were replaced so far, by kind."""


def pack(
    report: Report,
    host: Host,
    run_log: Iterable[bytes],
    destination: WholeFile,
    *,
    text: str = "",
    machine: bytes = b"",
    logs: Found = NO_LOGS,
    max_size: int = MAX_SIZE,
    max_time: float = MAX_TIME,
    redactor: Optional[Redactor] = None,
    progress: Optional[Progress] = None,
) -> Manifest:
    """Write the bundle of a run and put it in its place.

    `text` is the report as a person reads it, `machine` the machine record, `run_log` the run's
    own log, which is read last; `max_size` is in bytes of logs before compression, `max_time` in
    seconds for reading them. Raises OSError, and then there is no bundle.
    """
    with closing(destination.scratch()) as store:
        packer = Packer(store, redactor)
        packer.put(REPORT, report.to_json().encode())
        packer.put(TEXT, text.encode("utf-8", "backslashreplace"))
        with packer.timed("record"):
            write_record(host, packer.put)
            if machine:
                packer.put(machines.NAME, machine)
        with packer.timed("logs"):
            _Logs(packer, destination.scratch, time.monotonic() + max_time, progress).take(logs, max_size)
        packer.stream(LOG, run_log)
        manifest = Manifest(
            host=packer.host(report.host),
            created=datetime.now(timezone.utc).astimezone().isoformat(timespec="seconds"),
            modules=report.modules,
            conclusion=report.conclusion,
            redacted=redactor is not None,
            members=tuple(packer.members),
            left_out=tuple(packer.left_out),
            seconds={"check": report.duration_s, **packer.seconds},
            limits={"max_size": max_size, "max_time": max_time},
            versions={"envcheck": __version__, "python": platform.python_version()},
        )
        return packer.finish(manifest, destination)


def named(redactor: Redactor, host: str) -> str:
    """What stands for a host's name, however short it is and whatever else it means."""
    return redactor.text(host.encode("utf-8", "backslashreplace"), "etc/hostname").decode(
        "utf-8", "backslashreplace"
    )


class Packer:
    """Members in the order in which they came, all through one redactor."""

    def __init__(self, store: IO[bytes], redactor: Optional[Redactor]) -> None:
        self._parts = Parts(store)
        self._done: list[Part] = []
        self._redactor = redactor
        self._names = Names()
        self.members: list[Member] = []
        self.left_out: list[LeftOut] = []
        self.seconds: dict[str, float] = {}

    def put(self, name: str, content: bytes) -> None:
        """Add a file that is at hand."""
        self.stream(name, [content])

    def stream(
        self, name: str, pieces: Iterable[bytes], kept: Optional[Union[Reading, Member]] = None
    ) -> Member:
        """Add a file as it comes. What the pieces raise is raised on, and nothing then added.

        `kept` tells, at the end, of how large a log this is the tail and why it breaks off.
        """
        with self._parts.part(self._names.take(self._redacted_name(name))) as growing:
            if self._redactor is not None:
                self._redactor.stream(pieces, growing.write, name)
            else:
                for piece in pieces:
                    growing.write(piece)
        part = growing.done
        assert part is not None  # noqa: S101 - the context has ended
        self._done.append(part)
        member = Member(part.name, part.size, part.sha256)
        if kept is not None:
            member = replace(member, whole=kept.whole, cut=kept.cut and self.words(kept.cut))
        self.members.append(member)
        return member

    def leave_out(self, name: str, reason: str) -> None:
        """Say why something is not in the bundle."""
        log.info("left out %s: %s", name, reason)
        self.left_out.append(LeftOut(self._redacted_name(name), self.words(reason)))

    def words(self, text: str) -> str:
        """A text that is to stand in the manifest."""
        if self._redactor is None:
            return text
        return self._redactor.text(text.encode("utf-8", "backslashreplace")).decode(
            "utf-8", "backslashreplace"
        )

    def host(self, name: str) -> str:
        """The host's name, for the manifest."""
        return name if self._redactor is None else named(self._redactor, name)

    def _redacted_name(self, name: str) -> str:
        return name if self._redactor is None else self._redactor.name(name)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note in the manifest how long a step took."""
        begin = time.monotonic()
        yield
        self.seconds[step] = round(time.monotonic() - begin, 3)

    def finish(self, manifest: Manifest, destination: WholeFile) -> Manifest:
        """Put everything together with the manifest first; returns it as it was written."""
        counts = {} if self._redactor is None else dict(self._redactor.counts())
        manifest = replace(manifest, redactions=counts)
        with self._parts.part(NAME) as growing:
            growing.write(manifest.to_json().encode())
        assert growing.done is not None  # noqa: S101 - the context has ended
        self._parts.write([growing.done, *self._done], time.time(), destination.file)
        destination.commit()
        return manifest


class _Logs:
    """Takes logs one after another, each as far as size and time allow."""

    def __init__(
        self,
        packer: Packer,
        scratch: Callable[[], IO[bytes]],
        until: float,
        progress: Optional[Progress],
    ) -> None:
        self._packer = packer
        self._scratch = scratch
        self._until = until
        self._progress = progress
        self._done = self._total = 0

    def take(self, logs: Found, max_size: int) -> None:
        for each in logs.left_out:
            self._packer.leave_out(each.name, each.reason)
        # Those of unknown size first: what they do not need goes to the others.
        waiting = sorted(logs.sources, key=lambda source: source.log.size is not None)
        left = max_size
        self._total = min(max_size, sum(source.log.size or 0 for source in waiting))
        for number, source in enumerate(waiting):
            sizes = [other.log.size for other in waiting[number:]]
            left -= self._take(source, share(left, sizes))

    def _take(self, source: Source, keep: int) -> int:
        """Add one log; returns how many of its bytes were kept."""
        if time.monotonic() > self._until:
            self._packer.leave_out(source.name, TIME_IS_UP)
            return 0
        if not keep and source.log.size:
            self._packer.leave_out(source.name, NO_ROOM)
            return 0
        reading = Reading(source.log, keep, self._until, self._scratch)
        try:
            self._packer.stream(source.name, self._watched(source.name, reading.pieces()), reading)
        except Unreadable as error:
            self._packer.leave_out(source.name, str(error))
            return 0
        return min(reading.size, keep)

    def _watched(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            self._done += len(piece)
            if self._progress is not None:
                self._progress(name, self._done, max(self._total, self._done))


def planned(logs: Found, max_size: int) -> Sequence[tuple[str, Optional[int], Optional[int]]]:
    """What would be read: for each log its name, its size and how much is kept of it (None: not known)."""
    keep = share(max_size, [source.log.size for source in logs.sources])
    return [
        (source.name, source.log.size, None if source.log.size is None else min(source.log.size, keep))
        for source in logs.sources
    ]
