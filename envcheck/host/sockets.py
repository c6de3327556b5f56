"""Which process listens on a socket of this machine. psutil knows sockets, but not their inodes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

_LISTEN = "0A"
_STATE, _INODE = 3, 9


def owners(tables: Iterable[str], proc: str, seconds: float) -> dict[int, str]:
    """Inode of each listening TCP socket → `name (pid N)`, as far as this user may see.

    `tables` are the texts of /proc/net/tcp and tcp6, `proc` is where procfs is mounted. After
    `seconds` the search ends with what it has.
    """
    wanted = {inode for table in tables for inode in _listening(table)}
    found: dict[int, str] = {}
    until = time.monotonic() + seconds
    # The oldest first: a server that forks shares its socket with its workers.
    for pid in sorted(int(name) for name in os.listdir(proc) if name.isdigit()):
        if not wanted or time.monotonic() > until:
            break
        held = wanted.intersection(_inodes(f"{proc}/{pid}/fd"))
        if held:
            found.update(dict.fromkeys(held, f"{_name(proc, pid)} (pid {pid})"))
            wanted -= held
    return found


def _listening(table: str) -> Iterator[int]:
    for line in table.splitlines():
        fields = line.split()
        if len(fields) > _INODE and fields[_STATE] == _LISTEN:
            yield int(fields[_INODE])


def _inodes(directory: str) -> Iterator[int]:
    """Inodes of the sockets that a process has open; none where it is gone or another user's."""
    with suppress(OSError):
        for name in os.listdir(directory):
            with suppress(OSError):
                target = os.readlink(f"{directory}/{name}")
                if target.startswith("socket:["):
                    yield int(target[len("socket:[") : -1])


def _name(proc: str, pid: int) -> str:
    with suppress(OSError), open(f"{proc}/{pid}/comm", encoding="utf-8", errors="backslashreplace") as comm:
        return comm.read().strip()
    return "?"
