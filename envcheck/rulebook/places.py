"""Where rule sets come from. Nothing is read from the working directory by itself.

In this order, which is also the order in which overlays of one check are applied:

1. the rule sets that come with envcheck,
2. those of installed packages (entry point `envcheck.rules`), by the packages' names,
3. the site's, in `/etc/envcheck/rules.d`,
4. the directories named with `--rules`, as they are named.

Within a directory the files go by their names.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from envcheck.entry_points import RULES, EntryPoint, entry_points
from envcheck.errors import RequestError
from envcheck.record import Record
from envcheck.rulebook.kept import shipped_rules
from envcheck.text import Text

IMPORT_SECONDS = 5.0
SITE = "/etc/envcheck/rules.d"
OWNERS = (0,)
"""Whose the site's rule sets must be: they may bend what root relies on."""


class Place(Record):
    """A directory of rule sets, and in words how it came to be read."""

    directory: str
    words: Text


def places(rules: Sequence[str] = ()) -> list[Place]:
    """All of them, each once. Raises RequestError for one that cannot be had, or not be trusted."""
    found = [
        Place(shipped_rules(), Text("part of envcheck", "随 envcheck 提供")),
        *(_of_package(point) for point in entry_points(RULES)),
        *_of_site(),
        *(Place(directory, Text("by --rules", "由 --rules 指定")) for directory in rules),
    ]
    once: dict[str, Place] = {}
    for place in found:
        once.setdefault(os.path.realpath(place.directory), place)
    return list(once.values())


def _of_package(point: EntryPoint) -> Place:
    """The folder of a package, found where its distribution lies, without importing it."""
    words = f"{point.distribution} ({RULES}: {point.name} = {point.value})"
    below = point.value.split(".")
    if not all(part.isidentifier() for part in below):
        raise RequestError(f"{words}: the value is to be a package, such as acme_checks.rules")
    directory = os.path.join(point.folder, *below)
    if not os.path.isdir(directory):
        directory = _elsewhere(point.value)
    if not directory:
        raise RequestError(f"{words}: there is no such package")
    return Place(directory, Text(f"package {words}", f"软件包 {words}"))


def _elsewhere(package: str) -> str:
    """The folder of a package that is not where its distribution lies: one under development.

    To find it the packages that it is in are imported, in a process of its own: they may do anything.
    """
    from importlib.util import find_spec

    from envcheck import apart

    def folder() -> str:
        spec = find_spec(package)
        folders = spec.submodule_search_locations if spec is not None else None
        return str(next(iter(folders or ()), ""))

    try:
        return apart.run(folder, IMPORT_SECONDS)
    except (apart.Ended, OSError):  # a package that cannot be imported is none
        return ""


def _of_site() -> Iterator[Place]:
    if not os.path.lexists(SITE):
        return
    path = SITE
    try:
        must_be_roots(path)
        for name in sorted(os.listdir(SITE)):
            if name.endswith(".yaml") and not name.startswith("."):
                path = os.path.join(SITE, name)
                must_be_roots(path)
    except OSError as error:  # a link to nothing, too: what the site asks for is never passed over
        raise RequestError(f"{path}: {error.strerror}") from error
    yield Place(SITE, Text("the site's", "本机站点"))


def must_be_roots(path: str) -> None:
    """Raise RequestError for a file or directory that others than root may change; OSError as stat does."""
    status = os.stat(path)
    others = stat.S_IWOTH | (0 if status.st_gid == 0 else stat.S_IWGRP)
    if status.st_uid not in OWNERS:
        wrong = f"it belongs to user {status.st_uid}"
    elif status.st_mode & others:
        wrong = "others than root may write it"
    else:
        return
    raise RequestError(
        f"{path} is not read: {wrong}, and nothing was checked; see to it that it is root's "
        "(chown root:root, chmod go-w), or take it away"
    )
