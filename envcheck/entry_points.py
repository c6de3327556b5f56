"""What installed packages add to envcheck: their entry points, found without importing anything.

`importlib.metadata` finds them too, in ten times the time: a run that has no such package
must not pay for them. Here only the `entry_points.txt` of each installed distribution is
looked at, and parsed where it names a group of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
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
    """Where modules are imported from, but for the working directory that `python -m` puts first."""
    for place, folder in enumerate(sys.path):
        with suppress(OSError):
            if folder and not (place == 0 and folder == os.getcwd()):
                yield folder


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
        names = os.listdir(folder)
    except OSError:  # an archive, or not there
        return
    for name in names:
        stem, ending = os.path.splitext(name)
        if ending not in _INFO:
            continue
        project = stem.partition("-")[0].lower().replace("-", "_").replace(".", "_")
        if project in seen:
            continue
        seen.add(project)
        with suppress(OSError):
            descriptor = os.open(f"{folder}/{name}/entry_points.txt", os.O_RDONLY | os.O_CLOEXEC)
            try:
                content = os.read(descriptor, _MOST)
            finally:
                os.close(descriptor)
            if _MARK in content:
                yield stem, content.decode("utf-8", "replace")


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
