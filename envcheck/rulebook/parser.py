"""The parser of rule files: the events of PyYAML, built into the tree of `source`.

Anchors, aliases and tags are refused, and size and depth are bounded, so that no file can
exhaust the machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Optional

import yaml

from envcheck.rulebook.source import Kind, Node, RuleError, quoted

MAX_DEPTH = 32
MAX_PARTS = 100_000
"""Keys and values of a file: five times those of a thousand checks."""

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS: dict[type, Kind] = {
    yaml.ScalarEvent: "scalar",
    yaml.MappingStartEvent: "map",
    yaml.SequenceStartEvent: "list",
}
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


_QUOTES = 'a text that begins with > or | stands in quotes: ">= 3.10"'
_ADVICE = {
    "found character that cannot start any token": "put the text in quotes, and indent with blanks, not tabs",
    "mapping values are not allowed in this context": "a text with a colon and a blank stands in quotes",
    "did not find expected comment or line break": _QUOTES,
    "expected chomping or indentation indicators": _QUOTES,
    "did not find expected alphabetic or numeric": "a text that begins with & or * stands in quotes",
}
"""What to do about the errors that rule files make most; by how PyYAML begins to say them."""
_ANCHORS = "anchors and aliases are not used in rule files; a text that begins with & or * stands in quotes"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""Marks that begin a file in UTF-16 or UTF-32."""
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parse(content: bytes, file: str) -> Node:
    """Parse the bytes of one YAML document; `file` is the name that errors show. Raises RuleError."""
    _check_encoding(content, file)
    try:
        return _Builder(file).build(_LOADER(content).get_event)
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
        found = _NOT_TEXT.search(content)
        if found is None:
            return
        at, wrong = found.start(), f"not YAML: control character 0x{found[0][0]:02x}"
    line = content.count(b"\n", 0, at)
    begin = content.rfind(b"\n", 0, at) + 1
    raise RuleError(file, line + 1, len(content[begin:at].decode()) + 1, wrong)


def _not_yaml(error: yaml.MarkedYAMLError, content: bytes, file: str) -> RuleError:
    """The parser's error, where it stands; what the end of the file leaves open, where it begins."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        return RuleError(file, 1, 1, f"not YAML: {error.problem or error.context}")
    if begun is not None and mark.index >= len(content.decode().rstrip()):
        mark = begun
    said = str(error.problem or error.context)
    advice = next((text for start, text in _ADVICE.items() if said.startswith(start)), "")
    if begun is not None and begun.line != mark.line and not advice:
        advice = f"{error.context}, line {begun.line + 1}"
    message = f"not YAML: {said}; {advice}" if advice else f"not YAML: {said}"
    return RuleError(file, mark.line + 1, mark.column + 1, message)


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[Node] = []
        self.root: Optional[Node] = None
        self.count = 0

    def build(self, next_event: Callable[[], Any]) -> Node:
        while True:
            event = next_event()
            kind = _KINDS.get(type(event))
            if kind is not None:
                node = self.add(kind, event)
                if kind == "scalar":
                    node.text = event.value
                    node.plain = event.implicit[0]
                else:
                    self.open.append(node)
            elif type(event) in _ENDS:
                _refuse_repeated_keys(self.open.pop())
            elif type(event) is yaml.AliasEvent:
                raise self.node("scalar", event).error(_ANCHORS)
            elif type(event) is yaml.StreamEndEvent:
                break
        if self.root is None:
            raise RuleError(self.file, 1, 1, "the file is empty")
        return self.root

    def add(self, kind: Kind, event: Any) -> Node:  # noqa: ANN401 - PyYAML types only the base class
        node = self.node(kind, event)
        if event.anchor is not None:
            raise node.error(_ANCHORS)
        if event.tag is not None and event.tag != "!":
            advice = "; put the text in quotes" if event.tag.startswith("!=") else ""
            raise node.error(f"tags such as {quoted(event.tag)} are not used in rule files{advice}")
        self.count += 1
        if self.count > MAX_PARTS:
            raise node.error(f"more than {MAX_PARTS} keys and values: divide the file")
        if self.open:
            if len(self.open) >= MAX_DEPTH:
                raise node.error(f"nested deeper than {MAX_DEPTH} levels")
            self.open[-1].children.append(node)
        elif self.root is None:
            self.root = node
        else:
            raise node.error("only one YAML document is wanted in a file")
        return node

    def node(self, kind: Kind, event: Any) -> Node:  # noqa: ANN401
        mark = event.start_mark
        return Node(kind, self.file, mark.line + 1, mark.column + 1)


def _refuse_repeated_keys(node: Node) -> None:
    seen: set[str] = set()
    if node.kind != "map":
        return
    for key in node.children[::2]:
        if key.kind != "scalar":
            raise key.error("a key is a word, not a list or mapping")
        if key.text in seen:
            raise key.error(f"the key {quoted(key.text)} stands here twice")
        seen.add(key.text)
