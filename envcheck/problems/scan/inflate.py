"""The text of a log, whatever it is compressed with and however it is encoded."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO, Any, cast

from envcheck.bundle.compressed import DECOMPRESSORS, MAX_BYTES, Inflated
from envcheck.bundle.utf16 import MARKS
from envcheck.host.base import Failed

_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW = 26
"""As a power of two: 64 MiB. Only `zstd --ultra` and `--long` ask for more."""
_MAGIC = 6
_PIECE = 1 << 18


def is_compressed(start: bytes) -> bool:
    """Whether a log that begins so is compressed."""
    return start.startswith((_ZSTD, *DECOMPRESSORS))


def is_recoded(start: bytes) -> bool:
    """Whether a log that begins so is not given as its own bytes."""
    return start.startswith(tuple(MARKS))


def plain(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The log's text in UTF-8 or the bytes that it has.

    Raises Failed where it is damaged, and not before its first piece is asked for.
    """
    yield from _plain(pieces)


def _plain(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = iter(pieces)
    start = b""
    while len(start) < _MAGIC:
        piece = next(rest, b"")
        if not piece:
            break
        start += piece
    whole = chain((start,) if start else (), rest)
    if is_compressed(start):
        return _plain(_inflated(whole, _maker(start)))
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return _recoded(whole, encoding)
    return whole


def _maker(start: bytes) -> Callable[[], Any]:
    return next((make for magic, make in DECOMPRESSORS.items() if start.startswith(magic)), _zstd)


def _zstd() -> Any:  # noqa: ANN401 - the decompressors have no type in common
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        try:
            from backports import zstd
        except ImportError as error:
            raise Failed("is compressed with zstd, which is not read here: unpack it first") from error
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})


def _inflated(pieces: Iterator[bytes], make: Callable[[], Any]) -> Iterator[bytes]:
    from lzma import LZMAError

    size = 0
    try:
        stream = Inflated(cast("IO[bytes]", _Joined(pieces)), make)
        while piece := stream.read(_PIECE):
            size += len(piece)
            _refuse_beyond(size)
            yield piece
    except EOFError as error:
        raise Failed("the compressed data is cut off") from error
    except (OSError, zlib.error, LZMAError, ValueError) as error:
        raise Failed(f"the compressed data is damaged: {error}") from error
    except Exception as error:
        if type(error).__name__ != "ZstdError":  # a class of a module that may be missing
            raise
        raise Failed(f"the compressed data is damaged: {error}") from error


def _refuse_beyond(size: int) -> None:
    if size > MAX_BYTES:
        raise Failed(f"expands to more than {MAX_BYTES >> 30} GiB")


class _Joined:
    """Pieces as something to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int) -> bytes:
        return next(self._pieces, b"")


def _recoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
