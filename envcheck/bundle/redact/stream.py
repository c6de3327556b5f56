"""Cutting a member of any size into blocks that can be worked on one after another."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator

from envcheck.bundle.utf16 import MARKS, SAMPLE, Utf16, guessed

BLOCK = 1 << 20
"""Bytes worked on at a time, if there is a line end to cut at."""
OVERLAP = 1 << 13
"""What is looked at on both sides of a cut in a line that has no end."""
WHOLE = 4 << 20
"""Bytes that a block may have where what it begins with must not be cut in two."""
_KEY_SIZE = 1 << 16
_DOCUMENT = re.compile(rb"(?:\n---[^\n]*)?(?:\n[ \t\"'-]*kind[\"']?:[^\n]*)?\n[^\n]*\Z")
_LOOK_BACK = 200
_READ = 1 << 18


def pieces(source: object) -> Iterator[bytes]:
    """The pieces of an iterable of bytes, of an open file, or of bytes."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        yield bytes(source)
    elif callable(read := getattr(source, "read", None)):
        while piece := read(_READ):
            yield piece
    elif isinstance(source, Iterable):
        yield from source
    else:
        raise TypeError(f"{type(source).__name__} is nothing to read from")


def blocks(source: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Blocks that end with a line, but for the last one, and whether they do.

    A private key and an object of Kubernetes are not cut in two, up to WHOLE bytes. A block that does
    not end with a line is a part of a line longer than BLOCK, or the end.
    """
    waiting: list[bytes] = []
    size, wanted = 0, BLOCK
    for piece in source:
        waiting.append(piece)
        size += len(piece)
        while size >= wanted:
            data = b"".join(waiting)
            cut = _cut(data[: max(wanted, 2 * BLOCK)])
            waiting = [data[cut:]]
            if not cut:
                wanted = size + BLOCK
                break
            yield data[:cut], data[cut - 1 : cut] == b"\n"
            size -= cut
            wanted = BLOCK
    if size:
        yield b"".join(waiting), True


def _cut(data: bytes) -> int:
    """Where to cut: behind a line end, before what does not end here. 0: where there is more."""
    cut = data.rfind(b"\n") + 1
    begun = [at for at in (_key(data, cut), _object(data, cut)) if at is not None]
    first = min(begun, default=-1)
    if first > 0 or (first < 0 and cut):
        return first if first > 0 else cut
    if len(data) < WHOLE and (first == 0 or b"Secret" in data):
        return 0
    return cut or len(data)


def _key(data: bytes, cut: int) -> int | None:
    """Where the line of a private key begins that does not end before the cut."""
    key = data.rfind(b"-----BEGIN ", max(0, cut - _KEY_SIZE), cut)
    if key < 0 or data.find(b"-----END ", key, cut) >= 0:
        return None
    return data.rfind(b"\n", 0, key) + 1


def _object(data: bytes, cut: int) -> int | None:
    """Where the last object of Kubernetes begins, which may be a Secret; what it is may stand at its end."""
    at = data.rfind(b"apiVersion", 0, cut)
    if at < 0 or (b"Secret" not in data[at:cut] and b"ata" not in data[at:cut]):
        return None
    start = max(0, at - _LOOK_BACK)
    match = _DOCUMENT.search(b"\n" + data[start:at] if not start else data[start:at])
    if match is None:
        return data.rfind(b"\n", 0, at) + 1
    return max(0, start + match.start() + (1 if start else 0))


def as_utf8(
    source: Iterable[bytes], sink: Callable[[bytes], object]
) -> tuple[Iterable[bytes], Callable[[bytes], object]]:
    """For a member in UTF-16 the same in UTF-8, and a sink that writes UTF-16 again; others as they are."""
    parts = iter(source)
    start = b""
    for piece in parts:
        start += piece
        if len(start) >= SAMPLE:
            break
    marked = MARKS.get(start[:2])
    coded = Utf16(marked, 0) if marked else guessed(start)
    if coded is None:
        return _chained(start, parts), sink
    name, begin = coded.encoding, len(coded.mark) if marked else coded.offset
    sink(start[:begin])

    def write(data: bytes) -> None:
        sink(data.decode("utf-8", "surrogatepass").encode(name, "surrogatepass"))

    return _decoded(_chained(start[begin:], parts), name), write


def _chained(start: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if start:
        yield start
    yield from rest


def _decoded(source: Iterable[bytes], name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)("replace")
    for piece in source:
        yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
