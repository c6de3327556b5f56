"""Compiled databases, kept beside the rule sets and trusted no further than these.

To compile all signatures takes half a second, to read them compiled a millisecond. As with the
trees of rule files (`envcheck.rulebook.kept`), what is kept must belong to us or root.
"""

from __future__ import annotations

from typing import Optional

from envcheck.rulebook.kept import Shelf


def load(name: str, key: bytes) -> Optional[bytes]:
    """What was kept under the name, if it was with the same key."""
    with Shelf() as shelf:
        content = shelf.load(name)
    return content[len(key) :] if content is not None and content.startswith(key) else None


def keep(name: str, key: bytes, content: bytes) -> None:
    """Keep the content under the name, where that can be done."""
    with Shelf() as shelf:
        shelf.keep(name, key + content)
