"""What probes say, in Chinese.

A probe speaks English: so it is recorded, compared and written as JSON. Whoever reads a report in
Chinese gets its sentences by these phrases. `{a}` stands for the machine's own words, which are
kept; a capital letter, `{A}`, for a phrase inside the phrase. What no phrase fits stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

from envcheck.phrases.doors import DOORS
from envcheck.phrases.findings import FINDINGS
from envcheck.phrases.logs import LOGS
from envcheck.phrases.words import PARTS, WORDS
from envcheck.record import Record

_DEPTH = 8
"""Of phrases inside phrases; what a machine says may be made to nest without end."""
_BRACKETS = re.compile(r"\([^()]*\)")
_LONGEST = 4000
"""Characters of a text that is looked at; longer ones are no sentences of ours."""


class Phrase(Record):
    """A sentence with gaps: what stands around these, their names, and the Chinese with `{a}` for each."""

    literals: tuple[str, ...]
    gaps: tuple[str, ...]
    chinese: str

    def fill(self, text: str) -> Optional[dict[str, str]]:
        """What stands in each gap, or None where the sentence is another. No gap is empty."""
        first, last = self.literals[0], self.literals[-1]
        end = len(text) - len(last)
        if len(first) >= end or not text.startswith(first) or not text.endswith(last):
            return None
        found, at = [], len(first)
        for literal in self.literals[1:-1]:
            upto = text.find(literal, at + 1, end)
            if upto < 0:
                return None
            found.append(text[at:upto])
            at = upto + len(literal)
        if at >= end or any(": " in each for each in found):  # a colon before the last gap ends a sentence
            return None
        return dict(zip(self.gaps, [*found, text[at:end]]))

    def spans(self, sign: str) -> bool:
        """Whether a sign that parts sentences is a part of this one."""
        return any(sign in literal for literal in self.literals)


def chinese(text: str) -> str:
    """A probe's words in Chinese, as far as they are ours."""
    return text if len(text) > _LONGEST else _chinese(text, 0)


def _pieces(phrase: str) -> list[str]:
    """What a phrase says and the names of its gaps, by turns."""
    return phrase.replace("}", "{").split("{")


@lru_cache(maxsize=1)
def _book() -> tuple[dict[str, str], list[Phrase]]:
    """Sentences without gaps, and those with gaps, in the order in which they are tried."""
    whole: dict[str, str] = {}
    phrases: list[Phrase] = []
    for english, said in [*PARTS.items(), *WORDS.items(), *FINDINGS.items(), *DOORS.items(), *LOGS.items()]:
        pieces = _pieces(english)
        if len(pieces) == 1:
            whole[english] = said
        else:
            phrases.append(Phrase(tuple(pieces[::2]), tuple(pieces[1::2]), said))
    return whole, sorted(phrases, key=_weight, reverse=True)


def _weight(phrase: Phrase) -> tuple[bool, int]:
    """How much of a sentence it fixes. `… is not in this record` goes before what is not in it."""
    return bool(phrase.literals[-1]), sum(map(len, phrase.literals))


def _chinese(text: str, depth: int) -> str:
    whole = _book()[0]
    if text in whole:
        return whole[text]
    if depth >= _DEPTH:
        return text
    if "; " in text:
        return _joined(text.split("; "), "; ", "；", depth)
    parts = _parts(text)
    said = None if len(parts) > 1 else _phrase(text, depth)
    if said is None and parts:
        said = "，".join(_part(part, depth) for part in parts)
    return _split(text, depth) if said is None else said


def _phrase(text: str, depth: int) -> Optional[str]:
    """The text by the phrase that it is, if it is one."""
    bare = _BRACKETS.sub("", text)
    signs = [sign for sign in (": ", ", ") if sign in bare][:1]
    for phrase in _book()[1]:
        filled = phrase.fill(text) if all(map(phrase.spans, signs)) else None
        if filled is not None:
            pieces = _pieces(phrase.chinese)
            for place in range(1, len(pieces), 2):
                found = filled[pieces[place]]
                pieces[place] = _chinese(found, depth + 1) if pieces[place].isupper() else found
            return "".join(pieces)
    return None


def _split(text: str, depth: int) -> str:
    """The text by its parts, where it is no phrase as a whole."""
    if ": " in _BRACKETS.sub("", text):
        return _joined(text.split(": ", 1), ": ", "：", depth)
    listed = _outside_brackets(text)
    return _joined(listed, ", ", "，", depth) if len(listed) > 1 else _with_brackets(text, depth)


def _joined(texts: list[str], between: str, instead: str, depth: int) -> str:
    """The texts by themselves; with Chinese signs between them where something is Chinese."""
    said = [_chinese(text, depth + 1) for text in texts]
    return between.join(texts) if said == texts else instead.join(said)


def _parts(text: str) -> list[str]:
    """`frequency 2.4 GHz, physical cores 8`: names of parts with their values; empty where it is none."""
    found: list[str] = []
    for piece in text.split(", "):
        if any(piece.startswith(f"{name} ") for name in PARTS):
            found.append(piece)
        elif found:
            found[-1] += f", {piece}"
        else:
            return []
    return found


def _part(text: str, depth: int) -> str:
    name = next(name for name in PARTS if text.startswith(f"{name} "))
    return f"{PARTS[name]} {_chinese(text[len(name) + 1 :], depth + 1)}"


def _outside_brackets(text: str) -> list[str]:
    """The text at its commas, but for those in brackets."""
    found: list[str] = []
    for piece in text.split(", "):
        if found and found[-1].count("(") > found[-1].count(")"):
            found[-1] += f", {piece}"
        else:
            found.append(piece)
    return found


def _with_brackets(text: str, depth: int) -> str:
    """`eth0 (wired, up)`: the name is the machine's, what stands in the brackets may be ours."""
    name, bracket, inside = text.partition(" (")
    if not bracket or not inside.endswith(")"):
        return text
    said, within = _chinese(name, depth + 1), _chinese(inside[:-1], depth + 1)
    return text if (said, within) == (name, inside[:-1]) else f"{said}（{within}）"
