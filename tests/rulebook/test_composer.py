"""The quick way to read a rule file gives the tree that the parser of events gives, or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envcheck.errors import RequestError
from envcheck.rulebook import composer, parser, shipped_rules
from envcheck.rulebook.source import MAX_DEPTH, MAX_PARTS, Node

SHIPPED = sorted(Path(shipped_rules()).glob("*.yaml"))
BROKEN = sorted((Path(__file__).parent / "broken").rglob("*.yaml"))


def _by_events(content: bytes) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "compose", lambda *_: None)
        try:
            return parser.parse(content, "a.yaml").whole
        except RequestError as error:
            return str(error)


def _lists(plain: object) -> object:
    return [_lists(part) for part in plain] if isinstance(plain, (list, tuple)) else plain


def _composed(content: bytes) -> object:
    try:
        parser._check_encoding(content, "a.yaml")
    except RequestError:
        return None
    found = composer.compose(content, "a.yaml")
    return None if found is None else found.whole


@pytest.mark.parametrize("path", SHIPPED + BROKEN, ids=lambda path: path.name)
def test_it_is_the_same_tree(path: Path) -> None:
    content = path.read_bytes()
    composed = _composed(content)
    assert composed is None or _lists(composed) == _lists(_by_events(content))


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.name != "problems.yaml"])
def test_the_shipped_rule_sets_are_read_so(path: Path) -> None:
    assert isinstance(composer.compose(path.read_bytes(), "a.yaml"), composer._Composed)


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing\n", "a: 1\n---\nb: 2\n", "{a: 1, a: 2}", "? [a]\n: b", "? {a: b}\n: c", "a: !!str 1",
        "a: !own 1", "!!map {a: 1}", "- !!seq [a]", "!!str a: b", "a: *b", "a: &b 1", "a: [1", "a: 'b",
        "[" * 100 + "]" * 100, "[" * 100_000, "- " * 50_000, f"[{'a,' * MAX_PARTS}]",
    ],
    ids=range(19),
)  # fmt: skip
def test_what_is_refused_is_never_given(text: str) -> None:
    assert _composed(text.encode()) is None
    assert isinstance(_by_events(text.encode()), str)


def test_a_tree_as_deep_as_may_be_is_given() -> None:
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert _lists(_composed(deep)) == _lists(_by_events(deep))
    assert _composed(b"[" + deep + b"]") is None


def test_a_word_in_mappings_as_deep_as_may_be_is_one_level_more() -> None:
    deep = b"{a: " * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH
    assert isinstance(_by_events(deep), str)
    assert _composed(deep) is None
    shallower = deep[len(b"{a: ") : -1]
    assert _lists(_composed(shallower)) == _lists(_by_events(shallower))


def test_an_ampersand_in_a_text_is_read_all_the_same() -> None:
    found = parser.parse(b"a: R&D", "a.yaml")
    assert not isinstance(found, composer._Composed)
    assert found.by_key()["a"].text == "R&D"


WORDS = st.sampled_from(
    [
        "a",
        "b",
        ": ",
        "- ",
        "\n",
        "  ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        '"',
        "!",
        "!!str ",
        "*",
        "#",
        "|",
        ">",
        "? ",
    ]
)


@given(st.lists(WORDS, max_size=30).map("".join))
def test_any_text(text: str) -> None:
    composed = _composed(text.encode())
    assert composed is None or _lists(composed) == _lists(_by_events(text.encode()))


def test_each_part_says_what_it_says_by_events() -> None:
    text = "t: {en: one, zh: 一}\nl: [1, '2', {a: b}]\n"
    quick = parser.parse(text.encode(), "a.yaml")
    slow = Node("a.yaml", quick.whole)
    assert isinstance(quick, composer._Composed)
    for node in (quick, slow):
        assert str(node.by_key()["t"].bilingual().zh) == "一"
        assert [item.value for item in node.by_key()["l"].list()[:2]] == [1, "2"]
        assert [(key.text, key.line, key.column) for key, _ in node.items()] == [("t", 1, 1), ("l", 2, 1)]
