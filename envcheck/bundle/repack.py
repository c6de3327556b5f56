"""Redacting a bundle that was made without."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from envcheck.bundle import machines, pack, paper, verdicts
from envcheck.bundle.archive import Archive
from envcheck.bundle.contents import manifest_first
from envcheck.bundle.make import MARK, Made, explained, new_redactor, writable
from envcheck.bundle.manifest import Manifest, Member
from envcheck.errors import RequestError
from envcheck.host import open_host
from envcheck.host.tree import TreeHost

if TYPE_CHECKING:
    from envcheck.bundle.redact import Redactor

_ENDING = ".tar.gz"


def redact(path: str, output: Optional[str] = None, map_file: Optional[str] = None) -> Made:
    """Write a redacted copy of the bundle at `path`. Raises RequestError.

    Without `output` it lies beside, its name redacted and without `-unredacted`.
    """
    redactor = _informed(path, map_file)
    with ExitStack() as stack:
        target = output or _beside(path, redactor)
        if output is None and os.path.lexists(target):
            raise RequestError(f"{target} is there already: say another name with --output")
        out = stack.enter_context(writable(target, "bundle"))
        map_out = stack.enter_context(writable(map_file, "map")) if map_file else None
        archive = stack.enter_context(closing(Archive(path)))
        store = stack.enter_context(closing(out.scratch()))
        with explained(target, "bundle"):
            packer = pack.Packer(store, redactor)
            manifest = _Repacking(archive, packer, redactor).run()
            manifest = packer.finish(manifest, out)
            size = os.path.getsize(target)
        if map_out is not None:
            with explained(map_out.path, "map"):
                map_out.file.write(redactor.dump_map())
                map_out.commit()
    return Made(target, size, manifest)


def _informed(path: str, map_file: Optional[str]) -> Redactor:
    """A redactor that knows what the recorded host said of itself."""
    with closing(open_host(path)) as host:
        if not isinstance(host, TreeHost) or not host.replayed:
            raise RequestError(f"{path} is no bundle")
        host.recall()
        redactor = new_redactor(map_file)
        redactor.learn_from(host.answers)
        redactor.learn_from_host(host)
        return redactor


def _beside(path: str, redactor: Redactor) -> str:
    folder, name = os.path.split(path)
    stem = name.removesuffix(_ENDING)
    new = stem.replace(MARK, "") if MARK in stem else f"{stem}-redacted"
    return os.path.join(folder, redactor.name(new) + _ENDING)


class _Repacking:
    """Takes every member that the manifest names through a redactor."""

    def __init__(self, archive: Archive, packer: pack.Packer, redactor: Redactor) -> None:
        self._archive = archive
        self._packer = packer
        self._redactor = redactor
        self._report: Optional[bytes] = None

    def run(self) -> Manifest:
        """Returns the new manifest. Raises RequestError where a member is not as the old one says."""
        begin = time.monotonic()
        archive, packer = self._archive, self._packer
        entries = iter(archive)
        manifest = manifest_first(archive, entries)
        if manifest.redacted:
            raise RequestError(f"{archive.path} is redacted already")
        missing = {member.name: member for member in manifest.members}
        for entry in entries:
            member = missing.pop(entry.name, None)
            if member is None or entry.refused or entry.kind != "file":
                raise RequestError(f"{archive.path}: {entry.name} does not belong in a bundle")
            self._take(member)
        if missing:
            raise RequestError(f"{archive.path} is not whole: see envcheck bundle verify")
        for each in manifest.left_out:
            packer.leave_out(each.name, each.reason)
        return replace(
            manifest,
            host=packer.host(manifest.host),
            redacted=True,
            members=tuple(packer.members),
            left_out=tuple(packer.left_out),
            seconds={**manifest.seconds, "redact": round(time.monotonic() - begin, 3)},
        )

    def _take(self, member: Member) -> None:
        digest = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            for piece in self._archive.content():
                digest.update(piece)
                yield piece

        make = {machines.NAME: machines.sealed_member, pack.REPORT: self._remembered, pack.TEXT: self._text}
        if member.name in make:
            content = self._small(member, pieces())
            if digest.hexdigest() == member.sha256:  # else it is said below
                self._packer.put(member.name, make[member.name](content))
        else:
            self._packer.stream(member.name, pieces(), kept=member)
        if digest.hexdigest() != member.sha256:
            raise RequestError(f"{self._archive.path}: {member.name} was altered: see envcheck bundle verify")

    def _small(self, member: Member, pieces: Iterator[bytes]) -> bytes:
        content = bytearray()
        for piece in pieces:
            content += piece
            if len(content) > verdicts.MAX_SIZE:
                raise RequestError(f"{self._archive.path}: {member.name} is too large")
        return bytes(content)

    def _remembered(self, content: bytes) -> bytes:
        self._report = content
        return content

    def _text(self, _: bytes) -> bytes:
        """`report.txt` anew, in English: in the old one addresses may be cut, and so unknown as such."""
        if self._report is None:
            raise RequestError(f"{self._archive.path}: {pack.REPORT} does not stand before {pack.TEXT}")
        try:
            report = paper.read(self._report)
        except ValueError as error:
            raise RequestError(f"{self._archive.path}: {error}") from error
        return paper.render(paper.redacted(report, self._redactor), "en").encode("utf-8", "backslashreplace")
