from __future__ import annotations

import pytest

from envcheck.report import escape


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("bell\x07", "bell\\x07"),
        ("\x7f", "\\x7f"),
        ("txt\u202egpj", "txt\\u202egpj"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("soft\u00adhyphen", "soft\\xadhyphen"),
        ("\u3164", "\\u3164"),
        ("half \ud83d", "half \\ud83d"),
        ("tag\U000e0061", "tag\\U000e0061"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_shown(hostile: str, shown: str) -> None:
    assert escape.line(hostile) == shown
    assert escape.command(hostile) == shown
    assert escape.lines(hostile) == shown


def test_a_line_stays_one_line() -> None:
    assert escape.line("  one\n two\r\n\tthree\u2028four\x0bfive ") == "one two three four five"


def test_lines_keep_their_breaks_and_tabs() -> None:
    assert escape.lines("one\n\ttwo\r") == "one\n\ttwo\\r"


def test_a_command_keeps_its_blanks() -> None:
    assert escape.command("grep  'a  b'\tc") == "grep  'a  b'\\tc"


@pytest.mark.parametrize("harmless", ["Ünïcödé", "内核 ≥ 3.10，CentOS 7", "back\\slash", "e\u0301", "✓"])
def test_readable_text_stays(harmless: str) -> None:
    assert escape.line(harmless) == harmless
