"""The requirement language: verdicts on values, and what does not fit a fact's type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Optional

import pytest

from envcheck.facts import Known, Unknown
from envcheck.rulebook.grammar import fact_type, parse_requirement
from envcheck.rulebook.requirement import Outcome
from envcheck.rulebook.source import RuleError, parse_yaml
from envcheck.rulebook.types import type_of
from envcheck.values import Bytes, Hertz, Version


@dataclass(frozen=True)
class Card:
    name: str
    memory: Optional[Bytes]
    virtual: Optional[bool] = False

    def __str__(self) -> str:
        return self.name


def judge(annotation: object, requirement: str, value: object) -> Outcome:
    node = parse_yaml(f"r: {requirement}".encode(), "x.yaml").items()[0][1]
    return parse_requirement(node, type_of(annotation)).outcome(value)


@pytest.mark.parametrize(
    ("requirement", "value", "verdict"),
    [
        (">= 3.10", "3.9.5", "fail"),
        (">= 3.10", "3.10", "pass"),
        (">= 3.10", "3.10.0-957.el7.x86_64", "pass"),
        (">= 3.10", "4.4.0-31-generic", "pass"),
        ("3.10", "3.10.0", "pass"),
        (">= 384.66", "375.26", "fail"),
        (">= 384.66", "384.111", "pass"),
        (">= 17.12", "1.13.1", "fail"),
        (">= 17.12", "17.03.2-ce", "fail"),
        (">= 17.12", "17.12.1-ce", "pass"),
        (">= 17.12", "18.09", "pass"),
        (">= 17.12", "28.2.2", "pass"),
        (">= 7.2, < 8", "7.2.1511", "pass"),
        (">= 7.2, < 8", "7.10", "pass"),
        (">= 7.2, < 8", "8.0", "fail"),
        ("!= 375.26", "375.26", "fail"),
    ],
)
def test_versions_are_compared_as_versions(requirement: str, value: str, verdict: str) -> None:
    assert judge(Version, f"'{requirement}'", Version(value)).verdict == verdict


@pytest.mark.parametrize(
    ("annotation", "requirement", "value", "verdict"),
    [
        (Bytes, "'>= 32 GB'", Bytes(32_660_480 * 1024), "pass"),
        (Bytes, "'>= 32 GB'", Bytes(24 * 2**30), "fail"),
        (Bytes, "'>= 6 GB'", Bytes(5912 * 2**20), "pass"),
        (Bytes, "'>= 6 GB'", Bytes(5120 * 2**20), "fail"),
        (Bytes, "'>= 512 GB'", Bytes(500 * 10**9), "fail"),
        (Hertz, "'> 1833 MHz'", Hertz(1_833_000_000), "fail"),
        (Hertz, "'> 1833 MHz'", Hertz(2_100_000_000), "pass"),
        (Hertz, "'>= 2.1 GHz'", Hertz(2_100_000_000), "pass"),
        (int, "64", 32, "fail"),
        (int, "[14, 16]", 16, "pass"),
        (int, "[14, 16]", 18, "fail"),
        (bool, "true", False, "fail"),
        (str, "x86_64", "aarch64", "fail"),
        (str, "{not: x86_64}", "aarch64", "pass"),
    ],
)
def test_each_kind_is_compared_as_what_it_is(
    annotation: object, requirement: str, value: object, verdict: str
) -> None:
    assert judge(annotation, requirement, value).verdict == verdict


def test_a_lower_bound_proves_but_never_disproves() -> None:
    clock = Known(Hertz(1_200_000_000), "the clock of this instant", at_least=True)
    assert judge(Hertz, "'> 1833 MHz'", clock).verdict == "unknown"
    assert judge(Hertz, "'> 1100 MHz'", clock).verdict == "pass"
    assert judge(Hertz, "'< 3 GHz'", clock).verdict == "unknown"


BIG, SMALL, DUMB = Card("big", Bytes(8 * 10**9)), Card("small", Bytes(10**9)), Card("dumb", None)
SLICE = Card("slice", Bytes(8 * 10**9), virtual=True)
FITS = "{memory: '>= 6 GB', virtual: false}"


@pytest.mark.parametrize(
    ("requirement", "cards", "verdict", "actual"),
    [
        (f"{{any: {FITS}}}", (SMALL, BIG), "pass", "big"),
        (f"{{any: {FITS}}}", (SMALL, SLICE), "fail", "small; slice"),
        (f"{{any: {FITS}}}", (SMALL, DUMB), "unknown", "dumb"),
        (f"{{any: {FITS}}}", (), "fail", "none"),
        (f"{{every: {FITS}}}", (BIG, SMALL, BIG, SLICE), "fail", "small; slice"),
        (f"{{every: {FITS}}}", (BIG, DUMB), "unknown", "dumb"),
        (f"{{every: {FITS}}}", (BIG, DUMB, SMALL), "fail", "small"),
        (f"{{every: {FITS}}}", (), "fail", "none"),
        (f"{{none: {FITS}}}", (SMALL,), "pass", "none"),
        (f"{{none: {FITS}}}", (SMALL, BIG), "fail", "big"),
        (f"{{none: {FITS}}}", (SMALL, DUMB), "unknown", "dumb"),
        ("{count: '>= 2'}", (SMALL,), "fail", "1: small"),
        (f"{{count: 1, every: {FITS}}}", (BIG,), "pass", "big"),
    ],
)
def test_lists_say_which_one(requirement: str, cards: tuple[Card, ...], verdict: str, actual: str) -> None:
    outcome = judge(tuple[Card, ...], requirement, cards)
    assert (outcome.verdict, outcome.actual) == (verdict, actual)


def test_an_unknown_part_is_no_pass_and_no_fail_unless_the_rest_decides() -> None:
    unknown_slice = Card("u", Bytes(10**9), virtual=None)
    assert judge(Card, FITS, unknown_slice).verdict == "fail"
    assert judge(Card, FITS, DUMB).verdict == "unknown"
    assert judge(Card, f"[{FITS}, {{name: dumb}}]", DUMB).verdict == "pass"
    assert judge(Card, f"{{not: {FITS}}}", DUMB).verdict == "unknown"
    assert judge(bool, "true", Unknown("no idea")) == Outcome("unknown", "", "no idea")


@pytest.mark.parametrize(
    ("annotation", "requirement", "said"),
    [
        (Bytes, "'>= 32'", "32"),
        (Bytes, "'>= 32 gigs'", "units B, kB"),
        (Hertz, "'> 1833'", "units Hz, kHz, MHz, GHz"),
        (Version, "'=> 3.10'", "unknown operator '=>'"),
        (Version, "'>= 17.12-ce'", "numbers with dots"),
        (Version, "dev", "no version"),
        (int, "many", "no number"),
        (bool, "yes", "true or false"),
        (str, "'> x86_64'", "no order"),
        (Literal["enforcing", "permissive"], "permisive", "did you mean 'permissive'"),
        (Card, "big", "name its fields (name, memory, virtual)"),
        (Card, "{memry: '> 1 GB'}", "did you mean 'memory'"),
        (tuple[Card, ...], "{evry: {name: x}}", "did you mean 'every'"),
        (tuple[Card, ...], "[x]", "say any, every, none or count"),
        (tuple[Card, ...], "{}", "empty mapping"),
        (Version, "{any: 3}", "a mapping does not fit"),
        (Version, "[]", "at least one"),
        (str, "''", "nothing is required"),
    ],
)
def test_what_does_not_fit_the_fact_is_an_error_in_its_place(
    annotation: object, requirement: str, said: str
) -> None:
    with pytest.raises(RuleError) as error:
        judge(annotation, requirement, None)
    assert str(error.value).startswith("x.yaml:1:")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("kernle.version", "did you mean 'kernel.version'"),
        ("Kernel.Versoin", "did you mean 'kernel.version'"),
        ("kernle.nothing", "did you mean 'kernel'"),
        ("path.space[/home]", "what it is about stands behind the probe: 'path[/home].space'"),
        ("kernel.versoin", "did you mean 'version'"),
        ("kernel.version.major", "'kernel.version' is a version: it has no field 'major'"),
    ],
)
def test_a_wrong_fact_names_the_nearest_one(path: str, said: str) -> None:
    with pytest.raises(RuleError, match=r"^x:1:1: ") as error:
        fact_type(parse_yaml(path.encode(), "x"))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("annotation", "requirement", "en", "zh"),
    [
        (Bytes, "'>= 32 GB'", ">= 32 GB", ">= 32 GB"),
        (str, "[disabled, permissive]", "disabled or permissive", "disabled 或 permissive"),
        (
            tuple[Card, ...],
            f"{{any: {FITS}}}",
            "at least one: memory >= 6 GB, virtual no",
            "至少一个：memory >= 6 GB，virtual 否",
        ),
    ],
)
def test_a_requirement_reads_in_both_languages(
    annotation: object, requirement: str, en: str, zh: str
) -> None:
    node = parse_yaml(f"r: {requirement}".encode(), "x").items()[0][1]
    assert parse_requirement(node, type_of(annotation)).text() == (en, zh)
