"""rpm's order of versions: epoch, then version, then release."""

from __future__ import annotations

from itertools import zip_longest

from envcheck.lazy import regex

_SEGMENT = regex(r"\d+|[A-Za-z]+|~|\^")


def compare(one: str, other: str) -> int:
    """-1, 0 or 1 as `one` is older than, equal to or newer than `other`.

    Both are `[EPOCH:]VERSION[-RELEASE]`; a missing or `(none)` epoch is 0, and a missing
    release compares equal to any.
    """
    epoch, version, release = _parts(one)
    other_epoch, other_version, other_release = _parts(other)
    order = _sign(epoch - other_epoch) or _compare_part(version, other_version)
    if order or not release or not other_release:
        return order
    return _compare_part(release, other_release)


def _parts(evr: str) -> tuple[int, str, str]:
    epoch, colon, rest = evr.rpartition(":")
    version, _, release = rest.partition("-")
    return int(epoch) if colon and epoch.isdigit() else 0, version, release


def _compare_part(one: str, other: str) -> int:
    """Segment by segment: numbers as numbers, letters as text, a number over letters."""
    for mine, yours in zip_longest(_SEGMENT.findall(one), _SEGMENT.findall(other), fillvalue=""):
        if mine != yours and (order := _sign(_compare_segment(mine, yours))):
            return order
    return 0


def _compare_segment(mine: str, yours: str) -> int:
    for mark, order in (("~", -1), ("", 0), ("^", 0)):  # ~ sorts even before the end of the version
        if order and mark in {mine, yours}:
            return order if mine == mark else -order
    if "^" in {mine, yours}:  # ^ sorts after the end, but before anything more
        longer = mine if yours == "^" else yours
        return (1 if mine == "^" else -1) * (1 if longer == "" else -1)
    if not mine or not yours:
        return 1 if mine else -1
    if mine.isdigit() and yours.isdigit():
        return int(mine) - int(yours)
    if mine.isdigit() or yours.isdigit():
        return 1 if mine.isdigit() else -1
    return 1 if mine > yours else -1


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
