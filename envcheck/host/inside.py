"""Files below a root that stand for the files of a host, read so that nothing leads outside.

A record may be hostile: links out of it or in a circle, FIFOs, devices, files of any size.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from itertools import islice
from typing import Optional

from envcheck.host.base import Denied, Failed, Unreadable
from envcheck.record import Record

log = logging.getLogger(__name__)

MAX_LINKS = 40
MAX_NAMES = 20_000
MAX_READ = 96 << 20
"""Bytes that are read of one record; they are all remembered. A host's answers are a few MiB."""
_CHUNK = 1 << 20
_ODD = frozenset(("", ".", ".."))
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NOFOLLOW | os.O_NONBLOCK


class Place(Record):
    """Where a path leads once every link is followed, as the host itself names it."""

    path: str
    status: Optional[os.stat_result]
    """None where nothing is recorded there."""
    dangling: bool = False
    """What was asked for is a link; only what it points to is not recorded."""


class _Folder(Record):
    """Where a folder lies once links are followed, and what it has."""

    path: str
    children: dict[str, os.DirEntry[str]]


class Inside:
    """The files below `root`. Absolute links and `..` stay below it."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")
        self._left = MAX_READ
        self.exhausted = False
        """Whether there was more to read than is read of one record."""
        self._folders: dict[str, os.stat_result | None] = {}
        self._places: dict[str, Place] = {}
        self._children: dict[str, dict[str, os.DirEntry[str]] | None] = {}
        self._ways: dict[str, _Folder | None] = {}
        """Folders on the way to what was asked for; None where the walk must look for itself."""

    def follow(self, path: str) -> Place:
        """Walk to `path`. Raises Failed for a circle of links, Denied where it may not look."""
        place = self._places.get(path)
        if place is None:
            place = self._places[path] = self._listed(path) or self._walk(path)
        return place

    def _listed(self, path: str) -> Place | None:
        """The place, where the folder is listed and the name in it is no link; else None.

        Most questions to a record are for what it lacks: they end at a name that no folder has.
        """
        above, _, name = path.rpartition("/")
        if name in _ODD:
            return None
        folder = self._ways.get(above) or self._way(above)
        if folder is None:
            return None
        entry = folder.children.get(name)
        if entry is None:
            return Place._make((f"{folder.path}/{name}", None, False))
        return None if entry.is_symlink() else _at(f"{folder.path}/{name}", entry)

    def _way(self, folder: str) -> _Folder | None:
        try:
            return self._ways[folder]
        except KeyError:
            way = self._ways[folder] = self._listed_way(folder) or self._followed_way(folder)
            return way

    def _listed_way(self, folder: str) -> _Folder | None:
        """The folder, where the one above lists it, or does not; no look at it is needed then."""
        above, _, name = folder.rpartition("/")
        upper = None if name in _ODD else self._way(above)
        if upper is None:
            return None
        path = f"{upper.path}/{name}"
        entry = upper.children.get(name)
        if entry is None:
            return _Folder._make((path, {}))
        children = self._children_of(path) if entry.is_dir(follow_symlinks=False) else None
        return None if children is None else _Folder._make((path, children))

    def _followed_way(self, folder: str) -> _Folder | None:
        if not folder:
            path = ""
        else:
            place = self.follow(folder)
            path = place.path.rstrip("/")
            if place.status is None:
                return _Folder(path, {})
        children = self._children_of(path)
        return None if children is None else _Folder(path, children)

    def _children_of(self, folder: str) -> dict[str, os.DirEntry[str]] | None:
        try:
            return self._children[folder]
        except KeyError:
            children = self._children[folder] = self._scan(folder)
            return children

    def _scan(self, folder: str) -> dict[str, os.DirEntry[str]] | None:
        try:
            with os.scandir(self._root + folder + "/.") as entries:
                found = {entry.name: entry for entry in islice(entries, MAX_NAMES)}
        except OSError:
            return None
        return found if len(found) < MAX_NAMES else None

    def _walk(self, path: str) -> Place:
        walk = _Walk(self._root, self._folders, path)
        try:
            return walk.go()
        except (FileNotFoundError, NotADirectoryError):
            return walk.lost()
        except PermissionError as error:
            raise Denied(f"{path}: permission denied") from error
        except (OSError, ValueError):  # a name too long, or with a NUL: no file bears it
            return walk.lost()

    def read(self, place: Place, limit: int) -> bytes:
        """At most `limit` bytes of the regular file there; raises Failed, Denied."""
        if place.status is None or not stat.S_ISREG(place.status.st_mode):
            # Not even opened: to open a tape, a watchdog or a FIFO is to act on it.
            raise Failed(f"{place.path} is not a regular file")
        try:
            handle = os.open(self._root + place.path, _FLAGS)
        except PermissionError as error:
            raise Denied(f"{place.path}: permission denied") from error
        except OSError as error:
            raise Failed(f"{place.path}: {error.strerror}") from error
        try:
            content = _read(handle, min(limit, self._left + 1))
        except OSError as error:
            raise Failed(f"{place.path}: {error.strerror}") from error
        finally:
            os.close(handle)
        if len(content) > self._left:
            self.exhausted = True
            raise Failed(f"{place.path}: more than the {MAX_READ >> 20} MiB that are read of one record")
        self._left -= len(content)
        return content

    def real(self, place: Place) -> str:
        """Where the place lies on this machine. Links on the way were followed inside."""
        return self._root + place.path

    def pieces(self, place: Place, start: int, size: int) -> Iterator[bytes]:
        """The regular file there from an offset, in pieces of at most `size` bytes; raises Failed."""
        try:
            with open(os.open(self._root + place.path, _FLAGS), "rb", buffering=0) as file:
                file.seek(start)
                while piece := file.read(size):
                    yield piece
        except OSError as error:
            raise Failed(f"{place.path}: {error.strerror}") from error

    def text(self, path: str, limit: int) -> str:
        """At most `limit` bytes of a file as text; empty where nothing can be read."""
        try:
            place = self.follow(path)
            return "" if place.status is None else self.read(place, limit).decode("utf-8", "backslashreplace")
        except Unreadable as error:
            log.warning("%s", error)
            return ""

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What is in the directory at a path, as `list` has it; nothing where nothing is recorded there."""
        way = self._way(folder)
        if way is not None:
            return [way.children[name] for name in sorted(way.children)]
        place = self.follow(folder)
        return [] if place.status is None else self.list(place)

    def list(self, place: Place) -> list[os.DirEntry[str]]:
        """The entries of the directory there, sorted, at most MAX_NAMES; raises Failed, Denied."""
        children = self._children_of(place.path.rstrip("/"))
        if children is not None:
            return [children[name] for name in sorted(children)]
        try:
            with os.scandir(self._root + place.path) as entries:
                return sorted(islice(entries, MAX_NAMES), key=lambda entry: entry.name)
        except PermissionError as error:
            raise Denied(f"{place.path}: permission denied") from error
        except OSError as error:
            raise Failed(f"{place.path}: {error.strerror}") from error


def _at(path: str, entry: os.DirEntry[str]) -> Place | None:
    try:
        return Place(path, entry.stat(follow_symlinks=False))
    except OSError:
        return None


class _Walk:
    """One way through the tree, component by component."""

    def __init__(self, root: str, folders: dict[str, os.stat_result | None], path: str) -> None:
        self.root = root
        self.folders = folders
        """Folders seen so far; None where there is nothing. Half of all looks are at these."""
        self.asked = path
        self.done = ""
        self.ahead = path.rstrip("/").split("/")[::-1]
        self.own = len(self.ahead)
        """How many of `ahead`, from its bottom, come from the question and not from a link."""
        self.links = 0

    def go(self) -> Place:
        while self.ahead:
            name = self.ahead[-1]
            if name in ("", "."):
                self._pop()
            elif name == "..":
                self._pop()
                self.done = self.done.rpartition("/")[0]
            else:
                self._step(name)
        return Place(self.done or "/", self._look(self.done or "/."))

    def _step(self, name: str) -> None:
        here = f"{self.done}/{name}"
        status = self._look(here)
        self._pop()
        if not stat.S_ISLNK(status.st_mode):
            self.done = here
            return
        self.links += 1
        if self.links > MAX_LINKS:
            raise Failed(f"{self.asked}: links lead in a circle")
        target = os.readlink(self.root + here)
        if target.startswith("/"):
            self.done = ""
        self.ahead.extend(reversed(target.split("/")))

    def _look(self, here: str) -> os.stat_result:
        try:
            status = self.folders[here]
        except KeyError:
            status = self._first_look(here)
        if status is None:
            raise FileNotFoundError(here)
        return status

    def _first_look(self, here: str) -> os.stat_result | None:
        try:
            status = os.lstat(self.root + here)
        except FileNotFoundError:
            self.folders[here] = None
            return None
        if stat.S_ISDIR(status.st_mode):
            self.folders[here] = status
        return status

    def _pop(self) -> None:
        self.ahead.pop()
        self.own = min(self.own, len(self.ahead))

    def lost(self) -> Place:
        """The rest of the way by its words alone, since there is nothing left to look at."""
        path = os.path.normpath("/".join([self.done, *self.ahead[::-1]]))
        return Place(path, None, dangling=self.own == 0)


def _read(handle: int, limit: int) -> bytes:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "is not a regular file")
    if status.st_size:  # files of /proc, where a root tree is a live one's, say 0
        limit = min(limit, status.st_size)
    chunks = [os.read(handle, min(limit, _CHUNK))]
    limit -= len(chunks[0])
    while limit > 0 and chunks[-1]:
        chunks.append(os.read(handle, min(limit, _CHUNK)))
        limit -= len(chunks[-1])
    return b"".join(chunks)
