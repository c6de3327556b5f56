"""A gate only saves time: what a finder finds when it sees all lines, it finds behind its gate."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from envcheck.bundle.redact import Redactor, finders
from envcheck.bundle.redact.finders import Finder, words
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.lines import Lines
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from tests.bundle.redact import test_leaks

KNOWN = {
    "host": ["fra-node17", "tokyo7"],
    "domain": ["corp.acme-bank.com"],
    "user": ["nina.wu"],
    "address": ["10.77.3.41", "2408:8000:c000:77::3:41"],
    "mac": ["3c:a8:2a:1f:9d:e4"],
    "serial": ["CZJ7140G2K"],
}
EXAMPLES = sorted(
    {
        *(text for _, text in test_leaks.UNKNOWN),
        *(
            notation.replace("{}", password)
            for notation in test_leaks.NOTATIONS
            for password in ("hunter2!x9", "abcdef0123456789", "x7%40y")
        ),
        *("10.77.3.41", "10-77-3-41", "fra-node17", "tokyo7", "nina.wu", "a.corp.acme-bank.com"),
    }
)
PREFIXES = (
    *("", " ", "x", "f", "0", "_", "-", "/", "\\", "\\\\", "=", ":", '"', "'", "<", "[", "(", ",", ";", "|"),
    *("\\n", "\\t", "\\u0020", "\\x20", "%20", "%2F", "%3D", "\x1b[31m", "\t", "\r", "中", "\\\"", "GET /a/"),
    *("Nov  2 10:00:00 h x[1]: ", '{"log":"', "   "),
)  # fmt: skip
CASES = (str, str.lower, str.upper, str.title)


def patterns() -> Iterator[re.Pattern[bytes]]:
    """Every pattern of every finder."""
    for each in pkgutil.iter_modules(finders.__path__):
        module = importlib.import_module(f"{finders.__name__}.{each.name}")
        for value in vars(module).values():
            for found in value if isinstance(value, tuple) else (value,):
                if isinstance(found, re.Pattern) and isinstance(found.pattern, bytes):
                    yield found


PATTERNS = tuple({each.pattern: each for each in patterns()}.values())


def lines(*, gated: bool) -> Lines:
    redactor = Redactor(KNOWN, pseudonyms=Pseudonyms(b"the same in all of these"))
    found: Lines = redactor._lines
    return found if gated else ungated(found)


def ungated(gated: Lines) -> Lines:
    open_to_all = tuple(finder._replace(gates=words(""), needs=b"") for finder in gated._finders)
    return Lines(open_to_all, gated._known, Counter())


GATED, UNGATED = lines(gated=True), lines(gated=False)


def differences(gated: Lines, ungated: Lines, line: bytes) -> list[tuple[bytes, bytes]]:
    """What comes out with gates and without, of the line alone and among others, where it differs."""
    expected = ungated.fast(line)
    pairs = [
        (gated.fast(line), expected),
        (gated.fast(b"a line\n" + line + b"\nanother 10.1\n"), b"a line\n" + expected + b"\nanother 10.1\n"),
        (
            gated.thorough(line, versions=False, columns=False),
            ungated.thorough(line, versions=False, columns=False),
        ),
    ]
    return [pair for pair in pairs if pair[0] != pair[1]]


def same(line: bytes) -> None:
    """The line, alone and among others, comes out as it does without gates.

    Some pseudonyms go by the order in which addresses appear, also in the lines of other examples:
    where two differ, those decide that have seen nothing before.
    """
    if differences(GATED, UNGATED, line):
        assert differences(lines(gated=True), lines(gated=False), line) == []


def test_there_are_patterns() -> None:
    assert len(PATTERNS) > 40


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(EXAMPLES), st.sampled_from(PREFIXES), st.sampled_from(PREFIXES), st.sampled_from(CASES)
)
def test_examples_in_any_surroundings(example: str, before: str, after: str, case: type[str]) -> None:
    same((before + case(example).replace("\n", " ") + after).encode())


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: repr(pattern.pattern)[:40])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_fits_a_pattern(pattern: re.Pattern[bytes], data: st.DataObject) -> None:
    body = data.draw(st.from_regex(pattern)).replace(b"\n", b" ")
    before, after = data.draw(st.sampled_from(PREFIXES)), data.draw(st.sampled_from(PREFIXES))
    same(before.encode() + body + after.encode())


def test_a_narrow_gate_would_be_seen() -> None:
    """That is: the comparison is one that can fail."""
    narrow = Lines(
        tuple(finder._replace(needs=b"never") for finder in GATED._finders), Known(Pseudonyms()), Counter()
    )
    assert narrow.fast(b"from 192.0.2.7:80") == b"from 192.0.2.7:80" != GATED.fast(b"from 192.0.2.7:80")
    assert isinstance(GATED._finders[0], Finder)
