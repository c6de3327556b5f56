"""What is in a bundle, in a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple, Optional

from envcheck.bundle import verdicts
from envcheck.bundle.archive import Archive, Entry
from envcheck.bundle.compressed import Damaged, Truncated
from envcheck.bundle.contents import manifest_first, whole
from envcheck.bundle.manifest import Manifest
from envcheck.bundle.record import ROOT
from envcheck.bundle.verdicts import Verdict
from envcheck.host import UnusableRecord
from envcheck.report import escape
from envcheck.values import Bytes

_RECORD = f"{ROOT}/"
_MOST_MISSING = 200


class Summary(NamedTuple):
    """A bundle's manifest and verdicts; `str()` is the page."""

    manifest: Manifest
    verdicts: tuple[Verdict, ...]
    broken: str = ""
    """Where and how the bundle breaks off; empty where it does not."""
    missing: tuple[str, ...] = ()
    """What is therefore not in it, or not to its end, by the manifest."""

    def __str__(self) -> str:
        parts = (
            _head(self.manifest),
            _verdicts(self.verdicts),
            _files(self.manifest),
            _missing(self.missing),
        )
        lines = [line for part in parts for line in part]
        conclusion = f"The conclusion of environment checking is :{self.manifest.conclusion}"
        broken = (
            [f"NOT WHOLE: {escape.line(self.broken)}: see envcheck bundle verify", ""] if self.broken else []
        )
        return "\n".join([*broken, *map(escape.lines, lines), escape.line(conclusion)]) + "\n"


def show(path: str) -> Summary:
    """Look into a bundle. Raises UnusableRecord for what is none, or is damaged.

    One that is cut off is shown as far as it goes.
    """
    with closing(Archive(path)) as archive:
        entries = iter(archive)
        manifest = manifest_first(archive, entries)
        waiting = dict.fromkeys(member.name for member in manifest.members)
        found: Optional[tuple[Verdict, ...]] = None
        last, broken = "", ""
        try:
            for entry in entries:
                waiting.pop(last, None)
                last = entry.name
                if found is None and entry.name == verdicts.NAME and entry.kind == "file":
                    found = _report(path, archive, entry)
            waiting.pop(last, None)
        except Damaged as error:
            if found is None and not isinstance(error, Truncated):
                raise
            broken = str(error)
            if archive.last_is_whole:
                waiting.pop(last, None)
    if found is None and not broken:
        raise UnusableRecord(f"{path} holds no {verdicts.NAME}")
    return Summary(manifest, found or (), broken, tuple(waiting) if broken else ())


def _report(path: str, archive: Archive, entry: Entry) -> tuple[Verdict, ...]:
    content = whole(archive, entry, verdicts.MAX_SIZE)
    try:
        return verdicts.read(content)
    except ValueError as error:
        raise UnusableRecord(f"{path}: {error}") from error


def _missing(names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield f"missing, or cut off, since the bundle breaks off: {len(names)}"
    for name in names[:_MOST_MISSING]:
        yield f"  {escape.line(name)}"
    if len(names) > _MOST_MISSING:
        yield f"  and {len(names) - _MOST_MISSING} more: see envcheck bundle verify"
    if names:
        yield ""


def _head(manifest: Manifest) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    yield f"host      {escape.line(manifest.host)}"
    yield f"made      {escape.line(manifest.created)}{f' by {escape.line(versions)}' if versions else ''}"
    yield f"modules   {escape.line(', '.join(manifest.modules))}"
    if not manifest.redacted:
        yield "redacted  NO: it holds addresses, names and whatever secrets the logs hold"
    else:
        counts = [f"{count} {kind}" for kind, count in sorted(manifest.redactions.items()) if count]
        yield f"redacted  {escape.line(', '.join(counts)) or 'yes; nothing was found to redact'}"


def _verdicts(found: tuple[Verdict, ...]) -> Iterator[str]:
    for module, results in verdicts.by_module(found).items():
        counts = Counter(each.status for each in results)
        said = ", ".join(f"{count} {status}" for status, count in counts.most_common())
        yield ""
        yield f"{escape.line(module)}: {said}"
        for each in results:
            if each.missed:
                mark = "~" * each.waived + "*" * (not each.required)
                said = f": {escape.line(each.said)}" if each.said else ""
                yield f"  {each.status:7} {mark}{escape.line(each.id)}{said}{' (waived)' * each.waived}"


def _files(manifest: Manifest) -> Iterator[str]:
    record = [member for member in manifest.members if member.name.startswith(_RECORD)]
    yield ""
    yield f"files: {len(manifest.members)}, {Bytes(manifest.size)} before compression"
    yield f"  {Bytes(sum(member.size for member in record))!s:>10}  {_RECORD} ({len(record)} files)"
    for member in manifest.members:
        if member not in record:
            tail = f" (the end of {Bytes(member.whole)})" if member.whole is not None else ""
            cut = f" (breaks off: {escape.line(member.cut)})" if member.cut is not None else ""
            yield f"  {Bytes(member.size)!s:>10}  {escape.line(member.name)}{tail}{cut}"
    if manifest.left_out:
        yield "left out:"
    for each in manifest.left_out:
        yield f"  {escape.line(each.name)}: {escape.line(each.reason)}"
    yield ""
