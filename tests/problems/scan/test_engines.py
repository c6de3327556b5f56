"""Both engines find the same, in whatever text, however it comes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from envcheck.problems import load_problems
from envcheck.problems.pattern import MAX_WAYS, Chars, Choice, Letter, Part, longest, parse, ways
from envcheck.problems.scan import seek
from envcheck.problems.scan.blocks import AROUND, Block
from envcheck.problems.scan.engines import open_engine
from envcheck.problems.scan.findings import Found
from envcheck.problems.scan.hyper import HyperEngine
from envcheck.problems.scan.regexes import Wanted
from envcheck.problems.scan.regexes import wanted as wanted_by
from envcheck.problems.scan.words import WordEngine
from envcheck.problems.signature import Signature
from envcheck.rulebook import shipped_rules
from tests.problems.scan.looking import look, signature

SHIPPED = load_problems([shipped_rules()]).all_signatures()
EXAMPLES = [text for each in SHIPPED for text in (*each.matches, *each.silent)]
TEARS = ["\n", "\n    ", "  ", "\r\n", "\t", "\0", "\x1b[31m", "\\n", '\\"', "x", "\n\n", "denied", "é", " "]


def seen(found: dict[str, Found]) -> dict[str, object]:
    return {
        problem: (each.count, each.places, each.caught, each.first, each.last)
        for problem, each in found.items()
    }


class Pairs(HyperEngine):
    """Hyperscan in a log in which every word is common."""

    def __init__(self, phrases: Sequence[Wanted]) -> None:
        super().__init__(phrases)
        self._common = {words for each in phrases for clue in each.clues for words in clue if len(words) == 1}


class Phrases(HyperEngine):
    """Hyperscan in a log in which every pair of words is common, too."""

    def __init__(self, phrases: Sequence[Wanted]) -> None:
        super().__init__(phrases)
        self._common = {words for each in phrases for clue in each.clues for words in clue}


def same(text: str | bytes, *signatures: Signature, piece: int = 1 << 20) -> dict[str, object]:
    """What each engine finds."""
    slow = seen(look(text, *signatures, make=WordEngine, piece=piece))
    for make in (HyperEngine, Pairs, Phrases):
        assert seen(look(text, *signatures, make=make, piece=piece)) == slow
    return slow


def test_on_all_examples_together() -> None:
    assert len(same("\n".join(EXAMPLES), *SHIPPED)) > 30
    assert len(same("\n".join(EXAMPLES * 200), *SHIPPED, piece=70_001)) > 30


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 300), st.sampled_from(TEARS)), max_size=8),
    st.data(),
)
def test_on_examples_torn_anywhere(torn: list[tuple[str, int, str]], data: st.DataObject) -> None:
    texts = [text[: at % (len(text) + 1)] + tear + text[at % (len(text) + 1) :] for text, at, tear in torn]
    same(data.draw(st.sampled_from(["\n", " ", ""])).join(texts), *SHIPPED)


FEW = (signature("aba ba"), signature("bab'aba"), signature("abb a b"))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab \n\t'\\\x1b", max_size=200), st.integers(1, 50))
def test_on_text_of_few_letters_in_pieces(text: str, piece: int) -> None:
    same(text * 3, *FEW, piece=piece)


def test_a_match_over_the_edge_of_blocks_is_found_once() -> None:
    wanted = signature("no space left on device")
    for shift in range(0, 40, 3):
        text = "x" * 99 + "\n"
        log = text * 2620 + "y" * shift + " no space left\n    on device\n" + text * 3000
        assert same(log, wanted) == seen(look(log, wanted, piece=4096))
        assert look(log, wanted)[wanted.problem].count == 1


def test_words_that_are_common_in_a_log_are_given_up_and_nothing_is_lost() -> None:
    wanted = (signature("no space left on device"), signature("is needed by"), signature("denied"))
    usual = "a device is needed, has space left\n" * 9000
    log = usual + "no space left\n   on device\n" + usual + "is\tneeded  by\ndenied\n" + "denied\n" * 40
    assert [each[0] for each in same(log, *wanted).values()] == [1, 1, 41]  # type: ignore[index]
    engine = HyperEngine([each for at, one in enumerate(wanted) for each in wanted_by(one.any, at)])
    engine.quick(memoryview(usual.encode()))
    places = engine.quick(memoryview(log.encode()))
    assert places is not None
    assert {number for number, _ in places} == {0, 1, 2}
    assert len(places) < 60  # of 9000 lines with words of the phrases


def test_without_hyperscan_the_other_engine_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    monkeypatch.delitem(sys.modules, "envcheck.problems.scan.hyper")
    monkeypatch.delitem(sys.modules, "envcheck.problems.scan.database")
    assert open_engine([]).name == "words"


# -- nothing runs away ------------------------------------------------------------------


def widest(part: Part) -> bytes:
    """As much as a part takes, to lead on whoever tries every way through it."""
    if isinstance(part, Chars):
        return bytes([min(part.of & frozenset(range(33, 127)) or part.of)]) * part.high
    if isinstance(part, Letter):
        return part.text.encode() * part.high
    if isinstance(part, Choice):
        return max((b"".join(map(widest, each)) for each in part.among), key=len)
    return b"".join(map(widest, getattr(part, "parts", ()))) or b" " * 60


def worst(parts: tuple[Part, ...]) -> list[bytes]:
    whole = [widest(part) for part in parts]
    almost = b"".join(whole[:-1])
    return [
        almost,
        almost + b" " * 2000,
        b"".join(whole[: len(whole) // 2]),
        whole[0],
        b"".join(whole)[:-1] + b"\n",
    ]


@pytest.mark.parametrize(
    "phrase", sorted({phrase for each in SHIPPED for phrase in each.any}), ids=lambda each: each.text[:40]
)
def test_a_phrase_is_bounded(phrase: object) -> None:
    parts = parse(phrase)
    assert ways(parts) <= MAX_WAYS
    assert longest(parts) < AROUND


@pytest.mark.parametrize("make", [HyperEngine, WordEngine])
@pytest.mark.parametrize(
    "number", range(len(SHIPPED)), ids=[f"{each.problem}-{at}" for at, each in enumerate(SHIPPED)]
)
def test_its_worst_case_takes_what_its_length_takes(
    make: type, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is handed to the exact expression grows with the text, and is no multiple of it."""
    handed = 0
    begin = seek._beginning

    def counted(block: Block, phrase: Wanted, start: int, end: int) -> Iterator[seek.Match]:
        nonlocal handed
        handed += min(end + phrase.longest, len(block.text)) - start
        return begin(block, phrase, start, end)

    monkeypatch.setattr(seek, "_beginning", counted)
    one = SHIPPED[number]._replace(files=())
    for phrase in one.any:
        for evil in worst(parse(phrase)):
            text = evil * (60_000 // len(evil))
            handed = 0
            look(text, one._replace(any=(phrase,)), make=make)
            assert handed <= 5 * len(text) + 100_000


def test_where_every_line_matches_each_counts_and_three_are_shown() -> None:
    wanted = signature("no space left on device")
    found = look("no space left on device\n" * 30_000, wanted)[wanted.problem]
    assert (found.count, len(found.places)) == (30_000, 3)
