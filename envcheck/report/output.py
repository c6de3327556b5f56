"""Where a report is written with `--output`: shown to be writable before anything is probed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Optional

from envcheck import console
from envcheck.errors import RequestError


@contextmanager
def opened(path: Optional[str], mode: int = 0o666) -> Iterator[Callable[[str], None]]:
    """What takes a text to the file at `path`, or to stdout; the file is tried before anything else.

    A new file gets `mode`, as far as the umask lets it.

    Raises RequestError where the file cannot be written.
    """
    if path is None:
        yield console.put
        return
    try:
        file = OutputFile(path, mode)
    except (OSError, ValueError) as error:
        raise RequestError(f"{path} cannot be written: {console.reason(error)}") from error

    def put(text: str) -> None:
        try:
            file.write(text)
        except OSError as error:
            raise RequestError(f"{path} cannot be written: {console.reason(error)}") from error

    try:
        yield put
    finally:
        file.close()


class OutputFile:
    """A file that gets its content whole or not at all.

    A new or regular file is written beside its place and put there when it is complete. What
    is reached otherwise (a device, a pipe, a symbolic link, a file in a directory that we
    may not write) is opened at once and written directly. Raises OSError where neither works.
    """

    def __init__(self, path: str, mode: int = 0o666) -> None:
        if not path:
            raise ValueError("no file is named")
        self.path = path
        self._mode = mode
        self._temporary: Optional[str] = None
        self._status = _status(path)
        if self._status is None or stat.S_ISREG(self._status.st_mode):
            self._descriptor = self._open_beside()
        else:
            self._descriptor = _open_directly(path)

    def _open_beside(self) -> int:
        if self._status is not None:
            # Replacing needs no right on the file itself, yet one that is read-only is meant to be.
            os.close(_open_directly(self.path))
        folder, name = os.path.split(self.path)
        temporary = os.path.join(folder, f".{name[:200]}.{os.getpid()}.part")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, self._mode)
        except PermissionError:
            if self._status is None:
                raise
            return _open_directly(self.path)
        self._temporary = temporary
        return descriptor

    def write(self, text: str) -> None:
        """Write the content and put the file in its place. Raises OSError, nothing then replaced."""
        descriptor, self._descriptor = self._descriptor, -1
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            if self._temporary is not None and self._status is not None:
                _keep_owner_and_mode(descriptor, self._status)
            elif self._temporary is None and not _same_stream(descriptor):
                with suppress(OSError):  # a device or pipe has no length
                    os.ftruncate(descriptor, 0)
            file.write(text)
        if self._temporary is not None:
            os.replace(self._temporary, self.path)
            self._temporary = None

    def close(self) -> None:
        """Leave nothing behind where the content was not written."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._temporary is not None:
            with suppress(OSError):
                os.unlink(self._temporary)
            self._temporary = None


def _status(path: str) -> Optional[os.stat_result]:
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _same_stream(descriptor: int) -> Optional[int]:
    """The standard stream that shares its file with the descriptor, if one does."""
    for stream in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(stream), os.fstat(descriptor)):
                return stream
    return None


def _open_directly(path: str) -> int:
    # Not waiting for a reader: a pipe that nobody reads is an error, not a hang.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY, 0o666)
    os.set_blocking(descriptor, True)
    stream = _same_stream(descriptor)
    if stream is None:
        return descriptor
    # /dev/stdout led to a file: a second position in it would overwrite what stdout wrote.
    os.close(descriptor)
    return os.dup(stream)


def _keep_owner_and_mode(descriptor: int, status: os.stat_result) -> None:
    with suppress(OSError):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    with suppress(OSError):
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
