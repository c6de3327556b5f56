"""The requirement language by its laws: order, units, versions, and that what is written reads the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envcheck.facts import Known, Unknown
from envcheck.lint.possible import Undecided, passes, representatives, together, truth
from envcheck.rulebook.grammar import parse_requirement
from envcheck.rulebook.requirement import COMPARISONS, Requirement
from envcheck.rulebook.source import parse_yaml
from envcheck.rulebook.types import Type
from envcheck.rulebook.written import written
from envcheck.values import Bytes, Hertz, Version

LAW = settings(deadline=None, max_examples=60)
NUMBERS = st.integers(min_value=0, max_value=10**15)
VERSIONS = st.lists(st.integers(0, 10**6), min_size=1, max_size=5).map(lambda n: ".".join(map(str, n)))
SIGNS = st.sampled_from(sorted(COMPARISONS))
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and text.strip("<>=!~") == text)
SCALARS = {
    "size": (
        Type("size", whole=True, least=0),
        st.builds("{} {}".format, NUMBERS, st.sampled_from(sorted(Bytes.units))),
    ),
    "frequency": (
        Type("frequency", whole=True, least=0),
        st.builds("{} {}".format, NUMBERS, st.sampled_from(sorted(Hertz.units))),
    ),
    "version": (Type("version"), VERSIONS),
    "number": (Type("number", whole=True), st.integers(-(10**9), 10**9).map(str)),
}
RECORD = Type(
    "record",
    fields={
        "version": Type("version"),
        "size": Type("size", whole=True, least=0),
        "ok": Type("flag"),
        "state": Type("text", choices=("up", "down", "gone")),
        "name": Type("text"),
        "tags": Type("list", item=Type("text")),
    },
)


def read(text: str, wanted: Type) -> Requirement:
    return parse_requirement(parse_yaml(f"r: {text}".encode(), "x").items()[0][1], wanted)


def quoted(text: str) -> str:
    return (
        '"'
        + "".join(f"\\U{ord(char):08x}" if char in '"\\' or not char.isprintable() else char for char in text)
        + '"'
    )


@st.composite
def scalars(draw: st.DrawFn, kind: str) -> str:
    """One to three comparisons of a kind, with commas between."""
    operands = draw(st.lists(SCALARS[kind][1], min_size=1, max_size=3))
    return quoted(", ".join(f"{draw(SIGNS)} {operand}" for operand in operands))


FIELDS: dict[str, st.SearchStrategy[str]] = {
    "version": scalars("version"),
    "size": scalars("size"),
    "ok": st.sampled_from(["true", "false"]),
    "state": st.sampled_from(["up", "[up, down]", "{not: gone}", '"!= down"']),
    "name": WORDS.map(
        lambda word: quoted(f"== {word.replace('$', '$$', 1) if word.startswith('$') else word}")
    ),
    "tags": st.one_of(
        st.sampled_from(["{any: x}", "{none: [x, y]}", "{every: {not: x}}", '{any: x, count: "> 2"}']),
        st.integers(0, 9).map(lambda number: f'{{count: ">= {number}"}}'),
    ),
}


def record(fields: dict[str, str]) -> str:
    return f"{{{', '.join(f'{name}: {said}' for name, said in fields.items())}}}"


RECORDS = st.fixed_dictionaries({}, optional=FIELDS).filter(bool).map(record)
REQUIREMENTS = st.recursive(
    RECORDS,
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        below.map(lambda part: f"{{not: {part}}}"),
    ),
    max_leaves=6,
)


@LAW
@given(REQUIREMENTS)
def test_a_requirement_that_is_written_out_and_read_again_is_the_same(text: str) -> None:
    requirement = read(text, RECORD)
    again = read(written(requirement), RECORD)
    assert written(again) == written(requirement)
    assert again.text() == requirement.text()
    try:
        values = representatives((requirement,), RECORD)
    except Undecided:
        return
    for value in values:
        assert passes(again, value) == passes(requirement, value)


class Shown(SimpleNamespace):
    """A record that says itself how it is shown."""

    def __str__(self) -> str:
        return "as it is"


def part(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A field's value, or the fact of one; or that it is unknown."""
    facts = st.builds(Known, of, st.just("/proc/x"), st.booleans())
    unknown = st.builds(Unknown, st.just("not to be had"), st.booleans())
    return st.one_of(of, facts, unknown, st.none())


VALUES = st.builds(
    lambda kind, fields: kind(**fields),
    st.sampled_from([SimpleNamespace, Shown]),
    st.fixed_dictionaries(
        {
            "version": part(VERSIONS.map(Version)),
            "size": part(NUMBERS.map(Bytes)),
            "ok": part(st.booleans()),
            "state": part(st.sampled_from(["up", "down", "gone"])),
            "name": part(WORDS),
            "tags": part(st.lists(part(st.sampled_from("xyz")), max_size=3).map(tuple)),
        }
    ),
)


@settings(deadline=None, max_examples=300)
@given(REQUIREMENTS, st.one_of(VALUES, part(VALUES)))
def test_a_value_meets_a_requirement_where_its_verdict_is_a_pass(text: str, value: object) -> None:
    requirement = read(text, RECORD)
    outcome = requirement.outcome(value)
    assert requirement.meets(value) == (outcome.verdict == "pass")
    if outcome.verdict == "pass":
        assert (outcome.reason, outcome.denied) == ("", False)


@pytest.mark.parametrize("size", [4, 5, 6])
@pytest.mark.parametrize("sign", sorted(COMPARISONS))
def test_a_size_of_which_only_a_bound_is_known_meets_what_it_proves(sign: str, size: int) -> None:
    requirement = read(f'"{sign} 5 B"', SCALARS["size"][0])
    assert requirement.meets(Known(Bytes(size), "", at_least=True)) == ((sign, size) in PROVEN)
    assert (requirement.outcome(Known(Bytes(size), "", at_least=True)).verdict == "pass") == (
        (sign, size) in PROVEN
    )


PROVEN = {(">", 6), (">=", 5), (">=", 6)}


@pytest.mark.parametrize("kind", sorted(SCALARS))
@LAW
@given(data=st.data())
def test_comparisons_that_are_written_out_and_read_again_are_the_same(kind: str, data: st.DataObject) -> None:
    wanted = SCALARS[kind][0]
    requirement = read(data.draw(scalars(kind)), wanted)
    assert written(read(written(requirement), wanted)) == written(requirement)


@LAW
@given(VERSIONS, VERSIONS, SIGNS)
def test_versions_compare_number_by_number(one: str, other: str, sign: str) -> None:
    width = max(one.count("."), other.count(".")) + 1
    first, second = ([*map(int, text.split(".")), *[0] * width][:width] for text in (one, other))
    outcome = read(quoted(f"{sign} {other}"), Type("version")).judge(Known(Version(one), ""))
    assert outcome.verdict == ("pass" if COMPARISONS[sign](first, second) else "fail")


@LAW
@given(st.lists(VERSIONS, min_size=3, max_size=3))
def test_versions_have_one_order(texts: list[str]) -> None:
    low, middle, high = sorted(map(Version, texts))
    assert low <= middle <= high
    assert low <= high
    assert (low == high) <= (low == middle == high)
    assert [low < high, low == high, low > high].count(True) == 1


@LAW
@given(VERSIONS, st.integers(0, 3), st.sampled_from(["", "-ce", ".el7", "+", "-957.el7.x86_64", "~rc1"]))
def test_zeros_at_the_end_and_suffixes_do_not_count(text: str, zeros: int, suffix: str) -> None:
    assert Version(text + ".0" * zeros + suffix) == Version(text)
    assert hash(Version(text + ".0" * zeros)) == hash(Version(text))


@pytest.mark.parametrize("kind", [Bytes, Hertz])
@LAW
@given(number=NUMBERS, data=st.data())
def test_a_unit_is_so_many_of_the_smallest(
    kind: type[Union[Bytes, Hertz]], number: int, data: st.DataObject
) -> None:
    unit = data.draw(st.sampled_from(sorted(kind.units)))
    assert kind.parse(f"{number} {unit}") == number * kind.units[unit]
    assert kind.parse(f"{number}.5{unit}") == number * kind.units[unit] + (kind.units[unit] + 1) // 2


@LAW
@given(NUMBERS, NUMBERS, st.sampled_from(sorted(Bytes.units)))
def test_the_larger_number_of_a_unit_is_the_larger_size(one: int, other: int, unit: str) -> None:
    assert (Bytes.parse(f"{one} {unit}") < Bytes.parse(f"{other} {unit}")) == (one < other)


@LAW
@given(NUMBERS)
def test_a_size_is_never_shown_larger_than_it_is(number: int) -> None:
    assert Bytes.parse(str(Bytes(number))) <= number
    assert Hertz.parse(str(Hertz(number))) <= number


@pytest.mark.parametrize("kind", sorted(SCALARS))
@LAW
@given(data=st.data())
def test_of_a_comparison_and_its_opposite_one_holds(kind: str, data: st.DataObject) -> None:
    wanted, operands = SCALARS[kind]
    operand = data.draw(operands)
    for sign, opposite in ((">=", "<"), ("<=", ">"), ("==", "!=")):
        one, other = (read(quoted(f"{each} {operand}"), wanted) for each in (sign, opposite))
        for value in representatives((one, other), wanted):
            assert passes(one, value) != passes(other, value)
        negated = read(f"{{not: {quoted(f'{sign} {operand}')}}}", wanted)
        assert not together(negated, other, wanted)
        assert not together(other, negated, wanted)


@pytest.mark.parametrize("kind", sorted(SCALARS))
@LAW
@given(data=st.data())
def test_what_can_never_be_met_is_met_by_no_value(kind: str, data: st.DataObject) -> None:
    """The values that lint tries stand for all others."""
    wanted, operands = SCALARS[kind]
    requirement = read(data.draw(scalars(kind)), wanted)
    value: Any = read(quoted(data.draw(operands)), wanted)
    found = truth(requirement, wanted)
    if found != "sometimes":
        assert passes(requirement, value.operand) == (found == "always")


@LAW
@given(REQUIREMENTS)
def test_the_opposite_of_never_is_always(text: str) -> None:
    opposite = {"never": "always", "always": "never", "sometimes": "sometimes"}
    assert truth(read(f"{{not: {text}}}", RECORD), RECORD) == opposite[truth(read(text, RECORD), RECORD)]
