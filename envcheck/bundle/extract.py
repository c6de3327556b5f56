"""Unpacking an archive that anybody may have made into a directory of our own.

While files are written there are no links in the directory, so that no path leads out of it;
links are made at the very end, and only such as stay inside.
"""

from __future__ import annotations

import logging
import os
import posixpath
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Optional

from envcheck.bundle.archive import Archive, Entry
from envcheck.bundle.compressed import Damaged
from envcheck.host import UnusableRecord

log = logging.getLogger(__name__)

MAX_FILE = 64 << 20
"""Bytes of one file. No check reads more than the first part of a larger one."""
MAX_TOTAL = 1 << 30
"""Bytes of all files together."""
_MAX_KEPT = 32 << 20
"""Bytes of names that are kept in memory: links, and what was left out."""
_NO_ROOM = "is beyond the {} MiB that are unpacked of one archive"

Place = Callable[[str], Optional[str]]
"""From a member's name to the path below the directory; None where it is not wanted."""


def everything(name: str) -> Optional[str]:
    """Each member under its own name."""
    return name


class Extraction:
    """Writes members below `directory`, which must be empty and nobody else's."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.left_out: dict[str, str] = {}
        """Path below the directory → why there is nothing."""
        self._links: list[tuple[str, str]] = []
        self._modes: dict[str, int] = {}
        self._kept = 0
        self._total = 0
        self._made = ""

    def take(self, archive: Archive, place: Place = everything) -> None:
        """Unpack the archive. Raises UnusableRecord; what can't be unpacked is left out."""
        for entry in archive:
            path = place(entry.name)
            if path is not None:
                self.add(entry, path, archive.content())
        self.finish()

    def finish(self) -> None:
        """What can be done only once all files are written."""
        self._make_links()
        for path, mode in self._modes.items():
            os.chmod(self._at(path), mode | 0o700)

    def add(self, entry: Entry, path: str, content: Iterable[bytes]) -> None:
        """Write one member to `path`. Raises UnusableRecord where the disk does not take it."""
        try:
            reason = entry.refused or self._write(entry, path, content)
        except OSError as error:
            if not isinstance(error, (FileExistsError, NotADirectoryError, IsADirectoryError)):
                raise UnusableRecord(f"{entry.name}: it can't be unpacked: {error.strerror}") from error
            reason = "is in the archive twice"
        if reason:
            self._leave_out(path, reason)

    def _write(self, entry: Entry, path: str, content: Iterable[bytes]) -> str:
        """Why it was not written; empty where it was."""
        if entry.kind == "directory":
            if path:
                self._make_folder(path)
                self._keep(path)
                self._modes[path] = entry.mode
            return ""
        if not path:
            return "has no name"
        self._make_folder(posixpath.dirname(path))
        if entry.kind == "file":
            return self._write_file(entry, path, content)
        self._keep(path, entry.target)
        if entry.kind == "link":
            return self._note_link(path, entry.target)
        return self._link_hard(path, entry.target)

    def _write_file(self, entry: Entry, path: str, content: Iterable[bytes]) -> str:
        if entry.size > MAX_FILE:
            return f"is larger than {MAX_FILE >> 20} MiB"
        if self._total + entry.size > MAX_TOTAL:
            return _NO_ROOM.format(MAX_TOTAL >> 20)
        self._total += entry.size
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(self._at(path), flags, 0o600), "wb") as file:
            file.writelines(content)
            os.fchmod(file.fileno(), entry.mode | 0o600)
        return ""

    def _make_folder(self, path: str) -> None:
        if path == self._made:
            return
        with suppress(FileExistsError):
            try:
                os.mkdir(self._at(path), 0o700)
            except FileNotFoundError:
                self._make_folder(posixpath.dirname(path))
                os.mkdir(self._at(path), 0o700)
            return
        if path and not os.path.isdir(self._at(path)):
            raise NotADirectoryError(path)
        self._made = path

    def _link_hard(self, path: str, target: str) -> str:
        parts = target.split("/")
        if target.startswith("/") or ".." in parts or not target.isprintable():
            return "is a hard link to what is outside"
        try:
            os.link(self._at("/".join(parts)), self._at(path), follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:
            return "is a hard link to what is not in the archive"
        return ""

    def _note_link(self, path: str, target: str) -> str:
        inside = _inside(path, target)
        if inside is None:
            return "is a link that leads out of the archive"
        self._links.append((path, inside))
        return ""

    def _make_links(self) -> None:
        for path, target in self._links:
            try:
                os.symlink(target, self._at(path))
            except FileExistsError:
                self._leave_out(path, "is in the archive twice")
            except OSError as error:
                self._leave_out(path, f"can't be made: {error.strerror}")

    def _leave_out(self, path: str, reason: str) -> None:
        log.warning("%s %s: left out", path, reason)
        self._keep(path, reason)
        self.left_out.setdefault(path, reason)

    def _keep(self, *texts: str) -> None:
        self._kept += sum(map(len, texts)) + 100
        if self._kept > _MAX_KEPT:
            raise Damaged("the archive holds too much that can't be unpacked")

    def _at(self, path: str) -> str:
        return f"{self.directory}/{path}"


def _inside(path: str, target: str) -> str | None:
    """A link's target as one that stays below the directory; None where it would not.

    An absolute one counts from the archive's top.
    """
    if not target or not target.isprintable():
        return None
    parts = [part for part in target.split("/") if part not in ("", ".")]
    climbs = next((index for index, part in enumerate(parts) if part != ".."), len(parts))
    depth = path.count("/")
    # A climb after a name may start from anywhere, if the name is a link itself.
    if ".." in parts[climbs:] or climbs > depth or (climbs and target.startswith("/")):
        return None
    up = [".."] * depth if target.startswith("/") else []
    return "/".join([*up, *parts]) or "."
