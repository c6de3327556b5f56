"""The library's functions refuse what the command line refuses; its names are all to be seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import envcheck

CALLS: list[Callable[..., Any]] = [envcheck.check, envcheck.verify, envcheck.diagnose]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
@pytest.mark.parametrize("timeout", [-1, 0, math.nan, math.inf, -math.inf, "60", None])
def test_no_number_of_seconds(tmp_path: Path, call: Callable[..., Any], timeout: object) -> None:
    with pytest.raises(envcheck.RequestError, match=r"^timeout=.*: a positive number of seconds is wanted$"):
        call(from_path=tmp_path, timeout=timeout)


@pytest.mark.parametrize("wait", [-1, math.nan, math.inf])
def test_no_time_to_wait(wait: float) -> None:
    with pytest.raises(envcheck.RequestError, match=r"^wait=.*: a positive number of seconds is wanted$"):
        envcheck.verify(wait=wait)


@pytest.mark.parametrize("name", [["default"], None, b"default", 7])
def test_what_is_no_name_of_a_module(name: Any) -> None:  # noqa: ANN401 - whatever a program hands over
    with pytest.raises(envcheck.RequestError, match=r"is no name of a module: names are given one by one"):
        envcheck.check(name)


def test_a_single_directory_of_rules(tmp_path: Path) -> None:
    """Not read letter by letter: it is the whole path that is not there."""
    missing = str(tmp_path / "missing")
    with pytest.raises(envcheck.RequestError) as raised:
        envcheck.check(rules=missing)
    assert str(raised.value).startswith(f"{missing}: ")
    report = envcheck.check("default", rules=str(tmp_path), from_path=tmp_path)
    assert report.modules == ("default",)


def test_every_public_name_is_seen() -> None:
    assert set(envcheck.__all__) <= set(dir(envcheck))
    assert dir(envcheck) == sorted(dir(envcheck))
