"""Members of any size, cut anywhere."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envcheck.bundle.redact import Redactor, stream
from envcheck.bundle.redact.stream import OVERLAP

BLOCK = 1 << 17
"""Smaller than what is worked on at a time: the cuts are the same, and there is less to look through."""

SECRETS = (
    b"fra-node17",
    b"10.77.3.41",
    b"3c:a8:2a:1f:9d:e4",
    b"2408:8000:c000:77:1:2:3:41",
    b"hunter2xyz",
    b"planted/key",
)
LINES = (
    b"Nov 21 10:00:00 fra-node17 sshd[7]: from 10.77.3.41 port 22 ok",
    b'{"log":"link 3c:a8:2a:1f:9d:e4 \\n fra-node17","stream":"stdout"}',
    b"GET /a?token=hunter2xyz&b=1 10.77.3.41:80",
    b"tcp6 0 0 2408:8000:c000:77:1:2:3:41:443 :::* LISTEN",
    b"-----BEGIN RSA PRIVATE KEY-----\nMIIEplanted/key+abc\nMIIEplanted/key+def\n-----END RSA PRIVATE KEY-----",
    b"nothing here, version 10.2.0.89",
    b"",
)


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "BLOCK", BLOCK)
        yield


def redactor() -> Redactor:
    return Redactor({"host": ["fra-node17"], "address": ["10.77.3.41"]})


def cut(data: bytes, places: list[int]) -> Iterator[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return (data[start:end] for start, end in zip(edges, edges[1:]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=30), st.lists(st.integers(0, 10_000), max_size=8))
def test_where_pieces_are_cut_does_not_matter(lines: list[bytes], places: list[int]) -> None:
    data = b"\n".join(lines)
    one = redactor()
    found: list[bytes] = []
    one.stream(cut(data, places), found.append)
    assert b"".join(found) == one.text(data)
    assert not [secret for secret in SECRETS if secret in b"".join(found)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([line for line in LINES if b"KEY" not in line]), min_size=1, max_size=20))
def test_each_line_alone_gives_the_same(lines: list[bytes]) -> None:
    """What the finders are given is sorted out by line: no line may suffer from its neighbours."""
    one = redactor()
    assert one.text(b"\n".join(lines)) == b"\n".join(one.text(line) for line in lines)


def test_blocks_of_lines() -> None:
    shuffled = random.Random(3)
    data = b"\n".join(shuffled.choice(LINES) for _ in range(3 * BLOCK // 50)) + b"\n"
    found = redactor().text(data)
    assert not [secret for secret in SECRETS if secret in found]
    assert found.count(b"\n") >= data.count(b"\n") - 3 * data.count(b"BEGIN RSA")


@pytest.mark.parametrize(
    "secret", [*SECRETS[:4], b"token=hunter2xyz", b"/home/liqiang", b"0x5002538c40a1b2c3"]
)
def test_a_line_longer_than_a_block(secret: bytes) -> None:
    """Wherever a block ends, also in the middle of an identifier."""
    bare = secret.rpartition(b"=")[2].rpartition(b"/")[2]
    size = len(secret) + 2
    for edge in (BLOCK - OVERLAP, BLOCK, 2 * BLOCK - OVERLAP):
        for shift in (1, size // 2, size - 1):
            start = edge - shift
            data = b"x " * (start // 2) + b" " * (start % 2) + secret + b" " + b"y " * (BLOCK // 4)
            found = redactor().text(data)
            assert bare not in found
            assert abs(len(found) - len(data)) < 64, "nothing else was taken away"


@pytest.mark.parametrize("secret", SECRETS[:4])
def test_a_log_that_begins_with_a_hole(secret: bytes) -> None:
    """As one that is emptied while it is written to: zeros, and no line end before the text."""
    for size in (BLOCK - 3, BLOCK, 3 * BLOCK - OVERLAP + 5):
        found = redactor().text(bytes(size) + secret + b" ok\n" + bytes(BLOCK) + b"\nfrom " + secret + b"\n")
        assert secret not in found
        assert found.startswith(bytes(size))


def test_a_secret_longer_than_a_block() -> None:
    data = b'{"auth": "' + b"QUJD" * BLOCK + b'", "next": "stays"}\n'
    found = redactor().text(data)
    assert b"QUJD" not in found
    assert found.endswith(b'"next": "stays"}\n')


def test_a_key_over_the_end_of_a_block() -> None:
    key = (
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n"
        + b"b3BlbnNzaC1rZXktdjEAAAAA\n" * 40
        + b"-----END OPENSSH PRIVATE KEY-----\n"
    )
    for shift in range(-len(key), 60, 37):
        before = b"a line\n" * ((BLOCK + shift) // 7)
        found = redactor().text(before + key + b"a line\n" * 9)
        assert b"b3BlbnNzaC1rZXk" not in found
        assert found.count(b"a line\n") == before.count(b"\n") + 9


BODY = b"".join(b"  k%d: cGxhbnRlZA==%d\n" % (number, number) for number in range(700))
OBJECTS = {
    "kind at the end": b"apiVersion: v1\ndata:\n" + BODY + b"kind: Secret\n",
    "kind first": b"---\nkind: Secret\napiVersion: v1\nmetadata:\n  name: x\ndata:\n" + BODY,
    "of a list": b"- apiVersion: v1\n  data:\n" + BODY.replace(b"  k", b"    k") + b"  kind: Secret\n",
    "JSON": b'{\n "apiVersion": "v1",\n "data": {\n' + b'  "x": "cGxhbnRlZA=="' + b',\n  "x": "cGxhbnRlZA=="' * 500
    + b'\n },\n "kind": "Secret"\n}\n',
    "JSON in a line": b'{"apiVersion":"v1","data":{"x":"' + b"cGxhbnRlZA==" * 9000 + b'"},"kind":"Secret"}\n',
    "one value": b"apiVersion: v1\ndata:\n  x: " + b"cGxhbnRlZA==" * 20_000 + b"\nkind: Secret\n",
    "a key of PGP": b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n" + b"cGxhbnRlZA==\n" * 4000
    + b"-----END PGP PRIVATE KEY BLOCK-----\n",
}  # fmt: skip


@pytest.mark.parametrize("before", [0, 1, 40, 90, 5000, 20_000])
@pytest.mark.parametrize("what", OBJECTS)
def test_a_secret_over_the_end_of_a_block(what: str, before: int) -> None:
    """`before` bytes of it, and some, stand in the first block."""
    lines = b"apiVersion of nothing\n" * (BLOCK // 22 + 1)
    text = lines[-(BLOCK - before) :] + OBJECTS[what]
    found = redactor().text(text + b"the end\n" * (BLOCK // 4))
    assert b"cGxhbnRlZA" not in found
    assert found.endswith(b"the end\nthe end\n")
    assert found.count(b"apiVersion of nothing") == lines[-(BLOCK - before) :].count(b"apiVersion of nothing")


def test_a_key_without_an_end() -> None:
    found = redactor().text(
        b"-----BEGIN PRIVATE KEY-----\nMIIEplanted\nMIIEplanted\n[truncated] by x\nmore\n"
    )
    assert b"MIIE" not in found
    assert found.endswith(b"[truncated] by x\nmore\n")


def test_from_an_open_file() -> None:
    found: list[bytes] = []
    redactor().stream(io.BytesIO(b"at 10.77.3.41:1\n"), found.append)
    assert b"10.77" not in b"".join(found)


def test_binary_data_passes() -> None:
    data = random.Random(1).randbytes(3 * BLOCK)
    found = redactor().text(data)
    assert abs(len(found) - len(data)) < len(data) / 100


@pytest.mark.parametrize("line", [b"Nov 21 10:00:00 fra-node17 x[1]: from 10.77.%d.%d ok\n", b"%d.%d,"])
def test_memory_stays_flat(line: bytes) -> None:
    """The second half of a member takes no more than the first."""
    peaks: list[int] = []

    def pieces() -> Iterator[bytes]:
        block = b"".join(line % (at % 250, at % 241) for at in range(1000))
        for _ in range(2):
            for _ in range(6 * BLOCK // len(block)):
                yield block
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()

    def sink(data: bytes) -> None:
        """As a file: it keeps nothing."""

    one = redactor()
    tracemalloc.start()
    try:
        one.stream(pieces(), sink)
    finally:
        tracemalloc.stop()
    first, second = peaks
    assert second < first * 1.2
