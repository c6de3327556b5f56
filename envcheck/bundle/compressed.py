"""The bytes of an archive, whatever it is compressed with, in bounded memory."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from typing import IO, Any, Protocol

from envcheck.host import UnusableRecord

PIECE = 1 << 18
"""Bytes that are read at a time."""
XZ_MEMORY = 100 << 20
"""What a decompressor may take: `xz -9` needs 65 MiB, a hostile archive asks for 4 GiB."""
MAX_BYTES = 16 << 30
"""Bytes of an archive once decompressed; what expands to more is no record of a host."""

ADVICE = "a bundle, or a .tar.gz, .tar.xz, .tar.bz2 or .tar of a sosreport or root tree is wanted"
_START = 512
_KNOWN: Mapping[bytes, str] = {
    b"PK\3\4": "is a zip archive",
    b"PK\5\6": "is a zip archive",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive",
    b"Rar!": "is a rar archive",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd, which is not read here: unpack it and name the directory",
    b"-----BEGIN PGP": "is encrypted with PGP: decrypt it first",
    b"Salted__": "is encrypted with openssl: decrypt it first",
    b"\x84": "seems to be encrypted with PGP: decrypt it first",
    b"\x85": "seems to be encrypted with PGP: decrypt it first",
    b"\x8c": "seems to be encrypted with PGP: decrypt it first",
}


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Some bytes, at most so many; empty at the end."""


class Damaged(UnusableRecord):
    """The archive can't be read on: it is cut off, altered, or made to do harm."""


class Truncated(Damaged):
    """It is cut off; what was read so far is what was written."""


class Source:
    """The decompressed bytes, forwards only and no further than a mark that moves along.

    The mark is what keeps a hostile header from making `tarfile` read gigabytes into memory.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.mark = 0
        self._position = 0
        self._ahead = b""
        self._used = 0
        self._file = _open(path)
        try:
            self._bytes = _decompressor(path, self._file)
        except BaseException:
            self._file.close()
            raise

    def tell(self) -> int:
        """How many bytes were read or passed over."""
        return self._position

    def seek(self, position: int) -> int:
        """Pass over what comes before `position`, or all that there is. Raises Damaged."""
        if position < self._position:
            raise Damaged(f"{self.path}: the archive is damaged: it leads back")
        while position > self._position and self._some(position - self._position):
            pass
        return self._position

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end. Raises Damaged."""
        if self._position + size > self.mark:
            raise Damaged(f"{self.path}: the archive is damaged: a header without end")
        pieces = [self._some(size)]
        size -= len(pieces[0])
        while size and pieces[-1]:
            pieces.append(self._some(size))
            size -= len(pieces[-1])
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _some(self, size: int) -> bytes:
        """Some of the next bytes, empty at the end."""
        if self._used == len(self._ahead):
            self._ahead, self._used = self._piece(), 0
        piece = self._ahead[self._used : self._used + size]
        self._used += len(piece)
        self._position += len(piece)
        if self._position > MAX_BYTES:
            raise Damaged(f"{self.path}: the archive expands to more than {MAX_BYTES >> 30} GiB")
        return piece

    def _piece(self) -> bytes:
        from lzma import LZMAError

        try:
            return self._bytes.read(PIECE)
        except EOFError as error:
            raise Truncated(f"{self.path}: the archive is truncated") from error
        except (OSError, zlib.error, LZMAError, ValueError) as error:
            raise Damaged(f"{self.path}: the archive is damaged: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _open(path: str) -> IO[bytes]:
    import stat

    try:
        # Not to wait for the writer of a pipe.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise UnusableRecord(f"{path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise UnusableRecord(f"{path!r}: {error}") from error
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return open(handle, "rb")
    os.close(handle)
    what = "a directory, not a file" if stat.S_ISDIR(kind) else "neither a directory nor a regular file"
    raise UnusableRecord(f"{path} is {what}")


def _decompressor(path: str, file: IO[bytes]) -> Readable:
    try:
        start = file.read(_START)
        file.seek(0)
    except OSError as error:
        raise UnusableRecord(f"{path}: {error.strerror}") from error
    for magic, make in DECOMPRESSORS.items():
        if start.startswith(magic):
            return Inflated(file, make)
    if is_tar(start):
        return file
    for magic, what in _KNOWN.items():
        if start.startswith(magic):
            raise UnusableRecord(f"{path} {what} ({ADVICE})")
    raise UnusableRecord(f"{path} is {'empty' if not start else 'not an archive'} ({ADVICE})")


def is_tar(start: bytes) -> bool:
    """Whether the first block of a file is the header of a tar archive's member."""
    import tarfile

    try:
        tarfile.TarInfo.frombuf(start, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


class Inflated:
    """What the streams of a file hold, one after the other.

    As `gzip.GzipFile` and its like, which take twice the time, and can't be told how much
    memory they may take.
    """

    def __init__(self, file: Readable, make: Callable[[], Any]) -> None:
        self._file = file
        self._make = make
        self._waiting = file.read(PIECE)
        self._stream = make()

    def read(self, size: int, /) -> bytes:
        """Some of the next bytes, empty at the end. Raises EOFError where it is cut off."""
        while True:
            if self._stream.eof and not self._next_stream():
                return b""
            if not self._waiting and getattr(self._stream, "needs_input", True):
                self._waiting = self._file.read(PIECE)
                if not self._waiting:
                    raise EOFError
            piece: bytes = self._stream.decompress(self._waiting, size)
            self._waiting = getattr(self._stream, "unconsumed_tail", b"")
            if piece:
                return piece

    def _next_stream(self) -> bool:
        """Whether another stream follows; the zeros that may stand between them are passed over."""
        rest = self._stream.unused_data.lstrip(b"\0")
        while not rest:
            rest = self._file.read(PIECE)
            if not rest:
                return False
            rest = rest.lstrip(b"\0")
        self._waiting = rest
        self._stream = self._make()
        return True


def _gzip() -> Any:  # noqa: ANN401 - the decompressors have no type in common
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)


def _bzip2() -> Any:  # noqa: ANN401
    import bz2

    return bz2.BZ2Decompressor()


def _xz() -> Any:  # noqa: ANN401
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY)


DECOMPRESSORS: Mapping[bytes, Callable[[], Any]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\0": _xz,
}
