"""The logs of a host: this machine's, where the manuals say that they are, or a record's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Optional, Union

from envcheck.bundle import logs
from envcheck.bundle.manifest import NO_FILE
from envcheck.host.base import Host, Unreadable
from envcheck.host.logs import Log
from envcheck.problems.scan import files, names
from envcheck.problems.scan.files import PassedOver
from envcheck.problems.scan.inflate import is_compressed, is_recoded, plain
from envcheck.problems.scan.source import Kind, Part, Source
from envcheck.rulebook.model import LogNames

_ALL = 1 << 36
"""More than any log has, and few enough for a number of lines made of it to be understood."""
_IN_RECORD = re.compile(
    r"(?:.*/)?(?:logs/.+|var/log/.+|home/.+\.(?:log|wf)[^/]*|original/package/Install/.*log.*|"
    r"sos_commands/.*/(?:dmesg|journalctl|docker_logs|podman_logs)[^/]*|(?:dmesg|messages|syslog)[^/]*)"
)
_KINDS: dict[str, Kind] = {"kernel.log": "kernel", "docker-journal.log": "journal"}


def of_machine(host: Host, modules: Sequence[LogNames]) -> Iterator[Union[Source, PassedOver]]:
    """The logs of a live host that the modules name, rotated ones too, and what every host has."""
    wanted = [each._replace(files=(*each.files, *_rotated(each.files))) for each in modules]
    found = logs.find(host, wanted)
    for left_out in found.left_out:
        if left_out.reason not in (NO_FILE, logs.NOT_OURS):
            yield PassedOver(left_out.name, left_out.reason)
    for each in sorted(found.sources, key=lambda source: _order(source.name)):
        yield _source(each.name[len(logs.FOLDER) + 1 :], each.log)


def _rotated(patterns: Sequence[str]) -> Iterator[str]:
    return (pattern + names.ROTATED for pattern in patterns if os.path.splitext(pattern)[1])


def _order(name: str) -> tuple[str, tuple[str, int, str]]:
    folder, name = os.path.split(name)
    return folder, names.in_time_order(name)


def _source(name: str, log: Log) -> Source:
    kind = _KINDS.get(name, "container" if name.startswith("containers/") else "file")
    path = f"/{name}" if kind == "file" else name
    return Source(path, kind, lambda: plain(log.tail(_ALL)), log.size, _part(log, kind), names.bare(path))


def _part(log: Log, kind: Kind) -> Optional[Part]:
    """Reads some of a file anew; of what was recoded or compressed that can't be done."""
    if log.size is None or kind != "file":
        return None
    size = log.size
    try:
        start = next(log.tail(_ALL), b"")
    except Unreadable:
        return None  # reading it from its beginning says why
    if is_compressed(start) or is_recoded(start):
        return None
    return lambda begin, end: _first(log.tail(size - begin), end - begin)


def _first(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        if size <= 0:
            return
        yield piece[:size]
        size -= len(piece)


def of_record(path: str) -> Iterator[Union[Source, PassedOver]]:
    """The logs that a bundle, a sosreport or a root tree holds, those that can't be read too."""
    if os.path.isdir(path):
        inside = len(os.path.join(path, ""))
        for each in files.named([path]):
            if _IN_RECORD.fullmatch(each.name[inside:]):
                yield each._replace(name=each.name[inside:])
        return
    for each in files.members(path):
        if isinstance(each, PassedOver):
            yield each
        elif _IN_RECORD.fullmatch(each.name[len(path) + 1 :]):
            yield each._replace(name=each.name[len(path) + 1 :])
