"""Whoever reads Chinese is told everything in it, but for names of products, files and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from envcheck.explain import Knowledge
from envcheck.problems import load_problems
from envcheck.rulebook import Rulebook, chinese, shipped_rules
from envcheck.rulebook.dictionary import Described, described
from envcheck.rulebook.model import Parameter
from envcheck.rulebook.parameters import in_words
from envcheck.rulebook.settings import TYPES
from envcheck.text import Text

PRODUCTS = {
    *("nouveau", "podman", "overlay2", "devicemapper", "kubeconfig", "JSON", "graph", "GB", "d_type", "rhel"),
    *("enforcing", "permissive", "disabled"),  # as SELinux itself says it
}
_COMMAND = re.compile(r"(?:getconf|docker|gcc|nvidia-smi|uname|lsb_release|kubectl)(?: [-\w]+){1,3}")


def english(text: str) -> list[str]:
    """The words of a text that are no product's."""
    return [each for each in re.findall(r"[A-Za-z_]{2}[\w-]*", text) if each not in PRODUCTS]


@pytest.mark.parametrize("fact", described(), ids=lambda fact: fact.name)
def test_a_fact_is_said_in_chinese(fact: Described) -> None:
    assert re.search("[一-鿿]", fact.zh)
    assert fact.said.zh == fact.zh
    for source in fact.sources:
        if source not in chinese.SOURCES:
            assert " " not in source or _COMMAND.fullmatch(source), f"in words, to be translated: {source}"


def conditions() -> Iterator[Text]:
    problems = load_problems([shipped_rules()])
    knowledge = Knowledge(Rulebook([shipped_rules()]), problems)
    for checks in knowledge.checks.values():
        for check in checks.values():
            yield from (each.require.text() for each in check.when)
            yield from (hint.when.require.text() for hint in check.hints if hint.when is not None)
    for name in problems:
        for signature in problems.signatures(name):
            yield from (each.condition.require.text() for each in signature.confirmed_by)


@pytest.mark.parametrize("said", dict.fromkeys(conditions()), ids=lambda said: said.en[:40])
def test_a_condition_is_said_in_chinese(said: Text) -> None:
    assert english(said.zh) == []


def test_no_word_of_a_table_is_left_in_english() -> None:
    for table in (chinese.WORDS, chinese.SOURCES, chinese.TYPES):
        assert all(re.search("[一-鿿]", each) for each in table.values())


@pytest.mark.parametrize("word", TYPES)
def test_every_type_of_a_parameter_has_a_name(word: str) -> None:
    title = Text("A", "甲")
    one, many = (in_words(Parameter("a", word, many, title, None)) for many in (False, True))
    assert one.en != one.zh
    assert "列表" in many.zh


def test_what_else_is_said_of_a_parameter() -> None:
    title = Text("A", "甲")
    assert in_words(Parameter("a", "text", False, title, None, choices=("x", "y"))).zh == "取值之一：x、y"
    assert in_words(Parameter("a", "integer", False, title, None, least=3)).zh == "整数，不小于 3"
