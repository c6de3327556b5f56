"""Texts for people, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Union

from envcheck.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable
Lang = Literal["en", "zh"]

_BETWEEN = "\x1f"
"""Stands around the parts of a found text that are Chinese already."""


class Text(Record):
    """A text in both languages. Where only one wording exists, both are the same."""

    en: str
    zh: str

    @classmethod
    def same(cls, text: str) -> Text:
        """A text that needs no translation: a number, a path, a machine's own words."""
        return cls(text, text)

    def say(self, lang: Lang) -> str:
        """The wording in one language."""
        return self.zh if lang == "zh" else self.en

    def changed(self, change: Callable[[str], str]) -> Text:
        """The same text with both wordings changed."""
        return type(self)(*map(change, self))


class Found(Text):
    """What a probe says of the machine: in English, as it is recorded; its Chinese is looked up when read."""

    @classmethod
    def of(cls, *pieces: Union[str, Text]) -> Found:
        """Of a probe's words, and of texts that stand around them."""
        if len(pieces) == 1 and isinstance(pieces[0], str) and _BETWEEN not in pieces[0]:
            return cls(pieces[0], pieces[0])
        english = "".join(piece if isinstance(piece, str) else piece.en for piece in pieces)
        return cls(
            english,
            "".join(
                piece.replace(_BETWEEN, " ") if isinstance(piece, str) else f"{_BETWEEN}{piece.zh}{_BETWEEN}"
                for piece in pieces
            ),
        )

    @property
    def zh(self) -> str:
        """The Chinese wording, made when it is asked for: most reports are read in one language."""
        from envcheck.phrases import chinese

        pieces = self[1].split(_BETWEEN)
        pieces[::2] = map(chinese, pieces[::2])
        return "".join(pieces)
