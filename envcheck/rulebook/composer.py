"""Trees of sound rule files in half the time, by the composer of PyYAML's C library.

It makes one object of a key or value where the parser of events makes three. But of what
`parser` refuses it sees a part only: it gives a tree where nothing is wrong, and says no
more. What is wrong, and where, the events tell.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, Optional

import yaml

from envcheck.rulebook.source import MAX_DEPTH, MAX_PARTS, Kind, Node, Plain


def compose(content: bytes, file: str) -> Optional[Node]:
    """The tree of one document; None for one that the parser of events is to read, and perhaps refuse."""
    if not yaml.__with_libyaml__ or _is_unusual(content):
        return None
    try:
        root = _Composer(content).get_single_node()
        if root is None:
            return None
        _check(root)
        if _may_have_tags(content) and _has_tag(root):
            return None
    except (yaml.YAMLError, _Doubtful):
        return None
    return _Composed(file, root)


def _is_unusual(content: bytes) -> bool:
    """Whether there may be anchors, more parts than may be, or more levels than C's stack holds.

    Without anchors there are no aliases either. A level takes a bracket, or two of them a column.
    """
    return (
        b"&" in content
        or len(content) >= MAX_PARTS
        or content.count(b"[") + content.count(b"{") > _MAX_BRACKETS
        or max(map(len, content.split(b"\n"))) > _MAX_LINE
    )


class _Doubtful(Exception):
    """The parser of events may have something against it."""


_PARSER: Any = yaml.cyaml.CParser if yaml.__with_libyaml__ else object  # type: ignore[attr-defined]


_MAX_BRACKETS = 500
_MAX_LINE = 500


class _Composer(_PARSER):  # type: ignore[misc]
    """Calls what follows for each part of a document; the names are PyYAML's."""

    def descend_resolver(self, _parent: object, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass

    def resolve(self, _kind: type, _value: object, implicit: object) -> object:
        """What becomes of a missing tag: of a scalar first whether it is a plain one."""
        return implicit


_Scalar, _Mapping, _Sequence = yaml.ScalarNode, yaml.MappingNode, yaml.SequenceNode


def _check(made: Any, depth: int = 1) -> None:  # noqa: ANN401 - PyYAML's nodes are not typed
    """Raise _Doubtful for too many levels, and for keys that stand twice or are no words."""
    below = made.value
    if below and depth >= MAX_DEPTH:
        raise _Doubtful
    if made.__class__ is _Mapping:
        if len({key.value for key, _ in below if key.__class__ is _Scalar}) != len(below):
            raise _Doubtful
        for _, value in below:
            if value.__class__ is not _Scalar:
                _check(value, depth + 1)
    elif made.__class__ is _Sequence:
        for item in below:
            if item.__class__ is not _Scalar:
                _check(item, depth + 1)


def _may_have_tags(content: bytes) -> bool:
    """Right after a quote no tag begins, but a text such as "!= x" may."""
    return b"!" in content and b"!" in content.replace(b'"!', b"").replace(b"'!", b"")


def _has_tag(made: Any) -> bool:  # noqa: ANN401
    """Whether it, or a part of it, bears a tag, which then is a text."""
    if made.tag.__class__ is str:
        return True
    if made.__class__ is _Scalar:
        return False
    parts = chain.from_iterable(made.value) if made.__class__ is _Mapping else made.value
    return any(map(_has_tag, parts))


_KINDS: dict[type, Kind] = {_Scalar: "scalar", _Mapping: "map", _Sequence: "list"}


class _Composed(Node):
    """A part of a file as PyYAML made it; where it stands is worked out if that is asked for."""

    __slots__ = ("_made",)

    def __init__(self, file: str, made: Any) -> None:  # noqa: ANN401
        self.file = file
        self.kind = _KINDS[made.__class__]
        if self.kind == "scalar":
            self.plain, self.text = made.tag[0], made.value
        else:
            self.plain, self.text = False, ""
        self._made = made
        self._children = self._by_key = None

    @property
    def line(self) -> int:  # type: ignore[override]
        line: int = self._made.start_mark.line
        return line + 1

    @property
    def column(self) -> int:  # type: ignore[override]
        column: int = self._made.start_mark.column
        return column + 1

    @property
    def whole(self) -> Plain:
        return (self.kind, self.line, self.column, self.text, self.plain, [n.whole for n in self.children])

    def _parts(self) -> list[Node]:
        if self.kind == "map":
            return [_Composed(self.file, part) for pair in self._made.value for part in pair]
        return [_Composed(self.file, part) for part in self._made.value] if self.kind == "list" else []

    def _pairs(self) -> dict[str, Node]:
        file = self.file
        return {key.value: _Composed(file, value) for key, value in self._made.value}

    def _texts(self) -> dict[str, str]:
        return {
            key.value: value.value if value.__class__ is _Scalar else "" for key, value in self._made.value
        }
