"""What installed packages add to envcheck: their entry points, found without importing anything.

`importlib.metadata` finds them too, in ten times the time: a run that has no such package
must not pay for them. Here only the `entry_points.txt` of each installed distribution is
looked at, and parsed where it names a group of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache

from envcheck.record import Record

RULES = "envcheck.rules"
"""Rule sets: the value is the package (`acme_checks.rules`) whose folder holds the YAML files."""
PROBES = "envcheck.probes"
"""Probes: the name is the probe's, the value its module."""

_INFO = (".dist-info", ".egg-info")
_MARK = b"[envcheck."
_MOST = 1 << 20


class EntryPoint(Record):
    """One line of a group: what a distribution installed in `folder` says there."""

    group: str
    name: str
    value: str
    distribution: str
    """As its folder is named: name and version."""
    folder: str


def entry_points(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of a group, by the names of their distributions, then by their own."""
    return tuple(point for point in _all(tuple(_folders())) if point.group == group)


def _folders() -> Iterator[str]:
    """Where packages are imported from: not the working directory, which `python -m` puts first."""
    standard = os.path.dirname(os.__file__)
    for place, folder in enumerate(sys.path):
        if (
            folder
            and folder not in (standard, f"{standard}/lib-dynload")
            and not (place == 0 and is_here(folder))
        ):
            yield folder


def is_here(folder: str) -> bool:
    """Whether it is the working directory."""
    try:
        return folder == os.getcwd()
    except OSError:  # it was removed
        return False


@cache
def _all(folders: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    found: list[EntryPoint] = []
    seen: set[str] = set()
    for folder in dict.fromkeys(folders):
        for name, content in _of_folder(folder, seen):
            found += _parsed(content, name, folder)
    return tuple(sorted(found, key=lambda point: (point.distribution, point.group, point.name)))


def _of_folder(folder: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    """Name and entry points of each distribution there; of two of one name the first counts."""
    try:
        below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:  # an archive, or not there
        return
    try:
        for name in os.listdir(below):
            if name.endswith(_INFO):
                stem = os.path.splitext(name)[0]
                project = stem.partition("-")[0].lower().replace("-", "_").replace(".", "_")
                content = b"" if project in seen else _content(f"{name}/entry_points.txt", below)
                seen.add(project)
                if _MARK in content:
                    yield stem, content.decode("utf-8", "replace")
    finally:
        os.close(below)


def _content(name: str, folder: int) -> bytes:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return b""
    try:
        return os.read(descriptor, _MOST)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _parsed(content: str, distribution: str, folder: str) -> Iterator[EntryPoint]:
    import configparser
    import logging

    # The format's specification names this parser and these options.
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(content)
    except configparser.Error as error:
        logging.getLogger(__name__).warning("entry points of %s: %s", distribution, error)
        return
    for group in parser.sections():
        for name, value in parser.items(group):
            yield EntryPoint(group, name, value.strip(), distribution, folder)
