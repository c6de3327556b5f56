"""Versions, sizes and frequencies compare as what they are."""

from __future__ import annotations

import pytest

from envcheck.values import Bytes, Hertz, Version


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("3.9", "3.10"),
        ("375.26", "384.66"),
        ("384.66", "384.111"),
        ("1.13.1", "17.03"),
        ("17.03", "17.12.1-ce"),
        ("18.09", "28.2.2"),
        ("2.14", "2.14.1"),
        ("v1.9", "v1.26.0"),
    ],
)
def test_versions_are_ordered_by_number(older: str, newer: str) -> None:
    assert Version(older) < Version(newer)
    assert Version(newer) > Version(older)
    assert Version(older) != Version(newer)


@pytest.mark.parametrize(
    ("one", "other"), [("7.2", "7.2.0"), ("17.12.1-ce", "17.12.1"), ("3.10.0-957.el7", "v3.10")]
)
def test_suffixes_and_trailing_zeros_do_not_count(one: str, other: str) -> None:
    assert Version(one) == Version(other)
    assert Version(one) >= Version(other)
    assert len({Version(one), Version(other)}) == 1


def test_a_version_shows_its_whole_text() -> None:
    assert str(Version(" 3.10.0-957.el7.x86_64\n")) == "3.10.0-957.el7.x86_64"
    assert repr(Version("7.2")) == "Version('7.2')"


@pytest.mark.parametrize("text", ["dev", "", "-1", "el7"])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        Version(text)


def test_a_version_is_no_other_thing() -> None:
    assert Version("1") != "1"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("32 GB", 32 * 10**9),
        ("6064 MiB", 6064 * 2**20),
        ("1.5TB", 1_500_000_000_000),
        ("32660480 kB", 32_660_480_000),
        (".5 GiB", 2**29),
    ],
)
def test_sizes_are_read_with_their_unit(text: str, size: int) -> None:
    assert Bytes.parse(text) == size


@pytest.mark.parametrize("text", ["32", "32 gb", "GB", "32 GB free", "-1 GB", "1e3 GB"])
def test_a_size_without_a_known_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="units"):
        Bytes.parse(text)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (29_970_000_000, "29.9 GB"),  # never the 30 that it is not
        (512 * 10**9, "512 GB"),
        (1_200_000_000_000, "1.2 TB"),
        (7_500_000, "7.5 MB"),
    ],
)
def test_sizes_are_shown_in_the_vendors_units_rounded_down(size: int, shown: str) -> None:
    assert str(Bytes(size)) == repr(Bytes(size)) == shown


def test_32_gigabytes_of_dimms_are_32_gb() -> None:
    assert Bytes(32_660_480 * 1024) >= Bytes.parse("32 GB")
    assert Bytes(24 * 2**30) < Bytes.parse("32 GB")


@pytest.mark.parametrize(
    ("text", "hertz", "shown"),
    [
        ("1833 MHz", 1_833_000_000, "1833 MHz"),
        ("2.1GHz", 2_100_000_000, "2100 MHz"),
        ("50 kHz", 50_000, "50 kHz"),
        ("1 Hz", 1, "1 Hz"),
    ],
)
def test_frequencies(text: str, hertz: int, shown: str) -> None:
    assert Hertz.parse(text) == hertz
    assert str(Hertz(hertz)) == repr(Hertz(hertz)) == shown


def test_a_frequency_needs_its_unit() -> None:
    with pytest.raises(ValueError, match="MHz"):
        Hertz.parse("1833 mhz")
