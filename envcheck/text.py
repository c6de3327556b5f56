"""Texts for people, in English and Chinese."""

from __future__ import annotations

from typing import Literal

from envcheck.record import Record

Lang = Literal["en", "zh"]


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
