"""What the docker engine streams: the output of a container, and files inside it as an archive."""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterator
from typing import NamedTuple, Optional
from urllib.parse import quote

from envcheck.host.base import Absent, Failed

_BLOCK = 512
_FRAME_HEAD = 8
_STREAMS = (0, 1, 2)
_HEADERS_MAX = 1 << 20
_EXTENSIONS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_DATA = (tarfile.REGTYPE, tarfile.AREGTYPE)


def logs_path(container: str, lines: int) -> str:
    """What to GET for the last lines that a container printed."""
    return f"/containers/{quote(container, safe='')}/logs?stdout=1&stderr=1&timestamps=1&tail={lines}"


def archive_path(container: str, path: str) -> str:
    """What to GET for a file inside a container."""
    return f"/containers/{quote(container, safe='')}/archive?path={quote(path, safe='')}"


def printed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What a container printed, out of the frames in which the engine sends it.

    Without a terminal of its own its stdout and stderr come in turn, each piece behind a
    head of eight bytes; with one they come as they are.
    """
    begin = b""
    for piece in pieces:
        begin += piece
        if len(begin) >= _FRAME_HEAD:
            break
    rest = _joined(begin, pieces)
    return _unframed(rest) if begin[:1] and begin[0] in _STREAMS and begin[1:4] == b"\0\0\0" else rest


def _joined(begin: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if begin:
        yield begin
    yield from pieces


def _unframed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    head, left = b"", 0
    for piece in pieces:
        view, out = memoryview(piece), []
        while view:
            if left:
                out.append(view[:left])
                left, view = left - len(out[-1]), view[len(out[-1]) :]
            else:
                missing = _FRAME_HEAD - len(head)
                head, view = head + bytes(view[:missing]), view[missing:]
                if len(head) == _FRAME_HEAD:
                    left, head = int.from_bytes(head[4:], "big"), b""
        if out:
            yield b"".join(out)


class First(NamedTuple):
    """The first member of an archive: a file's size and content, or where a link leads."""

    size: int
    content: Iterator[bytes]
    link: str = ""
    modified: Optional[float] = None


def first_file(pieces: Iterator[bytes], path: str) -> First:
    """Read the head of a tar archive of one file. Raises Failed for anything but a file or link."""
    source = _Blocks(pieces)
    extended: dict[str, str] = {}
    while True:
        block = source.take(_BLOCK)
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.TarError as error:
            raise Failed(f"{path}: docker's archive is none: {error}") from error
        if info.type not in _EXTENSIONS:
            break
        if info.size > _HEADERS_MAX:
            raise Failed(f"{path}: docker's archive has a head of {info.size} bytes")
        body = source.take(-(-info.size // _BLOCK) * _BLOCK)[: info.size]
        extended.update(_extended(info.type, body))
    size = int(extended.get("size", info.size))
    if info.type == tarfile.SYMTYPE:
        link = extended.get("linkpath", info.linkname)
        return First(0, iter(()), posixpath.join(posixpath.dirname(path), link))
    if info.type not in _DATA:
        raise Failed(f"{path} is not a regular file")
    return First(size, source.pieces(size, path), modified=_time(extended.get("mtime", info.mtime)))


def _time(value: object) -> Optional[float]:
    try:
        return float(str(value))
    except ValueError:
        return None


def _extended(kind: bytes, body: bytes) -> Iterator[tuple[str, str]]:
    if kind == tarfile.GNUTYPE_LONGLINK:
        yield "linkpath", body.rstrip(b"\0").decode("utf-8", "surrogateescape")
    if kind != tarfile.XHDTYPE:
        return
    while body:
        length, blank, _ = body.partition(b" ")
        if not blank or not length.isdigit() or not 0 < int(length) <= len(body):
            return
        key, _, value = body[len(length) + 1 : int(length) - 1].partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "surrogateescape")
        body = body[int(length) :]


class _Blocks:
    """Pieces, of which a number of bytes can be taken."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def take(self, size: int) -> bytes:
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                raise Failed("docker's archive ends too early")
            self._held += piece
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def pieces(self, size: int, path: str) -> Iterator[bytes]:
        held, self._held = self._held, b""
        for piece in _joined(held, self._pieces):
            yield piece[:size]
            size -= len(piece)
            if size <= 0:
                return
        if size > 0:
            raise Failed(f"{path}: {size} bytes of it did not come")


def not_in(container: str, path: str) -> Absent:
    """The error for a file that the container has not."""
    return Absent(f"{path} is not in container {container}")
