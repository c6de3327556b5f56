"""Compressed members: opened, and compressed again once they are redacted."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Optional

from envcheck.bundle.compressed import DECOMPRESSORS, PIECE, Inflated

CLOSED = b"REDACTED: an archive, or damaged; what is inside could not be redacted\n"
MOST = 256 << 20
"""Bytes of a member once decompressed; what is beyond is left out."""

_START = 512
_BZIP2 = b"1AY&SY"
_TAR = slice(257, 262)
_ARCHIVES = (
    b"PK\3\4",
    b"PK\5\6",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"\x1f\x9d",
)
_NAMED_SO = re.compile(r"\.(?:t?gz|t?bz2?|t?xz|zst|lz4|lzma|zip|7z|rar|tar|Z)\Z")


class Wrapped:
    """A member's plain content as `parts`, and `write` for what becomes of it. At the end, call `end`.

    An archive of many files, and what can't be opened, is replaced as a whole: `closed` says so.
    """

    def __init__(self, source: Iterator[bytes], sink: Callable[[bytes], object], name: str) -> None:
        self._source = source
        self._sink = sink
        start, self._rest = _started(source)
        magic = _magic(start)
        self.closed = _is_archive(start) or (magic is None and _is_torn(start, name))
        self._compressor: Optional[Any] = None
        self.parts: Iterator[bytes] = _chained(start, self._rest)
        if self.closed:
            self._close()
        elif magic is not None:
            start, rest = _started(_inflated(self.parts, magic))
            self.parts = _chained(start, rest)
            self._compressor = _compressor(magic)
            if not start or _is_archive(start) or _magic(start) is not None:
                self._close()

    def _close(self) -> None:
        self.closed = True
        self._compressor = None
        self.parts = iter(())

    def write(self, data: bytes) -> None:
        """Take a piece of the redacted content."""
        self._sink(data if self._compressor is None else self._compressor.compress(data))

    def end(self) -> None:
        """Write what is left, and read the source to its end."""
        if self.closed:
            self._sink(CLOSED)
        elif self._compressor is not None:
            self._sink(self._compressor.flush())
        for _ in self._rest:
            pass


def _started(source: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    start = b""
    for piece in source:
        start += piece
        if len(start) >= _START:
            break
    return start, source


def _chained(start: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if start:
        yield start
    yield from rest


def _magic(start: bytes) -> Optional[bytes]:
    found = next((magic for magic in DECOMPRESSORS if start.startswith(magic)), None)
    return None if found == b"BZh" and start[4:10] != _BZIP2 else found


def _is_archive(start: bytes) -> bool:
    return start.startswith(_ARCHIVES) or start[_TAR] == b"ustar"


def _is_torn(start: bytes, name: str) -> bool:
    """Whether it is the tail of something compressed."""
    return bool(_NAMED_SO.search(name)) and (b"\0" in start or _is_binary(start))


def _is_binary(start: bytes) -> bool:
    return sum(byte >= 0x80 or byte < 9 for byte in start) > len(start) // 8  # noqa: PLR2004


class _File:
    """The pieces as a file."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source

    def read(self, _: int, /) -> bytes:
        return next((piece for piece in self._source if piece), b"")


def _inflated(source: Iterator[bytes], magic: bytes) -> Iterator[bytes]:
    """What was compressed, as far as it can be read."""
    from lzma import LZMAError

    stream = Inflated(_File(source), DECOMPRESSORS[magic])
    size = 0
    try:
        while size < MOST and (piece := stream.read(PIECE)):
            size += len(piece)
            yield piece
    except (EOFError, OSError, zlib.error, LZMAError, ValueError):
        return


def _compressor(magic: bytes) -> Any:  # noqa: ANN401 - they have no type in common
    if magic.startswith(b"\x1f"):
        return zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    if magic.startswith(b"B"):
        import bz2

        return bz2.BZ2Compressor()
    import lzma

    return lzma.LZMACompressor(preset=1)
