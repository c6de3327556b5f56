"""The shipped rule files as parsed trees.

A run that must import yaml and parse executes 600 million instructions, one that reads the
kept trees 510 (`valgrind --tool=callgrind`).
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Optional

from envcheck.rulebook.kept import Shelf, shipped_rules
from envcheck.rulebook.source import Node, read_yaml

MAGIC = b"envcheck tree 4\n"

Version = tuple[int, int]


def tree(path: str) -> Optional[Node]:
    """The tree of a shipped rule file, kept from an earlier run or from now on.

    None for any other file, and where nothing can be kept: whoever needs only a part may
    parse less than the whole. Raises RequestError as `read_yaml` does.
    """
    plain = _kept(path, _whole)
    return None if plain is None else Node(path, plain)


def entries(path: str) -> Optional[dict[str, Callable[[], Node]]]:
    """As `tree`, of a file with one list whose every entry begins with its id: what gives each."""
    kept = _kept(path, _entries)
    return kept and {name: partial(_entry, path, content) for name, content in kept.items()}


def _whole(node: Node) -> Any:  # noqa: ANN401 - a Plain, as marshal takes it
    return node.whole


def _entries(node: Node) -> dict[str, bytes]:
    """Each by itself: a run needs few of them, and reading all takes 2 ms."""
    return {each.children[1].text: marshal.dumps(_whole(each)) for each in node.children[1].children}


def _entry(path: str, content: bytes) -> Node:
    return Node(path, marshal.loads(content))  # noqa: S302 - by us or root, see `kept`


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
