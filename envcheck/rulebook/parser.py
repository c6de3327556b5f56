"""The parser of rule files: the events of PyYAML, built into the tree of `source`.

Anchors, aliases and tags are refused, and size and depth are bounded, so that no file can
exhaust the machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Optional

import yaml

from envcheck.rulebook.composer import compose
from envcheck.rulebook.source import MAX_DEPTH, MAX_PARTS, Kind, Node, Plain, RuleError, quoted

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS: dict[type, Kind] = {
    yaml.ScalarEvent: "scalar",
    yaml.MappingStartEvent: "map",
    yaml.SequenceStartEvent: "list",
}
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


_QUOTES = 'a text that begins with > or | stands in quotes: ">= 3.10"'
_COMMAS = "a text with a comma, colon or bracket stands in quotes"
_KEYS = "behind a key stand a colon and a blank"
_INDENT = "what belongs together begins in the same column"
_NOT_ALLOWED = "mapping values are not allowed in this context"
_NO_COLON = "could not find expected ':'"
_ADVICE = {
    "found character that cannot start any token": "put the text in quotes, and indent with blanks, not tabs",
    "found a tab character": "indent with blanks",
    _NOT_ALLOWED: "a text with a colon and a blank stands in quotes",
    "did not find expected ','": _COMMAS,
    _NO_COLON: _KEYS,
    "found unexpected ':'": _KEYS,
    "did not find expected '-' indicator": _INDENT,
    "did not find expected key": _INDENT,
    "found unexpected end of stream": "the quote that begins here does not end",
    "did not find expected comment or line break": _QUOTES,
    "expected chomping or indentation indicators": _QUOTES,
    "did not find expected alphabetic or numeric": "a text that begins with & or * stands in quotes",
}
"""What to do about the errors that rule files make most; by how PyYAML begins to say them."""
_OPEN = "the bracket that begins here does not end"
_KEY = re.compile(r"[\s-]*[\w-]+$")
_ALONE = f"{_INDENT}, and {_KEYS}"
"""Where a key stands for which there is no place, and no colon before it."""
_PLAIN = {"，": ",", "：": ":", "｛": "{", "｝": "}", "［": "[", "］": "]", "“": '"', "”": '"', "\u00a0": " "}
_FULL_WIDTH = re.compile(f"[{''.join(_PLAIN)}]")
_ANCHORS = "anchors and aliases are not used in rule files; a text that begins with & or * stands in quotes"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""Marks that begin a file in UTF-16 or UTF-32."""
_NOT_TEXT = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))


def parse(content: bytes, file: str) -> Node:
    """Parse the bytes of one YAML document; `file` is the name that errors show. Raises RuleError."""
    _check_encoding(content, file)
    try:
        return compose(content, file) or Node(file, _Builder(file).build(_LOADER(content).get_event))
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, content, file) from error
    except yaml.YAMLError as error:
        raise RuleError(file, 1, 1, f"not YAML: {' '.join(str(error).split())}") from error


def _check_encoding(content: bytes, file: str) -> None:
    """Raise RuleError for what is no text in UTF-8, where PyYAML would not say the place, or guess."""
    if content[:2] in _WIDE or b"\0" in content[:2]:
        raise RuleError(file, 1, 1, "the file is in UTF-16 or UTF-32, or no text: save it as UTF-8")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        at, wrong = error.start, f"not UTF-8: byte 0x{content[error.start]:02x}; save the file as UTF-8"
    else:
        if len(content.translate(None, _NOT_TEXT)) == len(content):
            return
        at = next(at for at, byte in enumerate(content) if byte in _NOT_TEXT)
        wrong = f"not YAML: control character 0x{content[at]:02x}"
    line = content.count(b"\n", 0, at)
    begin = content.rfind(b"\n", 0, at) + 1
    raise RuleError(file, line + 1, len(content[begin:at].decode()) + 1, wrong)


def _not_yaml(error: yaml.MarkedYAMLError, content: bytes, file: str) -> RuleError:
    """The parser's error, where it stands; what the end of the file leaves open, where it begins."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        return RuleError(file, 1, 1, f"not YAML: {error.problem or error.context}")
    said, text = str(error.problem or error.context), content.decode()
    if begun is not None and said.startswith(_NO_COLON):
        mark = begun
    line = "".join(text.splitlines()[mark.line : mark.line + 1])
    advice = _advice(said, line, line[: mark.column])
    if begun is not None and advice.startswith(_COMMAS):
        if mark.index >= len(text.rstrip()) or (begun.line != mark.line and _KEY.match(line[: mark.column])):
            mark, advice = begun, _OPEN
    elif begun is not None and mark.index >= len(text.rstrip()):
        mark = begun
    if begun is not None and begun.line != mark.line and not advice:
        advice = f"{error.context}, line {begun.line + 1}"
    message = f"not YAML: {said}; {advice}" if advice else f"not YAML: {said}"
    return RuleError(file, mark.line + 1, mark.column + 1, message)


def _advice(said: str, line: str, before: str) -> str:
    """What to do about an error in a line, `before` being what of it was understood; empty for a rare one."""
    advice = next((text for start, text in _ADVICE.items() if said.startswith(start)), "")
    if said.startswith(_NOT_ALLOWED) and ": " not in before:
        advice = _ALONE
    wide = _FULL_WIDTH.search(line) if advice in (_COMMAS, _KEYS) else None
    if wide is not None:
        advice += f"; {wide[0]!r} is a letter like others, not what is typed as {_PLAIN[wide[0]]!r}"
    return advice


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[tuple[Plain, list[Plain]]] = []
        self.root: Optional[Plain] = None
        self.count = 0

    def build(self, next_event: Callable[[], Any]) -> Plain:
        while True:
            event = next_event()
            kind = _KINDS.get(type(event))
            if kind is not None:
                self.add(kind, event)
            elif type(event) in _ENDS:
                self.refuse_repeated_keys(*self.open.pop())
            elif type(event) is yaml.AliasEvent:
                mark: Any = event.start_mark
                raise RuleError(self.file, mark.line + 1, mark.column + 1, _ANCHORS)
            elif type(event) is yaml.StreamEndEvent:
                break
        if self.root is None:
            raise RuleError(self.file, 1, 1, "the file is empty")
        return self.root

    def add(self, kind: Kind, event: Any) -> None:  # noqa: ANN401 - PyYAML types only the base class
        below: list[Plain] = []
        mark = event.start_mark
        if kind == "scalar":
            part: Plain = (kind, mark.line + 1, mark.column + 1, event.value, event.implicit[0], ())
        else:
            part = (kind, mark.line + 1, mark.column + 1, "", False, below)
        self.check(part, event)
        if self.open:
            self.open[-1][1].append(part)
        else:
            self.root = part
        if kind != "scalar":
            self.open.append((part, below))

    def check(self, part: Plain, event: Any) -> None:  # noqa: ANN401
        if event.anchor is not None:
            raise self.error(part, _ANCHORS)
        if event.tag is not None and event.tag != "!":
            advice = "; put the text in quotes" if event.tag.startswith("!=") else ""
            raise self.error(part, f"tags such as {quoted(event.tag)} are not used in rule files{advice}")
        self.count += 1
        if self.count > MAX_PARTS:
            raise self.error(part, f"more than {MAX_PARTS} keys and values: divide the file")
        if len(self.open) >= MAX_DEPTH:
            raise self.error(part, f"nested deeper than {MAX_DEPTH} levels")
        if not self.open and self.root is not None:
            raise self.error(part, "only one YAML document is wanted in a file")

    def error(self, part: Plain, message: str) -> RuleError:
        return Node(self.file, part).error(message)

    def refuse_repeated_keys(self, part: Plain, below: list[Plain]) -> None:
        seen: set[str] = set()
        if part[0] != "map":
            return
        for key in below[::2]:
            if key[0] != "scalar":
                raise self.error(key, "a key is a word, not a list or mapping")
            if key[3] in seen:
                raise self.error(key, f"the key {quoted(key[3])} stands here twice")
            seen.add(key[3])
