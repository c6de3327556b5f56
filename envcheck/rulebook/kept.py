"""A place for what was worked out of the shipped rule files, so that the next run need not.

As Python keeps its own modules, in a `__pycache__` and by the same leave. Only for the
files that come with envcheck: a directory that the user names is left as it is. In the
unpacked kit, where nothing is written, all was kept when it was built, in a folder of its
own: `rules/` holds nothing but what people edit.

What is kept is trusted no further than the code itself: it must belong to us or root, in a
directory that does too, writable by nobody else. Whatever is in doubt is worked out anew.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from functools import cache
from typing import Optional

import envcheck

FOLDER = "__pycache__"
_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_TO_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@cache
def shipped_rules() -> str:
    """The directory of the rule sets that come with envcheck: in the kit, the package, or beside it."""
    if envcheck.kit_root:
        return os.path.join(envcheck.kit_root, "rules")
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "rules")


class Shelf:
    """The folder of what is kept, as long as it is open; it keeps and gives nothing if not trusted."""

    def __init__(self) -> None:
        self._folder = None if sys.pycache_prefix or not sys.implementation.cache_tag else _open_folder()

    def __enter__(self) -> Shelf:  # noqa: PYI034 - typing has no Self before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            os.close(self._folder)

    @property
    def writable(self) -> bool:
        """Whether something can be kept; at a run's end it may still fail, as on a full disk."""
        return (
            self._folder is not None
            and not sys.dont_write_bytecode
            and os.access(".", os.W_OK, dir_fd=self._folder, effective_ids=True)
        )

    def load(self, name: str) -> Optional[bytes]:
        """What was kept under that name by this kind of interpreter; None where it is not to be had."""
        if self._folder is None:
            return None
        with suppress(OSError):
            descriptor = os.open(_named(name), _TO_READ, dir_fd=self._folder)
            with open(descriptor, "rb") as stream:
                status = os.fstat(descriptor)
                if stat.S_ISREG(status.st_mode) and _is_ours(status):
                    return stream.read()
        return None

    def keep(self, name: str, content: bytes) -> None:
        """Keep it whole or not at all; what cannot be kept is not."""
        if not self.writable:
            return
        temporary = f"{_named(name)}.{os.getpid()}"
        with suppress(OSError):
            descriptor = os.open(temporary, _TO_WRITE, 0o644, dir_fd=self._folder)
            try:
                with open(descriptor, "wb") as stream:
                    stream.write(content)
                os.replace(temporary, _named(name), src_dir_fd=self._folder, dst_dir_fd=self._folder)
            except OSError:
                os.unlink(temporary, dir_fd=self._folder)


def _named(name: str) -> str:
    return f"{name}.{sys.implementation.cache_tag}"


def _open_folder() -> Optional[int]:
    """The directory, made where it may be; None where it is not to be trusted or had."""
    kit = envcheck.kit_root
    path = os.path.join(kit, "lib", "kept") if kit else os.path.join(shipped_rules(), FOLDER)
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
