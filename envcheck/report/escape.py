r"""Hostile text made harmless: what a machine, a log or a rule set says may hold anything.

A terminal obeys control characters; bidirectional and invisible ones make a text read as
what it is not. They are shown as escapes instead (`\x1b`, `\u202e`).
"""

from __future__ import annotations

# Invisible, yet printable in the eyes of Unicode: fillers, joiners, variation selectors.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0")


def line(text: str) -> str:
    """The text on one line: blanks and line breaks become one blank, the rest is escaped."""
    return _escaped(" ".join(text.split()))


def command(text: str) -> str:
    """A command of one line as it must be typed: its own blanks stay, the rest is escaped."""
    return _escaped(text)


def lines(text: str) -> str:
    """A text of several lines: line breaks and tabs stay, the rest is escaped."""
    return "\n".join("\t".join(map(_escaped, row.split("\t"))) for row in text.split("\n"))


def _escaped(text: str) -> str:
    if text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text)):
        return text
    return "".join(char if char.isprintable() and char not in _INVISIBLE else _code(char) for char in text)


def _code(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
