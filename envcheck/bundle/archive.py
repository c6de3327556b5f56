"""Reading an archive that anybody may have made: member by member, in bounded memory.

Nothing is written here. What a member is called, and what it claims to be, is checked before
anyone gets to see it; what can't be taken for a file of a host bears the reason.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeVar, cast

from envcheck.bundle.compressed import PIECE, Damaged, Source, Truncated

T = TypeVar("T")

MAX_MEMBERS = 100_000
MAX_DEPTH = 64
MAX_PART = 255
MAX_NAME = 4000
_HEADERS = 1 << 20
"""Bytes of the headers of one member: long names and attributes are told there."""
_AFTER = 64 << 20
"""Bytes looked at behind the last member, for the checksum at the end."""

Kind = Literal["file", "directory", "link", "hard link", "other"]


class Entry(NamedTuple):
    """One member."""

    name: str
    """Its path without leading `./`, printable; empty for the archive's own top."""
    kind: Kind
    size: int
    mode: int
    target: str
    """Of links: where they point, as it stands in the archive."""
    refused: str
    """Why it can't be unpacked; empty where it can."""


class Archive:
    """The members in their order. Raises UnusableRecord where it can't be opened."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.last = ""
        """The member that was come to last."""
        self._source = Source(path)
        self._member: tarfile.TarInfo | None = None
        self._blocks = _Blocks(self._source)
        try:
            self._source.mark = _HEADERS
            self._tar = self._guarded(self._open)
        except BaseException:
            self._source.close()
            raise

    def _open(self) -> tarfile.TarFile:
        return tarfile.open(
            fileobj=cast(Any, self._blocks),
            mode="r:",
            encoding="utf-8",
            errors="surrogateescape",
        )

    def __iter__(self) -> Iterator[Entry]:
        """Each member once. Raises Damaged at the place where the archive is."""
        count = 0
        while True:
            member: tarfile.TarInfo | None = self._guarded(self._next)
            if member is None:
                break
            count += 1
            if count > MAX_MEMBERS:
                raise Damaged(f"{self.path}: the archive has more than {MAX_MEMBERS} members")
            self._member = member
            entry = _entry(member)
            self.last = entry.name
            self._source.mark = self._tar.offset
            yield entry
        self._guarded(self._end)

    def content(self) -> Iterator[bytes]:
        """The pieces of the file that was come to last. Raises Damaged."""
        assert self._member is not None  # noqa: S101 - an entry was seen
        file = self._tar.extractfile(self._member)
        while file is not None:
            piece = self._guarded(lambda: file.read(PIECE))
            if not piece:
                return
            yield piece

    @property
    def last_is_whole(self) -> bool:
        """Whether all bytes of the member that was come to last were there, once the archive broke off."""
        member = self._member
        return member is not None and self._source.tell() >= member.offset_data + member.size

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def _next(self) -> tarfile.TarInfo | None:
        if not self._tar.offset:  # an empty archive, which Python 3.9 would begin anew
            return None
        self._source.mark = self._tar.offset + _HEADERS
        member = self._tar.next()
        cast(Any, self._tar).members = []  # else it keeps them all
        if sum(len(key) + len(value) for key, value in self._tar.pax_headers.items()) > _HEADERS:
            raise Damaged(f"{self.path}: the archive is damaged: a header without end")
        return member

    def _end(self) -> None:
        if not self._blocks.last:
            raise tarfile.ReadError("its end is missing")
        if any(self._blocks.last):
            raise tarfile.ReadError("a header that is none")
        self._source.seek(self._source.tell() + _AFTER)

    def _guarded(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except (tarfile.TarError, ValueError, OverflowError, LookupError, RecursionError) as error:
            where = f" after {self.last}" if self.last else ""
            said = str(error).removeprefix(f"{self.path}: ").removeprefix("the archive is damaged: ")
            cut = isinstance(error, Truncated) or "unexpected end" in said or "missing" in said
            if cut:
                raise Truncated(f"{self.path}: the archive is truncated{where}") from error
            raise Damaged(f"{self.path}: the archive is damaged ({said}){where}") from error


class _Blocks:
    """A source that keeps the last block that was read: `tarfile` takes a damaged header for the end."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.last = b""
        self.tell = source.tell
        self.seek = source.seek

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        if size == tarfile.BLOCKSIZE:
            self.last = data
        return data


def _entry(member: tarfile.TarInfo) -> Entry:
    refused = _wrong_name(member.name)
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    name = "/".join(parts)
    if len(parts) > MAX_DEPTH:
        refused = refused or f"is more than {MAX_DEPTH} folders deep"
    if refused:
        name = ascii(member.name[:MAX_PART])[1:-1]
    kind = _kind(member)
    if kind == "other":
        refused = refused or "is a device, a pipe or of no known kind"
    return Entry(name, kind, member.size, member.mode & 0o777, member.linkname, refused)


def _wrong_name(name: str) -> str:
    if name.startswith("/"):
        return "has an absolute name"
    parts = name.split("/")
    if ".." in parts:
        return "leads out of the archive (`..`)"
    if not name.isprintable():
        return "has control characters or undecodable bytes in its name"
    if len(name) > MAX_NAME or any(len(part.encode()) > MAX_PART for part in parts):
        return "has too long a name"
    return ""


def _kind(member: tarfile.TarInfo) -> Kind:
    if member.isreg():
        return "file"
    if member.isdir():
        return "directory"
    if member.issym():
        return "link"
    return "hard link" if member.islnk() else "other"
