"""The command outputs of a record: the files below sos_commands/ and those right at its root."""

from __future__ import annotations

import fnmatch
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import islice
from typing import Optional

from envcheck.host.base import Failed, Unreadable
from envcheck.host.inside import MAX_NAMES, Inside
from envcheck.lazy import regex
from envcheck.record import Record

log = logging.getLogger(__name__)

TOP = "/sos_commands"
ANSWERS = f"{TOP}/envcheck"
"""Where a record keeps the answers that a sosreport has no place for."""
_NO_OUTPUTS = (f"{ANSWERS}/answers", f"{ANSWERS}/answers.json")
"""What envcheck's own record holds there instead (`envcheck.host.replay`)."""

MAX_FILES = 40_000
MAX_FOLDER = 5_000
MAX_DEPTH = 6
MAX_SIZE = 16 << 20
_SOME = 50
_WILD = regex("[*?[]")
_BEGINNING = 1024


class _File(Record):
    name: str
    below: str
    """Path below sos_commands/, or the bare name of a file at the root."""
    path: str


class Outputs:
    """An index of the outputs, made once. What is beyond its bounds counts as not recorded."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    @cached_property
    def _by_name(self) -> dict[str, list[_File]]:
        found: dict[str, list[_File]] = {}
        for file in _bounded(self._walk()):
            found.setdefault(file.name, []).append(file)
        return found

    @cached_property
    def _by_word(self) -> dict[str, list[_File]]:
        found: dict[str, list[_File]] = {}
        for name, files in self._by_name.items():
            found.setdefault(name.partition("_")[0], []).extend(files)
        return found

    def text(self, name: str) -> str | None:
        """The first output of this name that is not empty; else an empty one, None if none."""
        found: str | None = None
        for file in self._by_name.get(name, ()):
            found = self._read(file)
            if found.strip():
                return found
        return found

    def path(self, name: str) -> str | None:
        """Where the first output of this name lies, below the root; None where there is none."""
        files = self._by_name.get(name)
        return files[0].path if files else None

    def beginnings(self, command: str) -> Iterator[str]:
        """How the outputs of a command begin, whatever its arguments; some of them are enough."""
        same = (
            file
            for file in self._by_word.get(command.partition("_")[0], ())
            if f"{file.name}_".startswith(f"{command}_")
        )
        for file in islice(same, _SOME):
            with suppress(Unreadable):
                content = self._inside.read(self._inside.follow(file.path), _BEGINNING)
                yield content.decode("utf-8", "backslashreplace")

    def fitting(self, patterns: Sequence[str]) -> dict[str, str]:
        """Texts by file name where it, or the path below sos_commands/, fits a shell pattern.

        Of several files with one name the later ones stand under their path.
        """
        found: dict[str, str] = {}
        for file in self._fitting(patterns):
            key = file.below if file.name in found else file.name
            try:
                found[key] = self._read(file)
            except Unreadable as error:
                log.warning("left out: %s", error)
        return found

    def folders(self) -> frozenset[str]:
        """The names of the plugin folders that hold anything."""
        files = (file for same in self._by_name.values() for file in same)
        return frozenset(file.below.split("/")[0] for file in files if "/" in file.below)

    def _fitting(self, patterns: Sequence[str]) -> Iterator[_File]:
        fits, word, deep = _fitting(tuple(patterns))
        if word is not None:
            yield from (file for file in self._by_word.get(word, ()) if fits(file.name))
            return
        for name, files in self._by_name.items():
            if fits(name):
                yield from files
            elif deep:
                yield from (file for file in files if fits(file.below))

    def _read(self, file: _File) -> str:
        content = self._inside.read(self._inside.follow(file.path), MAX_SIZE + 1)
        if len(content) > MAX_SIZE:
            # A table cut short would hide what stood in the rest of it.
            raise Failed(f"{file.path} is larger than {MAX_SIZE >> 20} MiB")
        return content.decode("utf-8", "backslashreplace")

    def _walk(self) -> Iterator[_File]:
        """Nearest first, so that a deep or crowded folder can't push out the others."""
        for entry in self._entries(""):
            if not entry.is_dir(follow_symlinks=False):
                yield _File(shown(entry.name), shown(entry.name), f"/{entry.name}")
        folders = [(TOP, 1)]
        for folder, depth in folders:
            for entry in self._entries(folder):
                path = f"{folder}/{entry.name}"
                if path in _NO_OUTPUTS:
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    yield _File(shown(entry.name), shown(path[len(TOP) + 1 :]), path)
                elif depth < MAX_DEPTH:
                    folders.append((path, depth + 1))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            entries = self._inside.entries(folder)
        except Unreadable as error:
            log.warning("%s", error)
            return []
        if len(entries) > MAX_FOLDER:
            log.warning("%s: only the first %d files are looked at", folder or "/", MAX_FOLDER)
        return entries[:MAX_FOLDER]


class _Fit(Record):
    """How names are compared with some patterns."""

    fits: Callable[[str], object]
    word: Optional[str]
    """The first word of every name that fits; None where there are several, or it isn't told."""
    deep: bool
    """Whether a pattern is of paths."""


@lru_cache(maxsize=1024)
def _fitting(patterns: tuple[str, ...]) -> _Fit:
    words = {_first_word(pattern) for pattern in patterns}
    deep = any("/" in pattern for pattern in patterns)
    fits = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns)).match
    return _Fit(fits, words.pop() if len(words) == 1 and not deep else None, deep)


def _first_word(pattern: str) -> str | None:
    plain = _WILD.split(pattern)[0]
    return plain.partition("_")[0] if "_" in plain or plain == pattern else None


def _bounded(files: Iterator[_File]) -> Iterator[_File]:
    for count, file in enumerate(files):
        if count == MAX_FILES:
            log.warning("only the first %d command outputs are looked at", MAX_FILES)
            return
        yield file


def shown(name: str) -> str:
    """A file's name with undecodable bytes escaped."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


assert MAX_FOLDER < MAX_NAMES  # noqa: S101 - else a full folder would pass for a whole one
