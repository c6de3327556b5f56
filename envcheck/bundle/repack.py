"""Redacting a bundle that was made without."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from envcheck.bundle import machines
from envcheck.bundle.archive import Archive
from envcheck.bundle.contents import manifest_first
from envcheck.bundle.make import Made, explained, new_redactor, writable
from envcheck.bundle.manifest import Manifest, Member
from envcheck.bundle.pack import Packer
from envcheck.errors import RequestError
from envcheck.host import open_host
from envcheck.host.tree import TreeHost

if TYPE_CHECKING:
    from envcheck.bundle.redact import Redactor

_MARK = "-unredacted"
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
            packer = Packer(store, redactor)
            manifest = _repack(archive, packer)
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
    new = stem.replace(_MARK, "") if _MARK in stem else f"{stem}-redacted"
    return os.path.join(folder, redactor.name(new) + _ENDING)


def _repack(archive: Archive, packer: Packer) -> Manifest:
    """Take every member that the manifest names. Raises RequestError where one is not as it says."""
    begin = time.monotonic()
    entries = iter(archive)
    manifest = manifest_first(archive, entries)
    if manifest.redacted:
        raise RequestError(f"{archive.path} is redacted already")
    missing = {member.name: member for member in manifest.members}
    for entry in entries:
        member = missing.pop(entry.name, None)
        if member is None or entry.refused or entry.kind != "file":
            raise RequestError(f"{archive.path}: {entry.name} does not belong in a bundle")
        _take(archive, packer, member)
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


def _take(archive: Archive, packer: Packer, member: Member) -> None:
    digest = hashlib.sha256()

    def pieces() -> Iterator[bytes]:
        for piece in archive.content():
            digest.update(piece)
            yield piece

    if member.name == machines.NAME:
        packer.put(member.name, machines.sealed_member(b"".join(pieces())))
    else:
        packer.stream(member.name, pieces(), kept=member)
    if digest.hexdigest() != member.sha256:
        raise RequestError(f"{archive.path}: {member.name} was altered: see envcheck bundle verify")
