"""The archive of fingerprints that is sent in: finger.tar.gz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Absent, Host
from envcheck.lazy import regex
from envcheck.record import Record

_SECONDS = 120.0
_SECFILE = regex(r"secfile_(?P<address>\d{1,3}(?:\.\d{1,3}){3})")
_SHOWN = 5


ABOUT_PATH = True


class Settings(Record):
    """Which archive is meant."""

    fingerprint_archive: str


class Archive(Record):
    """What is in it, and what is wrong with it."""

    machines: int
    """How many fingerprints it holds."""
    findings: tuple[str, ...]

    def __str__(self) -> str:
        more = f"; and {len(self.findings) - _SHOWN} more" if len(self.findings) > _SHOWN else ""
        return "; ".join(self.findings[:_SHOWN]) + more or f"fingerprints of {self.machines} machines"


class FingerprintArchive(Record):
    """Asked with `fingerprint-archive`, the path of the archive."""

    archive: Annotated[
        Fact[Archive],
        doc(
            "its fingerprints, and whatever else is in it or amiss",
            sources="the archive, read to its end without unpacking",
            example="fingerprints of 3 machines",
        ),
    ]


def collect(host: Host, settings: Settings) -> FingerprintArchive:
    """List the archive."""
    path = settings.fingerprint_archive
    return FingerprintArchive(first((path, lambda: _archive(host, path))))


def _archive(host: Host, path: str) -> Archive:
    try:
        found = host.contents(path, timeout=_SECONDS)
    except Absent as error:
        return Archive(0, (str(error),))
    if found.kind != "archive":
        return Archive(0, ("it is a folder, not an archive",))
    seen: dict[str, int] = {}
    findings = [f"the archive is not whole: {found.damage}"] if found.damage else []
    for member in found.members:
        if not member.name and member.kind == "directory":
            continue  # `./`, which tar writes for `tar czf … .`
        findings += _of_member(member.name, member.kind, member.size, member.wrong, seen)
    if not seen and not found.damage:
        findings.append("it holds no fingerprint")
    return Archive(len(seen), tuple(findings))


def _of_member(name: str, kind: str, size: int, wrong: str, seen: dict[str, int]) -> Iterator[str]:
    folder, _, base = name.rpartition("/")
    match = _SECFILE.fullmatch(base)
    if wrong:
        yield f"{name} {wrong}"
    elif kind == "directory":
        yield f"{name} is a folder: there may be none"
    elif folder:
        yield f"{name} is in a folder: it must be at the top"
    elif match is None or not _is_address(match["address"].split(".")):
        yield f"{name} is no fingerprint: only secfile_ADDRESS may be in it"
    elif kind != "file":
        yield f"{name} is a {kind}, not a file"
    elif name in seen:
        yield f"{name} is in it twice: one fingerprint for each machine"
    else:
        seen[name] = size
        if size == 0:
            yield f"{name} is empty: take the fingerprint anew"


def _is_address(parts: Iterable[str]) -> bool:
    """Whether these are the numbers of an IPv4 address, without leading zeros."""
    return all(str(int(part)) == part and int(part) < 1 << 8 for part in parts)
