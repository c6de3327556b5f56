"""The directory that an archive is unpacked into, and what a killed run left of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
import weakref
from contextlib import suppress

_PREFIX = "envcheck-"
_YOUNG = 60.0
"""Seconds in which a directory may have been made and not be locked yet."""


class Unpacked:
    """A temporary directory that is locked as long as its process lives.

    `kill -9` leaves it, without its lock: the next run takes it away. Raises OSError.
    """

    def __init__(self) -> None:
        remove_left_over()
        self.name = tempfile.mkdtemp(prefix=_PREFIX)
        try:
            lock = _locked(self.name)
        except BaseException:
            os.rmdir(self.name)
            raise
        # Also where a host is never closed, and at the end of the program.
        self._finalizer = weakref.finalize(self, _remove, self.name, lock)

    def remove(self) -> None:
        """Take it away with all that it holds. May be called again."""
        self._finalizer()


def _remove(path: str, lock: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(lock)


def remove_left_over() -> None:
    """Remove our own user's directories whose processes are gone."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX):
                with suppress(OSError):
                    _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    status = os.lstat(path)
    old = time.time() - status.st_mtime > _YOUNG
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or not old:
        return
    lock = _locked(path)
    _remove(path, lock)


def _locked(path: str) -> int:
    """The directory's descriptor with its lock, which ends with the process. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
