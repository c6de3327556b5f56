"""What `show`, `verify` and `unpack` have in common: the small files at a bundle's beginning."""

from __future__ import annotations

from collections.abc import Iterator

from envcheck.bundle.archive import Archive, Entry
from envcheck.bundle.manifest import NAME, Manifest
from envcheck.host import UnusableRecord

_MANIFEST_SIZE = 16 << 20


def manifest_first(archive: Archive, entries: Iterator[Entry]) -> Manifest:
    """The manifest of a bundle of which no entry was read yet. Raises UnusableRecord for another archive."""
    first = next(entries, None)
    if first is None or first.name != NAME or first.kind != "file":
        raise UnusableRecord(f"{archive.path} is no bundle: {NAME} is not its first file")
    try:
        return Manifest.from_json(whole(archive, first, _MANIFEST_SIZE).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnusableRecord(f"{archive.path} is no bundle that can be read: {error}") from error


def whole(archive: Archive, entry: Entry, limit: int) -> bytes:
    """The content of the file that was come to. Raises UnusableRecord where it is too large."""
    if entry.size > limit:
        raise UnusableRecord(f"{archive.path}: {entry.name} is larger than {limit >> 20} MiB")
    return b"".join(archive.content())
