"""YAML as a tree that remembers where each part stands, so that an error can say so.

Rule files are plain data: mappings, lists and scalars.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Union

from envcheck.errors import RequestError
from envcheck.text import Text

MAX_BYTES = 2 << 20

Kind = Literal["map", "list", "scalar"]
Scalar = Union[str, int, float, bool, None]


class RuleError(RequestError):
    """Something is wrong in a rule file: where (file, line, column from 1) and what."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{file}:{line}:{column}: {message}")
        self.file = file
        self.line = line
        self.column = column
        self.message = message


class RuleErrors(RequestError):
    """Everything wrong in the rule files that were read, a line each."""

    def __init__(self, errors: list[RuleError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


class Node:
    """A part of a YAML file. `text` is a scalar as written (3.10 is not 3.1)."""

    __slots__ = ("children", "column", "file", "kind", "line", "plain", "text")

    def __init__(self, kind: Kind, file: str, line: int, column: int) -> None:
        self.kind = kind
        self.file = file
        self.line = line
        self.column = column
        self.text = ""
        self.plain = False
        self.children: list[Node] = []

    def error(self, message: str) -> RuleError:
        """An error that points here."""
        return RuleError(self.file, self.line, self.column, message)

    @property
    def value(self) -> Scalar:
        """The scalar by YAML 1.2's core schema: `no` and `on` are words, not booleans."""
        return _resolve(self.text) if self.plain else self.text

    def items(self) -> list[tuple[Node, Node]]:
        """The keys and values of a mapping; raises RuleError if this is none."""
        if self.kind != "map":
            raise self.error(f"a mapping is wanted here, not {self.described()}")
        return list(zip(self.children[::2], self.children[1::2]))

    def list(self) -> list[Node]:
        """The items of a list; raises RuleError if this is none."""
        if self.kind != "list":
            raise self.error(f"a list is wanted here, not {self.described()}")
        return self.children

    def string(self) -> str:
        """The scalar as text; raises RuleError if this is not a text."""
        if self.kind != "scalar" or not self.text:
            raise self.error(f"a text is wanted here, not {self.described()}")
        return self.text

    def flag(self) -> bool:
        """The scalar as true or false; raises RuleError for anything else."""
        if self.value is not True and self.value is not False:
            raise self.error(f"true or false is wanted here, not {self.described()}")
        return bool(self.value)

    def described(self) -> str:
        """What this is, for a message."""
        if self.kind == "scalar":
            return repr(self.text) if self.text else "nothing"
        return {"map": "a mapping", "list": "a list"}[self.kind]

    def fields(self, known: Iterable[str], required: Iterable[str] = ()) -> dict[str, Node]:
        """The mapping by key; an unknown or missing key is an error with the nearest name."""
        known = tuple(known)
        found: dict[str, Node] = {}
        for key, value in self.items():
            if key.text not in known:
                raise key.error(f"unknown key {key.text!r}{nearest(key.text, known)}")
            found[key.text] = value
        for name in required:
            if name not in found:
                raise self.error(f"the key {name!r} is missing")
        return found

    def bilingual(self) -> Text:
        """`{en: …, zh: …}`, both languages there."""
        parts = self.fields(("en", "zh"), required=("en", "zh"))
        return Text(parts["en"].string(), parts["zh"].string())


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or the known names where none is near."""
    import difflib

    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(names)}" if len(names) <= 12 else ""  # noqa: PLR2004 - fits a line or two


def read_yaml(path: str) -> Node:
    """Parse a file. Raises RuleError for a file that cannot be read or is no plain YAML."""
    try:
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise RuleError(path, 1, 1, f"the file is larger than {MAX_BYTES >> 20} MiB")
    return parse_yaml(content, path)


def parse_yaml(content: bytes, file: str) -> Node:
    """Parse the bytes of one YAML document; `file` is the name that errors show. Raises RuleError."""
    from envcheck.rulebook import parser  # yaml takes 16 ms to import

    return parser.parse(content, file)


_CONSTANTS: dict[str, Scalar] = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "null": None, "~": None, "": None,
}  # fmt: skip


def _resolve(text: str) -> Scalar:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in "+-.0123456789":
        for number in (int, float):
            try:
                return number(text)
            except ValueError:
                continue
    return text
