"""Times and errors in the lines of logs."""

from __future__ import annotations

import calendar

import pytest

from envcheck.probes.formats import log_lines

NOON = float(calendar.timegm((2026, 11, 22, 12, 0, 0)))
NEW_YEAR = float(calendar.timegm((2027, 1, 1, 0, 30, 0)))


@pytest.mark.parametrize(
    "line",
    [
        "FATAL: 11-22 12:00:00:  license * 7 [auth.cpp:81] no",
        "2026-11-22 12:00:00,123 ERROR no",
        "[2026/11/22 12:00:00] ERROR no",
        "E1122 12:00:00.000123 77 auth.cpp:81] no",
        "E20261122 12:00:00.000123 77 auth.cpp:81] no",
        "2026-11-22T12:00:00Z FATAL no",
    ],
)
def test_an_error_and_when_it_was_written(line: str) -> None:
    (found,) = log_lines.errors(line, NOON)
    assert (found.kind, found.written) == ("other", NOON)


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: 11-22 12:00:00: slow, ERRORS: 0",
        "2026-11-22 12:00:00 INFO no ERROR so far",
        "NOTICE: 11-22 12:00:00: error_code=0",
        "I1122 12:00:00.000123 77 x.cpp:1] FATAL is a level",
        "2026-11-22 12:00:00 DEBUG on-ERROR=stop",
        "2026-11-22 12:00:00 INFO license wait to be ready\n2026-11-22 12:00:05 INFO ready",
    ],
)
def test_lines_that_only_look_like_errors(line: str) -> None:
    assert log_lines.errors(line, NOON) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("WARNING: 11-22 12:00:00: machine auth check failure", "machine-auth"),
        ("WARNING: 11-22 12:00:00: authenticate failed: Couldn't connect to server", "unreachable"),
        ("WARNING: 11-22 12:00:00: authenticate failed", "not-ready"),
        ("mkdir: cannot create directory: Permission denied", "permission"),
        ("write: No space left on device", "no-space"),
        ("INFO: 11-22 12:00:00: wait to be ready", "not-ready"),
    ],
)
def test_the_products_own_words(line: str, kind: str) -> None:
    assert [each.kind for each in log_lines.errors(line, NOON)] == [kind]


def test_a_line_without_time_has_that_of_the_one_before() -> None:
    text = "2026-11-22 12:00:00 INFO x\nTraceback (most recent call last):"
    assert [each.written for each in log_lines.errors(text, NOON)] == [NOON]
    assert [each.written for each in log_lines.errors("Traceback (most recent call last):", NOON)] == [None]


def test_last_years_line_after_new_year() -> None:
    """Trap: a time without a year is of the year before, where else it would lie in the future."""
    (found,) = log_lines.errors("FATAL: 12-31 23:00:00: no", NEW_YEAR)
    assert found.written == NEW_YEAR - 5400


@pytest.mark.parametrize("line", ["FATAL: 13-45 99:00:00 no", "FATAL: 02-31 25:61:00 no"])
def test_times_that_are_none(line: str) -> None:
    assert [each.written for each in log_lines.errors(line, NOON)] == [None]


@pytest.mark.parametrize(
    ("ahead", "offset"), [(0, 0), (8 * 3600 + 3, 28800), (-5 * 3600, -18000), (400, None), (20 * 3600, None)]
)
def test_the_writers_zone(ahead: float, offset: object) -> None:
    assert log_lines.zone(NOON + ahead, NOON) == offset
