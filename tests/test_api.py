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


def test_every_public_name_is_seen() -> None:
    assert set(envcheck.__all__) <= set(dir(envcheck))
    assert dir(envcheck) == sorted(dir(envcheck))
