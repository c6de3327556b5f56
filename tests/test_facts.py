"""A fact says where it came from, or why there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from envcheck.facts import Fact, Known, Unknown, doc, first, map_fact, value_or
from envcheck.host.base import Denied, NotRecorded
from envcheck.values import Version


def refuse(error: Exception) -> object:
    raise error


def test_the_first_source_that_answers_counts() -> None:
    fact = first(
        ("nvml", lambda: refuse(NotRecorded("no NVML"))),
        ("nvidia-smi", lambda: "384.66"),
        ("/proc", lambda: pytest.fail("not to be asked")),
    )
    assert fact == Known("384.66", "nvidia-smi")


def test_a_source_may_say_itself_what_it_knows() -> None:
    assert first(("a", lambda: Known(5, "b", at_least=True))) == Known(5, "b", at_least=True)


def test_false_zero_and_none_are_answers() -> None:
    assert first(("a", lambda: False), ("b", lambda: True)) == Known(False, "a")
    assert first(("a", lambda: 0)) == Known(0, "a")
    assert first(("a", lambda: None)) == Known(None, "a")


def test_without_an_answer_every_reason_is_given_once() -> None:
    fact = first(
        ("a", lambda: refuse(Denied("/x: permission denied"))),
        ("b", lambda: refuse(Denied("/x: permission denied"))),
        ("c", lambda: Unknown("no card")),
        ("d", lambda: int("twelve")),
    )
    assert isinstance(fact, Unknown)
    assert fact.reason.startswith("/x: permission denied; no card; d: ")


def test_no_source_at_all() -> None:
    assert first() == Unknown("no source")


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), IndexError("x"), TypeError("x")])
def test_what_cannot_be_understood_is_no_answer(error: Exception) -> None:
    assert first(("a", lambda: refuse(error)), ("b", lambda: 1)) == Known(1, "b")


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda: dict[str, str]()["Architecture"], "lscpu: tells no Architecture"),
        (lambda: list[str]()[1], "lscpu: cut short, or of an unknown form"),
    ],
)
def test_a_missing_part_is_said_in_words(ask: Callable[[], object], reason: str) -> None:
    assert first(("lscpu", ask)) == Unknown(reason)


def test_an_error_of_the_program_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        first(("a", lambda: 1 // 0))


def test_a_changed_fact_keeps_its_source_and_bound() -> None:
    fact: Fact[str] = Known("3.10", "uname", at_least=True)
    assert map_fact(fact, Version) == Known(Version("3.10"), "uname", at_least=True)
    assert map_fact(Unknown("why"), Version) == Unknown("why")
    assert isinstance(map_fact(Known("dev", "docker"), Version), Unknown)


def test_value_or_default() -> None:
    assert value_or(Known(3, "a"), 4) == 3
    assert value_or(Unknown("why"), 4) == 4


def test_a_field_is_described() -> None:
    assert doc("text", zh="文字", sources="a", example=1) == {
        "doc": "text",
        "zh": "文字",
        "sources": "a",
        "example": 1,
        "record": "",
    }
