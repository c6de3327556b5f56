"""The members of an archive, compressed as they come, before it is known how large they will be.

A tar header stands before its file and tells the size; a log's size is known only once it
has been read and redacted. So the files are compressed first, each for itself, and put
together with their headers afterwards: one pass over the logs, no copy of them on the disk,
one ordinary gzip stream in the end, with the table of contents as its first member.
"""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, NamedTuple, Optional

from envcheck.bundle.beside import Beside

LEVEL = 6
"""As gzip's own."""

_BLOCK = 512
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
_COPY = 1 << 20
_LARGE = 1 << 20
"""Beyond this, compressing goes on beside the reading and redacting."""


class Part(NamedTuple):
    """A file that was compressed: where it lies in the store, and what it is."""

    name: str
    size: int
    sha256: str
    start: int
    length: int
    crc: int
    """Of the file with the zeros that fill its last block."""


class Growing:
    """A file while it comes."""

    def __init__(self, name: str, store: IO[bytes], level: int) -> None:
        self.name = name
        self.size = 0
        self.done: Optional[Part] = None
        """What it is, once the context has ended."""
        self._store = store
        self._start = store.tell()
        self._compressor = _compressor(level)
        self._digest = hashlib.sha256()
        self._crc = 0
        self._beside: Optional[Beside] = None

    def write(self, piece: bytes) -> None:
        """Take what comes next."""
        self.size += len(piece)
        if self._beside is None and self.size > _LARGE:
            self._beside = Beside(self._take)
        (self._take if self._beside is None else self._beside.put)(piece)

    def _take(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._crc = zlib.crc32(piece, self._crc)
        self._store.write(self._compressor.compress(piece))

    def end(self) -> None:
        """Nothing more comes."""
        self.settle()
        fill = bytes(-self.size % _BLOCK)
        self._store.write(self._compressor.compress(fill) + self._compressor.flush(zlib.Z_SYNC_FLUSH))
        self.done = Part(
            self.name,
            self.size,
            self._digest.hexdigest(),
            self._start,
            self._store.tell() - self._start,
            zlib.crc32(fill, self._crc),
        )

    def settle(self) -> None:
        """Wait until all that came is compressed."""
        if self._beside is not None:
            self._beside.finish()


class Parts:
    """Compressed files one after another in a file that serves for nothing else."""

    def __init__(self, store: IO[bytes], level: int = LEVEL) -> None:
        self._store = store
        self._level = level

    @contextmanager
    def part(self, name: str) -> Iterator[Growing]:
        """A file to be filled. What is raised in the context undoes it."""
        start = self._store.tell()
        growing = Growing(name, self._store, self._level)
        try:
            yield growing
            growing.end()
        except BaseException:
            with suppress(Exception):
                growing.settle()
            self._store.seek(start)
            self._store.truncate()
            raise

    def write(self, parts: Sequence[Part], time: float, out: IO[bytes]) -> None:
        """Write the archive of these parts, in this order, as a whole .tar.gz."""
        out.write(_GZIP_HEAD)
        crc, total = 0, 0
        for part in parts:
            header = _header(part, time)
            compressor = _compressor(self._level)
            out.write(compressor.compress(header) + compressor.flush(zlib.Z_SYNC_FLUSH))
            self._store.seek(part.start)
            _copy(self._store, out, part.length)
            filled = part.size + -part.size % _BLOCK
            crc = join_crc(zlib.crc32(header, crc), part.crc, filled)
            total += len(header) + filled
        end = bytes(2 * _BLOCK)
        compressor = _compressor(self._level)
        out.write(compressor.compress(end) + compressor.flush())
        out.write(zlib.crc32(end, crc).to_bytes(4, "little"))
        out.write(((total + len(end)) & 0xFFFFFFFF).to_bytes(4, "little"))


def _compressor(level: int) -> zlib._Compress:
    return zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)


def _header(part: Part, time: float) -> bytes:
    info = tarfile.TarInfo(part.name)
    info.size, info.mode, info.mtime = part.size, 0o600, int(time)
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _copy(source: IO[bytes], out: IO[bytes], length: int) -> None:
    while length > 0:
        piece = source.read(min(length, _COPY))
        if not piece:
            raise OSError("what was compressed is gone")
        out.write(piece)
        length -= len(piece)


def join_crc(first: int, second: int, length: int) -> int:
    """The CRC-32 of two texts put together, from that of each; `length` is the second one's.

    To append a zero byte is to multiply by x⁸ modulo the polynomial of CRC-32, so `length`
    bytes are a power of that, found by squaring.
    """
    power = 1 << 31
    step = 1 << 23
    while length:
        if length & 1:
            power = _times(power, step)
        step = _times(step, step)
        length >>= 1
    return _times(power, first) ^ second


def _times(left: int, right: int) -> int:
    """The product of two polynomials over GF(2), bits reversed, modulo that of CRC-32."""
    product = 0
    for bit in range(31, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ (0xEDB88320 if right & 1 else 0)
    return product
