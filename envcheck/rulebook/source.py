"""YAML as a tree that remembers where each part stands, so that an error can say so.

Rule files are plain data: mappings, lists and scalars.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal, Optional, TypeVar, Union

from envcheck.errors import RequestError
from envcheck.text import Text

MAX_BYTES = 2 << 20
MAX_DEPTH = 32
MAX_PARTS = 100_000
"""Keys and values of a file: five times those of a thousand checks."""
MAX_ERRORS = 100
"""Of one rule set. Whoever made more mistakes reads these first; a hostile file costs no more."""
_SHOWN = 60
"""Characters of a text that a message repeats."""

_FEW = 3
"""Keys that a message can name beside the rest that it says."""
_NULL = frozenset(("", "~", "null"))

_IN_IDS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")

Kind = Literal["map", "list", "scalar"]
Scalar = Union[str, int, float, bool, None]


T = TypeVar("T")
R = TypeVar("R")


class RuleErrors(RequestError):
    """What is wrong in the rule files that were read, a line each, nothing said twice."""

    def __init__(self, errors: Iterable[RuleError]) -> None:
        once = {str(error): error for error in errors}.values()
        self.errors = sorted(once, key=lambda error: (error.file, error.line, error.column))
        super().__init__("\n".join(map(str, self.errors)))


class RuleError(RuleErrors):
    """One thing is wrong in a rule file: where (file, line, column from 1) and what."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        RequestError.__init__(self, f"{file}:{line}:{column}: {message}")
        self.errors = [self]
        self.file = file
        self.line = line
        self.column = column
        self.message = message


def each(build: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """What `build` makes of every item. Raises RuleErrors with what is wrong with any of them."""
    built: list[R] = []
    errors: list[RuleError] = []
    for item in items:
        try:
            built.append(build(item))
        except RuleErrors as error:
            errors += error.errors
            if len(errors) >= MAX_ERRORS:
                break
    refuse(errors)
    return built


def refuse(errors: list[RuleError]) -> None:
    """Raise the errors, if there are any: one by itself, more of them as RuleErrors."""
    if errors:
        raise errors[0] if len(errors) == 1 else RuleErrors(errors[:MAX_ERRORS])


def quoted(text: str) -> str:
    """A text for a message: in quotes, escaped, the end of a long one left out."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


Plain = tuple[Kind, int, int, str, bool, "Sequence[Plain]"]
"""A part of a YAML file as it is parsed and kept: kind, line, column, text, whether the text is
a plain one, and the parts below, of a mapping keys and values by turns."""


class Node:
    """A part of a YAML file. `text` is a scalar as written (3.10 is not 3.1).

    The parts below are made when they are asked for: most never are.
    """

    __slots__ = ("_below", "_by_key", "_children", "column", "file", "kind", "line", "plain", "text")

    def __init__(self, file: str, plain: Plain) -> None:
        self.file = file
        self.kind, self.line, self.column, self.text, self.plain, self._below = plain
        self._children: Optional[list[Node]] = None
        self._by_key: Optional[dict[str, Node]] = None

    @property
    def whole(self) -> Plain:
        """All of it, as it was parsed and is kept."""
        return self.kind, self.line, self.column, self.text, self.plain, self._below

    @property
    def children(self) -> list[Node]:
        """The items of a list; the keys and values of a mapping by turns."""
        if self._children is None:
            self._children = self._parts()
        return self._children

    def _parts(self) -> list[Node]:
        file = self.file
        return [Node(file, plain) for plain in self._below]

    def _pairs(self) -> dict[str, Node]:
        """The values of a mapping by key."""
        file, below = self.file, self._below
        return {key[3]: Node(file, value) for key, value in zip(below[::2], below[1::2])}

    def _texts(self) -> dict[str, str]:
        """The texts in a mapping by key, empty where a value is none."""
        below = self._below
        return {key[3]: value[3] for key, value in zip(below[::2], below[1::2])}

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

    def by_key(self, wanted: Collection[str] = ()) -> dict[str, Node]:
        """The values of a mapping, not to be changed; raises RuleError, naming `wanted`, if this is none."""
        if self.kind != "map":
            form = f", {{{', '.join(f'{name}: …' for name in wanted)}}}" if wanted else ""
            raise self.error(f"a mapping is wanted here{form}, not {self.described()}")
        if self._by_key is None:
            self._by_key = self._pairs()
        return self._by_key

    def list(self) -> list[Node]:
        """The items of a list; raises RuleError if this is none."""
        if self.kind != "list":
            alone = f"; one alone is [{self.text}]" if self.kind == "scalar" and self.text else ""
            raise self.error(f"a list is wanted here, not {self.described()}{alone[:_SHOWN]}")
        return self.children

    def string(self) -> str:
        """The scalar as text; raises RuleError if this is not a text."""
        if self.kind != "scalar" or self.is_nothing():
            raise self.error(f"a text is wanted here, not {self.described()}")
        return self.text

    def is_nothing(self) -> bool:
        """Whether this is a scalar without a value: empty, blank, or what YAML calls null."""
        text = self.text
        return self.kind == "scalar" and (not text or text.isspace() or (text in _NULL and self.plain))

    def flag(self) -> bool:
        """The scalar as true or false; raises RuleError for anything else."""
        if self.value is not True and self.value is not False:
            raise self.error(f"true or false is wanted here, not {self.described()}")
        return bool(self.value)

    def described(self) -> str:
        """What this is, for a message."""
        if self.kind == "scalar":
            return "nothing" if self.is_nothing() else quoted(self.text)
        return {"map": "a mapping", "list": "a list"}[self.kind]

    def fields(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, Node]:
        """The values by key, not to be changed; an unknown or a missing key is an error that advises."""
        found = self.by_key(required or (known if len(known) <= _FEW else ()))
        if found.keys() <= frozenset(known) and all(name in found for name in required):
            return found
        unknown = [key for key, _ in self.items() if key.text not in known][:MAX_ERRORS]
        missing = [name for name in required if name not in found]
        errors = []
        for key in unknown:
            meant = nearest_of(key.text, known)
            halved = (
                "" if meant or not found[key.text].is_nothing() else "; a text with a comma stands in quotes"
            )
            errors.append(key.error(f"unknown key {quoted(key.text)}{nearest(key.text, known)}{halved}"))
            missing = [name for name in missing if name != meant]  # one mistake, one error
        refuse(errors + [self.error(f"the key {name!r} is missing") for name in missing])
        return found

    def bilingual(self) -> Text:
        """`{en: …, zh: …}`, both languages there."""
        if self.kind != "map":
            raise self.error(f"both languages are wanted here, {{en: …, zh: …}}, not {self.described()}")
        texts = self._texts()
        if texts.keys() == {"en", "zh"} and _NULL.isdisjoint(map(str.strip, texts.values())):
            return Text(texts["en"], texts["zh"])
        parts = self.fields(("en", "zh"), required=("en", "zh"))
        return Text(*each(Node.string, (parts["en"], parts["zh"])))


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or the known names where none is near."""
    names = sorted(known)
    close = nearest_of(name, names)
    if close:
        return f"; did you mean {close!r}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 12 else ""  # noqa: PLR2004 - fits a line or two


def nearest_of(name: str, known: Iterable[str]) -> str:
    """The known name that was meant, by its letters whatever their case; empty if none is near."""
    import difflib

    by_letters = {_letters(other): other for other in known}
    close = difflib.get_close_matches(_letters(name), by_letters, n=1, cutoff=0.6)
    return by_letters[close[0]] if close else ""


def _letters(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")


def is_id(text: str) -> bool:
    """Whether this can be the id of a check, or the name of a module."""
    return _IN_IDS.issuperset(text) and "" not in text.split("-")


def read_yaml(path: str) -> Node:
    """Parse a file. Raises RequestError for a file that cannot be read, RuleErrors for no plain YAML."""
    return parse_yaml(read_regular(path), path)


def read_regular(path: str) -> bytes:
    """The content of a rule file among others. Raises RequestError, also for what is no file.

    Whoever lists a directory knows what he opens: to open a pipe may take for ever.
    """
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror or error}") from error
    if not stat.S_ISREG(mode):
        raise RequestError(
            f"{path}: {'a directory' if stat.S_ISDIR(mode) else 'no regular file'}, not a rule file"
        )
    return read_bytes(path)


def read_bytes(path: str) -> bytes:
    """The content of a rule file. Raises RequestError where it cannot be read or is too large."""
    try:
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise RuleError(path, 1, 1, f"the file is larger than {MAX_BYTES >> 20} MiB")
    return content


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
