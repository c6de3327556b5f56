"""Reading the files of this machine, without ever waiting for one that is a pipe or a device."""

from __future__ import annotations

import errno
import os
import stat as modes

from envcheck.host.base import Absent, Denied, Failed, FileStatus, Unreadable

_CHUNK = 1 << 17
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO)
_DENIED = (errno.EACCES, errno.EPERM)


def explain(path: str, error: OSError) -> Unreadable:
    """Why `path` could not be read, in the words of the report."""
    if error.errno in _ABSENT:
        return Absent(f"{path} is not there")
    if error.errno in _DENIED:
        return Denied(f"{path}: permission denied{not_root()}")
    return Failed(f"{path}: {error.strerror or error}", error.errno)


def not_root() -> str:
    """What to add to a refusal: most often, the user is simply not root."""
    return "" if os.geteuid() == 0 else " (not root)"


def read(path: str, limit: int) -> bytes:
    """The first `limit` bytes of a regular file; raises OSError, Failed for another kind."""
    # Looked at before it is opened: merely opening a device may set it going.
    _refuse_irregular(path, os.stat(path))
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        _refuse_irregular(path, os.fstat(fd))
        return _read_all(fd, limit)
    finally:
        os.close(fd)


def _refuse_irregular(path: str, status: os.stat_result) -> None:
    if not modes.S_ISREG(status.st_mode):
        raise Failed(f"{path} is not a regular file")


def _read_all(fd: int, limit: int) -> bytes:
    # Not by size: files of /proc and /sys say 0, or a page.
    chunks: list[bytes] = []
    while limit > 0:
        chunk = os.read(fd, min(limit, _CHUNK))
        if not chunk:
            break
        chunks.append(chunk)
        limit -= len(chunk)
    return b"".join(chunks)


def names(path: str) -> tuple[str, ...]:
    """The sorted names in a directory; raises OSError."""
    return tuple(sorted(os.listdir(path)))


def resolve(path: str) -> str:
    """The path with every link followed; raises OSError where it leads nowhere."""
    os.stat(path)
    return os.path.realpath(path)


def status(path: str) -> FileStatus:
    """Of a path, links followed; raises OSError."""
    found = os.stat(path)
    return FileStatus(
        kind=_kind(found.st_mode),
        mode=modes.S_IMODE(found.st_mode),
        uid=found.st_uid,
        gid=found.st_gid,
        size=found.st_size,
    )


def _kind(mode: int) -> str:
    if modes.S_ISREG(mode):
        return "file"
    return "directory" if modes.S_ISDIR(mode) else "other"
