"""The parser of rule files: the events of PyYAML, built into the tree of `source`.

Anchors, aliases and tags are refused, and size and depth are bounded, so that no file can
exhaust the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

import yaml

from envcheck.rulebook.source import Kind, Node, RuleError

MAX_DEPTH = 32

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS: dict[type, Kind] = {
    yaml.ScalarEvent: "scalar",
    yaml.MappingStartEvent: "map",
    yaml.SequenceStartEvent: "list",
}
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def parse(content: bytes, file: str) -> Node:
    """Parse the bytes of one YAML document; `file` is the name that errors show. Raises RuleError."""
    try:
        return _Builder(file).build(_LOADER(content).get_event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise RuleError(file, line, column, f"not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleError(file, 1, 1, f"not YAML: {' '.join(str(error).split())}") from error


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[Node] = []
        self.root: Optional[Node] = None

    def build(self, next_event: Callable[[], Any]) -> Node:
        while True:
            event = next_event()
            kind = _KINDS.get(type(event))
            if kind == "scalar":
                node = self.add(kind, event)
                node.text = event.value
                node.plain = event.implicit[0]
            elif kind is not None:
                self.open.append(self.add(kind, event))
            elif type(event) in _ENDS:
                _refuse_repeated_keys(self.open.pop())
            elif type(event) is yaml.AliasEvent:
                raise self.error(event, "anchors and aliases are not used in rule files")
            elif type(event) is yaml.StreamEndEvent:
                break
        if self.root is None:
            raise RuleError(self.file, 1, 1, "the file is empty")
        return self.root

    def add(self, kind: Kind, event: Any) -> Node:  # noqa: ANN401 - PyYAML types only the base class
        node = self.node(kind, event)
        if event.anchor is not None:
            raise node.error("anchors and aliases are not used in rule files")
        if event.tag is not None and event.tag != "!":
            raise node.error(f"tags such as {event.tag} are not used in rule files")
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
        return Node(kind, self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def error(self, event: Any, message: str) -> RuleError:  # noqa: ANN401
        return self.node("scalar", event).error(message)


def _refuse_repeated_keys(node: Node) -> None:
    seen: set[str] = set()
    for key in node.children[::2] if node.kind == "map" else ():
        if key.kind != "scalar":
            raise key.error("a key is a word, not a list or mapping")
        if key.text in seen:
            raise key.error(f"the key {key.text!r} stands here twice")
        seen.add(key.text)
