"""Compressed members are redacted inside; what can't be opened does not come out."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator

import pytest

from envcheck.bundle.redact import Redactor, wrapped
from envcheck.bundle.redact.wrapped import CLOSED

TEXT = b"from 192.0.2.17 port 3 password=hunter2xy\n" * 20_000
FORMATS = [(gzip.compress, gzip.decompress), (bz2.compress, bz2.decompress), (lzma.compress, lzma.decompress)]
Change = Callable[[bytes], bytes]


def in_pieces(data: bytes, size: int = 1000) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize(("compress", "decompress"), FORMATS)
def test_inside(compress: Change, decompress: Change) -> None:
    found: list[bytes] = []
    Redactor().stream(in_pieces(compress(TEXT)), found.append, "logs/a.log.1.gz")
    plain = decompress(b"".join(found))
    assert b"192.0.2" not in plain
    assert b"hunter2" not in plain
    assert plain.count(b"\n") == TEXT.count(b"\n")


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("password=hunter2xy"), io.BytesIO())
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", TEXT)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [zipped(), tar(), gzip.compress(tar()), gzip.compress(gzip.compress(TEXT)), gzip.compress(TEXT)[50:]],
)
def test_what_is_not_opened_is_not_kept(data: bytes) -> None:
    redactor = Redactor()
    read: list[bytes] = []

    def source() -> Iterator[bytes]:
        for piece in in_pieces(data):
            read.append(piece)
            yield piece

    found: list[bytes] = []
    redactor.stream(source(), found.append, "logs/a.gz")
    assert b"".join(found) == CLOSED
    assert redactor.counts() == {"archive": 1}
    assert b"".join(read) == data, "the sum of what was read is checked"


def test_cut_off() -> None:
    data = gzip.compress(b"".join(b"%d from 192.0.2.17 port 3\n" % number for number in range(50_000)))
    found = Redactor().text(data[: len(data) // 2], "logs/a.gz")
    plain = gzip.decompress(found)
    assert b"port 3" in plain
    assert b"192.0.2" not in plain


def test_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapped, "MOST", 8 << 20)
    bomb = gzip.compress(bytes(64 << 20))
    tracemalloc.start()
    try:
        found = Redactor().text(bomb, "logs/a.gz")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(gzip.decompress(found)) <= 9 << 20
    assert peak < 64 << 20


@pytest.mark.parametrize(
    "text", [b"BZhang logged in\n", b"PK is here\n", b"\x1f is a byte\n", "日志\n".encode() * 9]
)
def test_what_only_looks_like_it(text: bytes) -> None:
    assert Redactor().text(text, "logs/a.log") == text
