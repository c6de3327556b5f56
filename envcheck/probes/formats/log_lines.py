"""Lines of the services' logs: when each was written, and whether it is an error."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from typing import Literal, Optional

from envcheck.lazy import regex
from envcheck.record import Record

Kind = Literal["machine-auth", "not-ready", "unreachable", "permission", "no-space", "other"]

_FULL = regex(r"(?<!\d)(20\d\d)[-/.](\d\d)[-/.](\d\d)[ T_](\d\d):(\d\d):(\d\d)")
_NO_YEAR = regex(r"(?<![\d/.-])(\d\d)[-/](\d\d) (\d\d):(\d\d):(\d\d)")
_GLOG = regex(r"^[IWEF](?:(20\d\d))?(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)")
_BEGINNING = 120
"""Characters in which a line's time stands."""
_LEVEL = regex(
    r"(?<![\w-])(?P<error>ERROR|FATAL|CRITICAL|SEVERE|PANIC|EMERG)(?![\w=])"
    r"|(?<![\w-])(?:DEBUG|TRACE|INFO|NOTICE|WARNING|WARN)(?![\w=])"
    r"|^(?P<glog>[EF])\d{4,8} |^(?P<trace>Traceback \(most recent call last\))|^[IW]\d{4,8} "
)
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("machine-auth", r"machine auth check failure"),
    ("unreachable", r"Couldn't connect to server"),
    ("not-ready", r"authenticate failed|license (?:has )?expired|licen[cs]e.{0,20}invalid"),
    ("permission", r"[Pp]ermission denied"),
    ("no-space", r"[Nn]o space left on device"),
)
_WAITING = "wait to be ready"
_DAY = 86400
_QUARTER = 900
_CLOSE = 120
"""Seconds that may lie between the last line and the file's own time."""
_ZONES = (-12 * 3600, 14 * 3600)


class LogLine(Record):
    """An error. `written` is seconds since the epoch as if its zone were UTC; None where it bears no time."""

    kind: Kind
    written: Optional[float]
    text: str


def times(lines: Iterable[str], newest: float) -> Iterator[Optional[float]]:
    """When each line was written, as if its zone were UTC; a line without a time has that of the one before.

    Of times without a year none is later than a day after `newest`.
    """
    last: Optional[float] = None
    for line in lines:
        last = _time(line[:_BEGINNING], newest) or last
        yield last


def _time(line: str, newest: float) -> Optional[float]:
    found = _FULL.search(line) or _GLOG.search(line)
    if found and found[1]:
        return _epoch(int(found[1]), *map(int, found.groups()[1:]))
    parts = [part for part in found.groups() if part] if found else None
    if parts is None:
        short = _NO_YEAR.search(line)
        parts = list(short.groups()) if short else None
    if parts is None:
        return None
    year = _year(newest) + 1
    written = _epoch(year, *map(int, parts))
    while written is not None and written > newest + _DAY and year > _year(newest) - 1:
        year -= 1
        written = _epoch(year, *map(int, parts)) or written
    return written


def _year(moment: float) -> int:
    import time

    return time.gmtime(moment).tm_year


def _epoch(year: int, *rest: int) -> Optional[float]:
    month, day, hour, minute, second = rest
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):  # noqa: PLR2004
        return None
    return float(calendar.timegm((year, month, day, hour, minute, second)))


def errors(text: str, newest: float) -> list[LogLine]:
    """The lines that tell of an error, by their level or by the product's own words.

    That a service waits to be ready is an error only where it says nothing after it.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    found = [
        LogLine(kind, written, line.strip())
        for line, written in zip(lines, times(lines, newest))
        for kind in _kinds(line)
    ]
    if lines and _WAITING in lines[-1] and not (found and found[-1].text == lines[-1].strip()):
        (written,) = list(times(lines, newest))[-1:]
        found.append(LogLine("not-ready", written, lines[-1].strip()))
    return found


def _kinds(line: str) -> Iterator[Kind]:
    for kind, words in _KINDS:
        if regex(words).search(line):
            yield kind
            return
    level = _LEVEL.search(line)
    if level and (level["error"] or level["glog"] or level["trace"]):
        yield "other"


def zone(last: float, modified: float) -> Optional[int]:
    """How many seconds east of UTC the writer's clock is: its last line was written when the file was.

    None where the two do not tell, as of a file that was touched later.
    """
    ahead = last - modified
    offset = round(ahead / _QUARTER) * _QUARTER
    return offset if abs(ahead - offset) <= _CLOSE and _ZONES[0] <= offset <= _ZONES[1] else None
