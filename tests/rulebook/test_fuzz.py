"""Rule files that nobody would write: read or refused, in bounded time and words, never a traceback."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from envcheck.errors import RequestError
from envcheck.rulebook import open_rulebook

SECONDS = 30
SCRIPT = Path(__file__).parents[2] / "scripts/fuzz_rules.py"


@pytest.fixture(scope="module")
def fuzzing() -> dict[str, Any]:
    path = list(sys.path)
    try:
        return runpy.run_path(str(SCRIPT))
    finally:
        sys.path[:] = path


def test_half_a_minute_of_changed_files_with_a_fixed_seed(fuzzing: dict[str, Any]) -> None:
    count, wrong = fuzzing["fuzz"](fuzzing["mutations"](seed=20), SECONDS)
    assert [found.what for found in wrong] == []
    assert count > 0


def test_no_bomb_does_any_harm(fuzzing: dict[str, Any]) -> None:
    count, wrong = fuzzing["fuzz"](fuzzing["bombs"]().values(), seconds=110)
    assert [found.what for found in wrong] == []
    assert count == len(fuzzing["bombs"]())


def test_what_goes_wrong_is_seen(fuzzing: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from envcheck.rulebook import parser

    def broken(content: bytes, file: str) -> None:
        raise KeyError(file)

    monkeypatch.setattr(parser, "parse", broken)
    assert "KeyError" in fuzzing["tried"](b"module: fuzzed\n")


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ("laughs", "anchors and aliases are not used"),
        ("merge keys", "anchors and aliases are not used"),
        ("ten megabytes", "the file is larger than 2 MiB"),
        ("deep lists", "nested deeper than 32 levels"),
        ("deep mappings", "nested deeper than 32 levels"),
        ("unknown keys", "more than 100000 keys and values"),
        ("a chain of checks", "more than 100 checks require one another in a row"),
        ("many comparisons", "is longer than any requirement of a version"),
        ("a long number", "is longer than any requirement of a version"),
        ("utf-16", "save it as UTF-8"),
        ("utf-16 without a mark", "save it as UTF-8"),
        ("an unknown tag", "tags such as"),
    ],
)
def test_a_bomb_is_refused_with_the_bound_that_it_broke(
    fuzzing: dict[str, Any], tmp_path: Path, bomb: str, said: str
) -> None:
    (tmp_path / "fuzzed.yaml").write_bytes(fuzzing["bombs"]()[bomb])
    with pytest.raises(RequestError) as error:
        open_rulebook([str(tmp_path)]).rule_set("fuzzed")
    assert said in str(error.value)


def test_of_a_file_with_a_hundred_thousand_mistakes_the_first_hundred_are_said(
    fuzzing: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "fuzzed.yaml").write_bytes(
        b"".join(fuzzing["bombs"]()["unknown checks"].splitlines(True)[:5000])
    )
    with pytest.raises(RequestError) as error:
        open_rulebook([str(tmp_path)]).rule_set("fuzzed")
    assert len(str(error.value).splitlines()) == 100
