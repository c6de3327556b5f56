"""What a folder or an archive holds: names, kinds and sizes, and the text of a few small files.

Both may be anybody's: nothing is unpacked, links are not followed out, and all is bounded.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Callable, Iterable, Sequence

from envcheck.host.belongings import Contents, Member

MAX_MEMBERS = 100_000
MAX_DEPTH = 32
MAX_TEXT = 4 << 20
"""Bytes of one file whose text is kept."""
MAX_TEXTS = 16

Children = Callable[[str], Iterable[Member]]
"""What a folder holds, by its path below the one that was asked for; empty for that one itself."""


def of_folder(children: Children, read: Callable[[str, int], bytes], keep: Sequence[str]) -> Contents:
    """All that is in a folder and below it. Raises what `children` and `read` raise."""
    found: list[Member] = []
    texts: dict[str, str] = {}
    damage = ""
    folders = [("", 0)]
    for folder, depth in folders:
        for child in children(folder):
            name = f"{folder}/{child.name}" if folder else child.name
            found.append(child._replace(name=name))
            if child.kind == "directory" and depth < MAX_DEPTH:
                folders.append((name, depth + 1))
            elif child.kind == "file" and _wanted(name, child.size, keep, texts):
                texts[name] = _text(read(name, MAX_TEXT))
        if len(found) > MAX_MEMBERS:
            damage = f"it holds more than {MAX_MEMBERS} files"
            break
    return Contents("directory", tuple(found[:MAX_MEMBERS]), damage, texts)


def of_archive(path: str, keep: Sequence[str], check: Callable[[], None]) -> Contents:
    """All members of an archive, which is read to its end: that shows whether it is whole.

    `check` is called at each member, and may raise to end it.
    """
    from envcheck.bundle.archive import Archive
    from envcheck.bundle.compressed import ADVICE
    from envcheck.host import UnusableRecord

    found: list[Member] = []
    texts: dict[str, str] = {}
    try:
        archive = Archive(path)
    except UnusableRecord as error:
        # That it might have been a record of a host is no help to who names a package.
        return Contents("archive", (), _without(path, str(error)).replace(f" ({ADVICE})", ""), {})
    try:
        for entry in archive:
            check()
            kind = "other" if entry.refused else entry.kind
            found.append(Member(entry.name, kind, entry.size, entry.refused))
            if kind == "file" and _wanted(entry.name, entry.size, keep, texts):
                texts[entry.name] = _text(b"".join(archive.content()))
    except UnusableRecord as error:
        return Contents("archive", tuple(found), _without(path, str(error)), texts)
    finally:
        archive.close()
    return Contents("archive", tuple(found), "", texts)


def children_of(top: str) -> Children:
    """For `of_folder`: the folders of this machine below `top`. A link counts as the file it leads to."""

    def children(folder: str) -> Iterable[Member]:
        with os.scandir(os.path.join(top, folder)) as entries:
            return [_member(entry) for entry in sorted(entries, key=lambda entry: entry.name)]

    return children


def _member(entry: os.DirEntry[str]) -> Member:
    try:
        status = entry.stat()
    except OSError as error:
        return Member(entry.name, "other", 0, error.strerror or "")
    if stat.S_ISREG(status.st_mode):
        return Member(entry.name, "file", status.st_size)
    if stat.S_ISDIR(status.st_mode):
        return Member(entry.name, "link" if entry.is_symlink() else "directory", 0)
    return Member(entry.name, "other", 0, "it is neither a file nor a folder")


def _wanted(name: str, size: int, keep: Sequence[str], texts: dict[str, str]) -> bool:
    small = size <= MAX_TEXT and len(texts) < MAX_TEXTS
    return small and any(fnmatch.fnmatchcase(f"/{name}", pattern) for pattern in keep)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")


def _without(path: str, reason: str) -> str:
    """The reason without the path, which the report shows already."""
    return reason.replace(f"{path}: ", "").replace(f"{path} ", "it ", 1)
