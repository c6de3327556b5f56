"""Text laid out in columns of a terminal, where a Chinese character takes two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_SIGNS = frozenset("✓✗≥≤≠…›→–—‘’“”")
"""Signs of our own that take one column; wcwidth, slow to import, is asked about the rest."""

_ATOM = r"\s+|\S+?(?:(?<=\w)[-/](?=\w)|(?=\s)|$)"
_FIRST_WIDE = "\u2e80"
_OPENING = frozenset("（［｛「『【《〈")
_CLOSING = frozenset("，。、；：！？）］｝」』】》〉")

_PLAIN = str.maketrans({
    "✓": "ok", "✗": "FAIL", "≥": ">=", "≤": "<=", "≠": "!=", "×": "x", "…": "...", "›": ">", "→": "->",
    "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "·": "-", "\u00a0": " ",
})  # fmt: skip


def plain(text: str) -> str:
    """The text without the typographic signs that a C locale's terminal may not have."""
    return text.translate(_PLAIN)


@lru_cache(maxsize=4096)
def width(text: str) -> int:
    """How many columns the text takes; it holds no control characters (see `escape`)."""
    if text.isascii() or all(char < "\u0300" or char in _SIGNS for char in text):
        return len(text)
    from wcwidth import wcswidth

    columns: int = wcswidth(text)
    return max(columns, 0)


def pad(text: str, columns: int) -> str:
    """The text, filled up with blanks on the right."""
    return text + " " * (columns - width(text))


def shorten(text: str, columns: int, mark: str = "…") -> str:
    """The text cut to so many columns, with `mark` where something is left out."""
    if width(text) <= columns:
        return text
    return _head(text, max(columns - width(mark), 0)) + mark


def wrap(text: str, columns: int, whole_words: bool = False) -> list[str]:
    """The text in lines of at most so many columns.

    Broken at blanks, after a hyphen or slash within a word, and between Chinese characters,
    but not before closing or after opening punctuation; a longer word is cut. With
    `whole_words` a word that fits on a line is not broken: paths and ids are there to be copied.
    """
    text = text.strip()
    if width(text) <= columns:
        return [text]
    measure = len if text.isascii() else width
    lines = [""]
    gap = ""
    for atom in _atoms(text, columns if whole_words else 0):
        if atom.isspace():
            gap = " "
        elif measure(lines[-1] + gap + atom) <= columns:
            lines[-1] += (gap if lines[-1] else "") + atom
            gap = ""
        else:
            lines += _cut(atom, columns)
            gap = ""
    return lines if lines[0] else lines[1:] or lines


def share(wanted: Sequence[int], available: int) -> list[int]:
    """Column widths that fit: narrow columns get what they want, wide ones share the rest."""
    widths = [0] * len(wanted)
    by_need = sorted(range(len(wanted)), key=lambda index: wanted[index])
    for position, index in enumerate(by_need):
        widths[index] = min(wanted[index], max(available // (len(wanted) - position), 1))
        available -= widths[index]
    return widths


def _atoms(text: str, whole: int) -> Iterator[str]:
    """What is kept on one line, and the blanks between; of `whole` columns any ASCII word."""
    for word in re.findall(_ATOM, text) if not whole else _words(text, whole):
        start = 0
        for at in range(1, len(word) if not word.isascii() else 0):
            if _may_break(word[at - 1], word[at]):
                yield word[start:at]
                start = at
        yield word[start:]


def _words(text: str, whole: int) -> Iterator[str]:
    for word in re.findall(r"\s+|\S+", text):
        if word.isascii() and len(word) <= whole:
            yield word
        else:
            yield from re.findall(_ATOM, word)


def _may_break(before: str, after: str) -> bool:
    # Written out: a regular expression with these characters takes 10 ms to compile.
    wide = before >= _FIRST_WIDE or after >= _FIRST_WIDE
    return wide and before not in _OPENING and after not in _CLOSING


def _cut(word: str, columns: int) -> list[str]:
    pieces = []
    while width(word) > columns:
        head = _head(word, columns) or word[0]
        pieces.append(head)
        word = word[len(head) :]
    return [*pieces, word] if word else pieces


def _head(text: str, columns: int) -> str:
    if text.isascii():
        return text[:columns]
    end = 0
    while end < len(text) and width(text[: end + 1]) <= columns:
        end += 1
    return text[:end]
