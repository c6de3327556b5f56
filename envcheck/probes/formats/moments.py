"""Moments and spans of time as docker tells them and as people read them."""

from __future__ import annotations

import calendar

from envcheck.lazy import regex

_MOMENT = regex(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def epoch(text: str) -> float:
    """Seconds since the epoch of `2026-11-22T03:30:12.123Z`. Raises ValueError for another text."""
    found = _MOMENT.match(text)
    if found is None or found[1] == "0001":  # docker's way to say never
        raise ValueError(f"{text!r} is no moment")
    parts = tuple(int(found[place]) for place in range(1, 7))
    offset = 0
    if found[7] != "Z":
        hours, minutes = found[7][1:].split(":")
        offset = (int(hours) * _HOUR + int(minutes) * _MINUTE) * (-1 if found[7][0] == "-" else 1)
    return float(calendar.timegm(parts) - offset)


def span(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h`, `5 days`."""
    whole = max(0, int(seconds))
    if whole < 2 * _MINUTE:
        return f"{whole} s"
    if whole < 2 * _HOUR:
        return f"{whole // _MINUTE} min"
    return f"{whole // _HOUR} h" if whole < 2 * _DAY else f"{whole // _DAY} days"
