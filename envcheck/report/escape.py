r"""Hostile text made harmless: what a machine, a log or a rule set says may hold anything.

A terminal obeys control characters; bidirectional and invisible ones make a text read as
what it is not. They are shown as escapes instead (`\x1b`, `\u202e`).
"""

from __future__ import annotations

import re

_BLANKS = re.compile(r"[ \t\n\v\f\r]+")
_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # invisible
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators, bidirectional
    "\u3164\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff"  # half a character: undecodable bytes
    "\U000e0000-\U000e0fff"  # tags
    "]"
)


def line(text: str) -> str:
    """The text on one line: blanks and line breaks become one blank, the rest is escaped."""
    return _escaped(_BLANKS.sub(" ", text).strip())


def command(text: str) -> str:
    """A command of one line as it must be typed: its own blanks stay, the rest is escaped."""
    return _escaped(text)


def lines(text: str) -> str:
    """A text of several lines: line breaks and tabs stay, the rest is escaped."""
    return "\n".join("\t".join(_escaped(cell) for cell in row.split("\t")) for row in text.split("\n"))


def _escaped(text: str) -> str:
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
