"""rpm's order of versions."""

from __future__ import annotations

import pytest

from envcheck.probes.formats import rpm_version


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2.7.6-3.el7", "2.8.5-4.el7"),
        ("2.7.6-3.el7", "2.7.6-3.el7_5.1"),
        ("2.5-8.el7", "2.5-14.el7"),
        ("2.5-17.1.el7", "2.5-34.el7"),
        ("2.5-17.el7", "2.5-17.1.el7"),
        ("1.9-1", "1.10-1"),
        ("9.9-1", "1:1.0-1"),
        ("1.0~rc1-1", "1.0-1"),
        ("1.0-1", "1.0^git1-1"),
        ("1.0^git1-1", "1.0.1-1"),
        ("1.0~rc1-1", "1.0~rc2-1"),
        ("1.0a-1", "1.0.1-1"),
        ("1.0-1", "1.0a-1"),
        ("1.0a-1", "1.0b-1"),
        ("1.0~~-1", "1.0~-1"),
        ("1.0~^1-1", "1.0-1"),
    ],
)
def test_order(older: str, newer: str) -> None:
    assert rpm_version.compare(older, newer) == -1
    assert rpm_version.compare(newer, older) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2.5-8.el7", "2.5-8.el7"),
        ("(none):1.0-1", "0:1.0-1"),
        ("1.0", "1.0-7"),
        ("1.05-1", "1.5-1"),
        ("1_0-1", "1.0-1"),
    ],
)
def test_equal(one: str, other: str) -> None:
    assert rpm_version.compare(one, other) == 0
    assert rpm_version.compare(other, one) == 0
