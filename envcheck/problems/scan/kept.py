"""Compiled databases, kept beside the rule sets and trusted no further than these.

To compile all signatures takes half a second, to read them compiled a millisecond. As with the
trees of rule files (`envcheck.rulebook.compiled`), what is kept must belong to us or root.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import Optional

from envcheck.rulebook import compiled

_MAX = 64 << 20
_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def load(name: str, key: bytes) -> Optional[bytes]:
    """What was kept under the name, if it was with the same key."""
    folder = _folder()
    if folder is None:
        return None
    try:
        with suppress(OSError):
            descriptor = os.open(name, os.O_RDONLY | _FLAGS, dir_fd=folder)
            with open(descriptor, "rb") as stream:
                status = os.fstat(descriptor)
                if stat.S_ISREG(status.st_mode) and compiled.is_ours(status) and stream.read(len(key)) == key:
                    return stream.read(_MAX)
        return None
    finally:
        os.close(folder)


def keep(name: str, key: bytes, content: bytes) -> None:
    """Keep the content under the name, where that can be done."""
    folder = _folder()
    if folder is None:
        return
    temporary = f"{name}.{os.getpid()}"
    try:
        with suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS
            with open(os.open(temporary, flags, 0o644, dir_fd=folder), "wb") as stream:
                stream.write(key + content)
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        os.close(folder)


def _folder() -> Optional[int]:
    return compiled.open_folder(os.path.join(compiled.shipped_rules(), compiled.FOLDER))
