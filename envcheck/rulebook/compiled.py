"""The rule files that come with envcheck, kept as parsed trees beside them.

As Python keeps its own modules, in a `__pycache__` and by the same leave: a run that must
import yaml and parse executes 600 million instructions, one that reads the kept trees 510
(`valgrind --tool=callgrind`). Only the shipped files are kept so: a directory that the user
names is left as it is.

In the unpacked kit, where nothing is written, they were kept when it was built, in a directory
of their own: `rules/` holds nothing but what people edit.

What is kept is trusted no further than the code itself: it must belong to us or root, in a
directory that does too, writable by nobody else. Whatever is in doubt is parsed anew.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
from contextlib import suppress
from functools import cache, cached_property
from typing import Any, Optional

import envcheck
from envcheck.rulebook.source import Node, read_yaml

MAGIC = b"envcheck tree 1\n"
FOLDER = "__pycache__"


@cache
def shipped_rules() -> str:
    """The directory of the rule sets that come with envcheck: in the kit, the package, or beside it."""
    if envcheck.kit_root:
        return os.path.join(envcheck.kit_root, "rules")
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "rules")


def tree(path: str) -> Optional[Node]:
    """The tree of a shipped rule file, kept from an earlier run or from now on; None for any other.

    Raises RequestError as `read_yaml` does.
    """
    if os.path.dirname(path) != shipped_rules() or sys.pycache_prefix or not sys.implementation.cache_tag:
        return None
    folder = _open_folder(_kept_folder())
    if folder is None:
        return None
    name = f"{os.path.basename(path)}.{sys.implementation.cache_tag}"
    try:
        kept = _load(folder, name, path)
        if kept is None and not sys.dont_write_bytecode:
            kept = _parse_and_keep(folder, name, path)
    finally:
        os.close(folder)
    return kept


def _kept_folder() -> str:
    if envcheck.kit_root:
        return os.path.join(envcheck.kit_root, "lib", "trees")
    return os.path.join(shipped_rules(), FOLDER)


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


def _open_folder(path: str) -> Optional[int]:
    """The directory of kept trees, made where it may be; None where it is not to be trusted or had."""
    with suppress(OSError):
        if not sys.dont_write_bytecode:
            with suppress(FileExistsError):
                os.mkdir(path, 0o755)
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        if _is_ours(os.fstat(folder)):
            return folder
        os.close(folder)
    return None


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _version(path: str) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size


def _load(folder: int, name: str, path: str) -> Optional[Node]:
    with suppress(OSError, ValueError, EOFError, TypeError):
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with open(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode) and _is_ours(status) and stream.read(len(MAGIC)) == MAGIC:
                version, plain = marshal.loads(stream.read())  # noqa: S302 - by us or root, see above
                if version == _version(path):
                    return _Kept(path, plain)
    return None


def _parse_and_keep(folder: int, name: str, path: str) -> Optional[Node]:
    """Parse the file and keep its tree; None where nothing can be kept, before it is parsed."""
    temporary = f"{name}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        version = _version(path)
        descriptor = os.open(temporary, flags, 0o644, dir_fd=folder)
    except OSError:
        return None
    try:
        parsed = read_yaml(path)
        with suppress(OSError):
            with open(descriptor, "wb", closefd=False) as stream:
                stream.write(MAGIC + marshal.dumps((version, _plain(parsed))))
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        return parsed
    finally:
        os.close(descriptor)
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
