"""A file that appears whole or not at all, for its owner's eyes only."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import IO, Optional

MODE = 0o600
_COPY = 1 << 20


class WholeFile:
    """Writes to a file without a name, and names it when it is complete.

    Nothing remains of it where the process is killed, the disk full or the power gone. On a
    file system without nameless files one with a hidden name takes its place, which only
    `kill -9` leaves behind. Raises OSError.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._folder = os.path.dirname(path) or "."
        self._hidden: Optional[str] = None
        _refuse(path)
        self.file: IO[bytes] = open(self._open(), "w+b")  # noqa: SIM115 - closed in close()

    def scratch(self) -> IO[bytes]:
        """Another nameless file on the same disk, gone when it is closed."""
        try:
            return open(self._nameless(), "w+b")
        except OSError:
            name = self._hidden_name()
            descriptor = self._named(name)
            os.unlink(name)
            return open(descriptor, "w+b")

    def _open(self) -> int:
        try:
            return self._nameless()
        except OSError:
            name = self._hidden_name()
            descriptor = self._named(name)
            self._hidden = name
            return descriptor

    def _nameless(self) -> int:
        descriptor = os.open(self._folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, MODE)
        os.fchmod(descriptor, MODE)
        return descriptor

    def _named(self, name: str) -> int:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
        os.fchmod(descriptor, MODE)
        return descriptor

    def _hidden_name(self) -> str:
        return os.path.join(self._folder, f".envcheck-{os.urandom(8).hex()}.part")

    def commit(self) -> None:
        """Put the file in its place. Raises OSError, and then nothing is changed there."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if self._hidden is None:
            self._link()
        if self._hidden is not None:
            os.replace(self._hidden, self.path)
            self._hidden = None
        with suppress(OSError):
            _sync_folder(self._folder)

    def _link(self) -> None:
        """Give the nameless file its name; where that is taken, a hidden one first."""
        source = f"/proc/self/fd/{self.file.fileno()}"
        with suppress(OSError):
            os.link(source, self.path, follow_symlinks=True)
            return
        name = self._hidden_name()
        self._hidden = name
        try:
            os.link(source, name, follow_symlinks=True)
        except OSError:  # no /proc
            self._copy_to(name)

    def _copy_to(self, name: str) -> None:
        self.file.seek(0)
        with open(self._named(name), "wb") as copy:
            while piece := self.file.read(_COPY):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())

    def close(self) -> None:
        """Leave nothing behind where the file was not put in its place."""
        with suppress(OSError):
            self.file.close()
        if self._hidden is not None:
            with suppress(OSError):
                os.unlink(self._hidden)
            self._hidden = None


def _refuse(path: str) -> None:
    """Raise OSError for what is there and is no regular file."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(21, "is a directory")
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISLNK(status.st_mode):
        raise OSError(22, "is no regular file")


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
