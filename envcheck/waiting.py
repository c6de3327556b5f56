"""Asking again until everything passes, or the time is up: a first start takes two minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Optional

from envcheck.results import Report

_FIRST_SECONDS, _LAST_SECONDS = 1.0, 10.0
"""Between two looks, more and more: a database shuts out hosts that often hang up on it."""


def until_passed(
    once: Callable[[], Report], seconds: float, watch: Optional[Callable[[Report, float], None]] = None
) -> Report:
    """The first report that passes, or the last one within so many seconds; at least one is made."""
    until = time.monotonic() + seconds
    pause = _FIRST_SECONDS
    while True:
        report = once()
        left = until - time.monotonic()
        if report.passed or left <= 0:
            return report
        if watch is not None:
            watch(report, left)
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LAST_SECONDS)
