"""Parts of a deployment package, whether it is unpacked or still an archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from envcheck.host.belongings import Contents, Member
from envcheck.lazy import regex

REFERENCES = "refs.txt"
INSTALLER = "package/Install/install.py"
MODULES = "package/Install/module.json"
DOCKER_PACKAGES = "package/DockerPackages"
LICENSE = "face-lc/license.cfg"
KEEP = (f"*/{REFERENCES}", f"*/{MODULES}")

_MARKS = (REFERENCES, INSTALLER, MODULES)
_URL = regex(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>|\\]+")
_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".zip", ".gz")


class Parts:
    """The members by their path below the folder that holds refs.txt and package/."""

    def __init__(self, contents: Contents) -> None:
        self._texts = contents.texts
        self.top = _top(contents)
        self.members = {
            member.name[len(self.top) :]: member
            for member in contents.members
            if member.name.startswith(self.top)
        }

    def has_file(self, path: str) -> bool:
        """Whether there is such a file, and not an empty one."""
        member = self.members.get(path)
        return member is not None and member.kind == "file" and member.size > 0

    def text(self, path: str) -> str | None:
        """The text of a file that was kept; None where there is none."""
        return self._texts.get(self.top + path)

    def below(self, folder: str) -> list[Member]:
        """The files in a folder that are not empty."""
        return [
            member
            for path, member in self.members.items()
            if path.startswith(f"{folder}/") and member.kind == "file" and member.size > 0
        ]

    def archives(self) -> list[Member]:
        """What is still to be unpacked."""
        return [member for member in self.members.values() if member.name.lower().endswith(_ARCHIVES)]

    def unfetched(self, references: str) -> tuple[list[str], int]:
        """Which of the files that refs.txt names are not there or empty, and how many it names.

        Only the last part of an address is told: what follows a question mark is a password.
        """
        sizes: dict[str, int] = {}
        for member in self.members.values():
            if member.kind == "file":
                base = member.name.rpartition("/")[2]
                sizes[base] = max(member.size, sizes.get(base, 0))
        names = list(dict.fromkeys(_file_names(references)))
        missing = [name if name not in sizes else f"{name} (empty)" for name in names if not sizes.get(name)]
        return missing, len(names)


def _file_names(references: str) -> Iterator[str]:
    for address in _URL.findall(references):
        name = unquote(urlsplit(address).path.rpartition("/")[2])
        yield name or f"an address that names no file ({urlsplit(address).hostname or '?'})"


def _top(contents: Contents) -> str:
    """The prefix of the members: empty, `original/`, or whatever the package's folder is called."""
    tops = [
        member.name[: -len(mark)]
        for member in contents.members
        for mark in _MARKS
        if f"/{member.name}".endswith(f"/{mark}")
    ]
    if tops:
        return min(tops, key=len)
    return "original/" if any(member.name == "original" for member in contents.members) else ""


def words_of(text: str) -> set[str]:
    """Every key and every text in a JSON document. Raises ValueError."""
    found: set[str] = set()
    try:
        todo = [json.loads(text)]
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            found.update(value)
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
        elif isinstance(value, str):
            found.add(value)
    return found
