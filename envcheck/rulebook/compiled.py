"""The shipped rule files as parsed trees.

A run that must import yaml and parse executes 600 million instructions, one that reads the
kept trees 510 (`valgrind --tool=callgrind`).
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, Optional

from envcheck.rulebook.kept import Shelf, shipped_rules
from envcheck.rulebook.source import Node, read_yaml

MAGIC = b"envcheck tree 3\n"

Version = tuple[int, int]


def tree(path: str) -> Optional[Node]:
    """The tree of a shipped rule file, kept from an earlier run or from now on.

    None for any other file, and where nothing can be kept: whoever needs only a part may
    parse less than the whole. Raises RequestError as `read_yaml` does.
    """
    plain = _kept(path, _plain)
    return None if plain is None else _Kept(path, plain)


def entries(path: str) -> Optional[dict[str, Callable[[], Node]]]:
    """As `tree`, of a file with one list whose every entry begins with its id: what gives each."""
    kept = _kept(path, _entries)
    return kept and {name: partial(_entry, path, content) for name, content in kept.items()}


class _Kept(Node):
    """A node of a kept tree. Its children are made when they are asked for: most never are."""

    def __init__(self, file: str, plain: Any) -> None:  # noqa: ANN401 - what `_plain` made
        self.file = file
        self.kind, self.line, self.column, self.text, self.plain, self._below = plain

    @cached_property
    def children(self) -> list[Node]:  # type: ignore[override]
        return [_Kept(self.file, plain) for plain in self._below]


def _plain(node: Node) -> Any:  # noqa: ANN401 - plain tuples, texts and numbers
    """A node as `marshal` can write it."""
    return (node.kind, node.line, node.column, node.text, node.plain, tuple(map(_plain, node.children)))


def _entries(node: Node) -> dict[str, bytes]:
    """Each by itself: a run needs few of them, and reading all takes 2 ms."""
    return {each.children[1].text: marshal.dumps(_plain(each)) for each in node.children[1].children}


def _entry(path: str, content: bytes) -> Node:
    return _Kept(path, marshal.loads(content))  # noqa: S302 - by us or root, see `kept`


def _kept(path: str, form: Callable[[Node], Any]) -> Any:  # noqa: ANN401 - what `form` made
    """What `form` makes of the file's tree; None where that is not, and cannot be, kept."""
    if os.path.dirname(path) != shipped_rules():
        return None
    with suppress(OSError), Shelf() as shelf:
        version = _version(path)  # before the file is read: later it may be another
        found = _load(shelf, path, version)
        if found is None and shelf.writable:
            found = form(read_yaml(path))
            shelf.keep(os.path.basename(path), MAGIC + marshal.dumps((version, found)))
        return found
    return None


def _load(shelf: Shelf, path: str, wanted: Version) -> Any:  # noqa: ANN401 - what was kept
    content = shelf.load(os.path.basename(path))
    if content is None or not content.startswith(MAGIC):
        return None
    with suppress(ValueError, EOFError, TypeError):
        version, found = marshal.loads(content[len(MAGIC) :])  # noqa: S302 - by us or root, see `kept`
        if version == wanted:
            return found
    return None


def _version(path: str) -> Version:
    """By which a file is known to be the same."""
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size
