"""Logs that the user names: files, directories, archives, standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from io import FileIO
from itertools import chain
from typing import Optional, Union

from envcheck.bundle.compressed import is_tar
from envcheck.errors import RequestError
from envcheck.host.base import Failed, Unreadable
from envcheck.problems.scan import names
from envcheck.problems.scan.inflate import is_compressed, is_recoded, plain
from envcheck.problems.scan.source import SHORTER, Source
from envcheck.record import Record

_PIECE = 1 << 16
"""Bytes read at a time: few enough for memory that is at hand."""
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_KINDS = {
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}
_JOURNAL = b"LPKSHHRH"
_OWN = "is envcheck's own log, which quotes others"


class PassedOver(Record):
    """A log that was not read, or not to its end, and why."""

    name: str
    reason: str


def named(paths: Sequence[str]) -> Iterator[Union[Source, PassedOver]]:
    """The logs at these paths, each to be read before the next one is asked for.

    `-` is standard input. Directories are searched, with the rotated ones of a log in the
    order in which they were written. Raises RequestError where a path leads nowhere.
    """
    wrong = [_nowhere(path) for path in paths if path != "-" and not os.path.lexists(path)]
    if wrong:
        raise RequestError("\n".join(wrong))
    return _all(paths)


def _all(paths: Sequence[str]) -> Iterator[Union[Source, PassedOver]]:
    seen: set[tuple[int, int]] = set()
    for path in paths:
        if path == "-":
            yield Source("-", "stdin", _standard_input)
        else:
            for each in _below(path):
                yield from (each,) if isinstance(each, PassedOver) else _file(each, seen)


def _nowhere(path: str) -> str:
    from envcheck.rulebook.source import nearest

    folder, name = os.path.split(path)
    try:
        there = os.listdir(folder or ".")
    except OSError:
        there = []
    return f"{path}: no such file or directory{nearest(name, there) if there else ''}"


def _standard_input() -> Iterator[bytes]:
    return plain(_piped(sys.stdin.fileno()))


def _piped(descriptor: int) -> Iterator[bytes]:
    try:
        while piece := os.read(descriptor, _PIECE):
            yield piece
    except OSError as error:
        raise Failed(error.strerror or str(error)) from error


def _below(path: str) -> Iterator[Union[str, PassedOver]]:
    """The file itself, or every file below a directory; links to directories are not followed."""
    if not os.path.isdir(path):
        yield path
        return
    wrong: list[OSError] = []
    for folder, folders, files in os.walk(path, onerror=wrong.append):
        folders.sort()
        for name in folders:
            if os.path.islink(os.path.join(folder, name)):
                yield PassedOver(os.path.join(folder, name), "a link to a directory is not followed")
        for name in sorted(files, key=names.in_time_order):
            path = os.path.join(folder, name)
            yield PassedOver(path, _OWN) if names.is_own(name) else path
        yield from (PassedOver(str(error.filename), error.strerror or str(error)) for error in wrong)
        wrong.clear()


def _file(path: str, seen: set[tuple[int, int]]) -> Iterator[Union[Source, PassedOver]]:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a device may act on being opened
            yield PassedOver(path, f"is {_kind(status.st_mode)}")
            return
        if (status.st_dev, status.st_ino) in seen:
            return
        seen.add((status.st_dev, status.st_ino))
        start = _start(path)
    except OSError as error:
        yield PassedOver(path, error.strerror or str(error))
        return
    if start.startswith(_JOURNAL):
        yield PassedOver(
            path, "is a binary journal: pipe `journalctl --file FILE` into `envcheck diagnose -`"
        )
    elif is_compressed(start) or (b"\0" in start and is_tar(start)):
        yield from _packed(path)
    else:
        yield Source(
            path,
            names.kind(path),
            lambda: _text(path, status.st_size, start),
            status.st_size,
            None if is_recoded(start) else (lambda begin, end: FileText(path, end - begin, begin)),
            names.bare(path),
        )


def _text(path: str, size: int, start: bytes) -> Iterable[bytes]:
    text = FileText(path, size)
    return plain(text) if is_recoded(start) else text


def _kind(mode: int) -> str:
    return next((what for test, what in _KINDS.items() if test(mode)), "no regular file")


def _start(path: str) -> bytes:
    with open(os.open(path, _FLAGS), "rb", buffering=0) as file:
        return file.read(512)


def _packed(path: str) -> Iterator[Union[Source, PassedOver]]:
    """A compressed log, or the logs in an archive."""
    pieces = plain(FileText(path))
    try:
        start = next(pieces, b"")
    except Unreadable as error:
        yield PassedOver(path, str(error))
        return
    if is_tar(start[:512]):
        yield from members(path)
    else:
        yield Source(path, names.kind(path), lambda: chain((start,), pieces), path=names.bare(path))


def members(path: str) -> Iterator[Union[Source, PassedOver]]:
    """The files in an archive, each to be read before the next one is asked for."""
    from envcheck.bundle.archive import Archive
    from envcheck.host import UnusableRecord

    try:
        with closing(Archive(path)) as archive:
            for entry in archive:
                if names.is_own(entry.name):
                    yield PassedOver(f"{path}:{entry.name}", _OWN)
                elif entry.kind == "file" and not entry.refused:
                    name = f"{path}:{entry.name}"
                    yield Source(
                        name,
                        names.kind(entry.name),
                        lambda: plain(archive.content()),
                        None,
                        path=names.bare(entry.name),
                    )
    except UnusableRecord as error:
        yield PassedOver(path, str(error))


class FileText:
    """A file from a byte on, of one that grows as much as there was. Reading raises Failed."""

    def __init__(self, path: str, size: Optional[int] = None, begin: int = 0) -> None:
        self._path, self._begin, self._left = path, begin, size
        self._file: Optional[FileIO] = None

    def __iter__(self) -> Iterator[bytes]:
        piece = memoryview(bytearray(_PIECE))
        while size := self.readinto(piece):
            yield bytes(piece[:size])

    def readinto(self, memory: memoryview) -> int:
        """Fill the memory; how much of it, where the file ends before."""
        memory = memory if self._left is None else memory[: self._left]
        if not memory:
            return 0
        try:
            size = self._filled(memory)
        except OSError as error:
            raise Failed(error.strerror or str(error)) from error
        if self._left is not None:
            self._left -= size
            if size < len(memory) and self._begin == 0:
                raise Failed(SHORTER)
        return size

    def _filled(self, memory: memoryview) -> int:
        if self._file is None:
            self._file = FileIO(os.open(self._path, _FLAGS))
            self._file.seek(self._begin)
        if self._file.closed:  # it has ended
            return 0
        at = 0
        while at < len(memory) and (size := self._file.readinto(memory[at:])):
            at += size
        if at < len(memory):
            self._file.close()
        return at

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()
