"""When a host was checked, as the report says it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import envcheck


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("name", "offset"), [("UTC0", 0), ("CST-8", 8), ("NST3:30", -3.5)])
def test_with_the_zone_of_the_host(
    zone: pytest.MonkeyPatch, tmp_path: Path, name: str, offset: float
) -> None:
    zone.setenv("TZ", name)
    time.tzset()
    started = datetime.fromisoformat(envcheck.check(from_path=tmp_path).started)
    assert started.utcoffset() == timedelta(hours=offset)
    assert abs(datetime.now().astimezone() - started) < timedelta(minutes=1)
