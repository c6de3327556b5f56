"""The directory that an archive is unpacked into, and what a killed run left of its own.

A directory is locked as long as its process lives, and whoever holds the lock may take it away. So one
that was taken away between its making and its lock is made again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
import weakref
from contextlib import suppress
from typing import Optional

_PREFIX = "envcheck-unpacked-"
_YOUNG = 60.0
"""Seconds in which a directory in everybody's folder, that is not locked, is not taken for one of ours."""


class Unpacked:
    """A temporary directory that is locked as long as its process lives. Raises OSError.

    `kill -9` leaves it, without its lock: the next run that makes one there takes it away. `young`:
    seconds in which one without a lock is left alone, where its name might be another's as well.
    """

    def __init__(self, folder: Optional[str] = None, prefix: str = _PREFIX, young: float = _YOUNG) -> None:
        folder = folder or tempfile.gettempdir()
        remove_left_over(folder, prefix, young)
        self.name, lock = _made(folder, prefix)
        # Also where a host is never closed, and at the end of the program.
        self._finalizer = weakref.finalize(self, _remove, self.name, lock)

    def remove(self) -> None:
        """Take it away with all that it holds. May be called again."""
        self._finalizer()


def _made(folder: str, prefix: str) -> tuple[str, int]:
    """A directory and the descriptor that holds its lock."""
    while True:
        name = tempfile.mkdtemp(prefix=prefix, dir=folder)
        with suppress(BlockingIOError, FileNotFoundError):
            lock = _opened(name)
            try:
                _lock(lock)
                os.lstat(name)
            except (BlockingIOError, FileNotFoundError):  # another run takes it for one that was left
                os.close(lock)
                raise
            except OSError:
                pass  # a file system without locks: there nobody takes anything away
            return name, lock


def _remove(path: str, lock: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(lock)


def remove_left_over(folder: str, prefix: str = _PREFIX, young: float = _YOUNG) -> None:
    """Remove our own user's directories whose processes are gone."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(prefix):
                with suppress(OSError):
                    _remove_if_left(entry.path, young)


def _remove_if_left(path: str, young: float) -> None:
    status = os.lstat(path)
    old = time.time() - status.st_mtime >= young
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or not old:
        return
    lock = _opened(path)
    try:
        _lock(lock)
    except BaseException:
        os.close(lock)
        raise
    if os.path.samestat(os.fstat(lock), os.lstat(path)):
        _remove(path, lock)
    else:
        os.close(lock)


def _opened(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _lock(descriptor: int) -> None:
    """Lock it until it is closed. Raises OSError, BlockingIOError where another process has it locked."""
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
