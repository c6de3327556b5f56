"""Whether a bundle is what it was when it was made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from typing import Literal, NamedTuple

from envcheck.bundle.archive import Archive, Entry
from envcheck.bundle.compressed import Damaged
from envcheck.bundle.contents import manifest_first
from envcheck.bundle.manifest import Manifest, Member


class Finding(NamedTuple):
    """What is wrong with one member."""

    member: str
    kind: Literal["altered", "truncated", "missing", "extra", "twice"]
    text: str

    def __str__(self) -> str:
        return f"{self.member}: {self.text}"


def verify(path: str) -> list[Finding]:
    """What differs from the manifest, in the bundle's order; nothing where it is whole.

    Raises UnusableRecord where it can't be opened or its manifest can't be read.
    """
    with closing(Archive(path)) as archive:
        entries = iter(archive)
        comparison = _Comparison(archive, manifest_first(archive, entries))
        return [*comparison.of_members(entries), *comparison.of_the_rest()]


class _Comparison:
    """The members against the manifest."""

    def __init__(self, archive: Archive, manifest: Manifest) -> None:
        self._archive = archive
        self._known = {member.name: member for member in manifest.members}
        self._waiting = dict(self._known)
        self._broken_off = False

    def of_members(self, entries: Iterator[Entry]) -> Iterator[Finding]:
        try:
            for entry in entries:
                yield from self._of(entry)
        except Damaged as error:
            self._broken_off = True
            reason = str(error).removeprefix(f"{self._archive.path}: ")
            self._waiting.pop(self._archive.last, None)
            yield Finding(self._archive.last, "truncated", f"here the bundle breaks off: {reason}")

    def of_the_rest(self) -> Iterator[Finding]:
        why = "it stood behind the place where the bundle breaks off" if self._broken_off else "it is missing"
        for name in self._waiting:
            yield Finding(name, "missing", why)

    def _of(self, entry: Entry) -> Iterator[Finding]:
        member = self._waiting.get(entry.name)
        if member is None and entry.name in self._known:
            yield Finding(entry.name, "twice", "it is there twice")
        elif member is None or entry.refused or entry.kind != "file":
            yield Finding(entry.name, "extra", entry.refused or "the manifest knows no such file")
        else:
            yield from self._of_content(member)
            del self._waiting[entry.name]

    def _of_content(self, member: Member) -> Iterator[Finding]:
        digest, size = hashlib.sha256(), 0
        for piece in self._archive.content():
            digest.update(piece)
            size += len(piece)
        if size != member.size:
            yield Finding(member.name, "altered", f"it has {size} bytes instead of {member.size}")
        elif digest.hexdigest() != member.sha256:
            yield Finding(member.name, "altered", "it was altered: the checksum is another")
