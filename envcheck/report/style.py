"""How a table for people is written: the language, the columns, and what they can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envcheck.record import Record
from envcheck.report import escape
from envcheck.report.layout import plain, wrap
from envcheck.text import Lang, Text

if TYPE_CHECKING:
    from envcheck.results import Result, Waiver

WAIVED = Text("waived: {}", "已豁免：{}")
BY = Text("by {}", "豁免人 {}")
UNTIL = Text("until {}", "有效期至 {}")


class Style(Record):
    """How to write. Every text from outside goes through here, so none reaches a terminal raw."""

    lang: Lang
    columns: int
    colour: bool
    ascii_signs: bool
    """Keep to ASCII signs, for a terminal in the C locale."""

    def say(self, text: Text) -> str:
        """A text on one line, in this language."""
        return self.fit(text.say(self.lang))

    def fit(self, text: str) -> str:
        """A text on one line, escaped, with the signs that can be shown."""
        safe = escape.line(text)
        return plain(safe) if self.ascii_signs else safe

    def wrapped(self, text: str, indent: int = 0, label: str = "") -> list[str]:
        """The text in lines that fit, indented but for the first, which follows `label`."""
        rows = wrap(text, max(self.columns - indent, 1), whole_words=True)
        return [(" " * indent if number else label) + row for number, row in enumerate(rows)]

    def indented(self, text: str, indent: int) -> list[str]:
        """The text in lines that fit, all of them indented."""
        return self.wrapped(text, indent, " " * indent)

    def paint(self, text: str, code: str) -> str:
        """The text in a colour (an SGR code), where colours are wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def heading(self, text: Text) -> str:
        """A heading."""
        return self.paint(self.say(text), "1")

    def name(self, result: Result) -> str:
        """The check's id, with the `*` of a check that is recommended only."""
        return ("*" if result.level == "recommended" else "") + self.fit(result.id)

    def found(self, result: Result) -> str:
        """What was found, or why nothing was; a waiver is said with it."""
        parts = [self.say(text) for text in (result.actual, result.reason) if text is not None]
        if result.waived is not None:
            parts.append(self.waiver(result.waived))
        return "; ".join(part for part in parts if part)

    def waiver(self, waiver: Waiver) -> str:
        """Why a miss does not count, who said so and until when."""
        said = WAIVED.say(self.lang).format(waiver.reason)
        more = [
            text.say(self.lang).format(value)
            for text, value in ((BY, waiver.by), (UNTIL, waiver.until))
            if value is not None
        ]
        return self.fit(f"{said} ({', '.join(more)})" if more else said)
