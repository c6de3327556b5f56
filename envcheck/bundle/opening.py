"""Opening an archive as a host: unpacked for as long as the host is open."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Optional

from envcheck import console
from envcheck.bundle.archive import Archive
from envcheck.bundle.extract import MAX_FILE, Extraction
from envcheck.bundle.manifest import NAME as MANIFEST
from envcheck.bundle.manifest import Manifest, Member
from envcheck.bundle.record import ROOT
from envcheck.bundle.unpacked import Unpacked
from envcheck.host import UnusableRecord
from envcheck.host.tree import TreeHost
from envcheck.report import escape

_LOGS = "logs/"
_OF_A_BUNDLE = b'"envcheck.bundle/'
_MANIFEST_SIZE = 16 << 20
_PIECE = 1 << 18
_SAID = 5
_OF_A_ROOT = frozenset(
    ("bin", "boot", "dev", "etc", "lib", "lib64", "opt", "proc", "run", "sbin", "sys", "tmp", "usr", "var")
) | {"sos_commands"}


def open_archive(path: str) -> TreeHost:
    """The host of a bundle, a sosreport or a root tree in an archive. Raises UnusableRecord.

    Closing the host removes what was unpacked, and so does the end of the program.
    """
    try:
        directory = Unpacked()
    except OSError as error:
        raise UnusableRecord(f"{path} can't be unpacked: {error.strerror}") from error
    try:
        extraction = _extract(path, directory.name)
        top = _top(directory.name)
        root = record_root(os.path.join(directory.name, top), path)
        below = os.path.relpath(root, directory.name)
        left_out = _below("" if below == "." else below, extraction.left_out)
        return TreeHost(Path(root), left_out=left_out, on_close=directory.remove, title=_title(path, top))
    except BaseException:
        directory.remove()
        raise


def record_root(directory: str, title: str = "") -> str:
    """Where in a directory the host's files lie: an unpacked bundle keeps them in `host/`.

    Raises UnusableRecord for a bundle whose manifest can't be read, or is of another schema.
    """
    host = os.path.join(directory, ROOT)
    manifest = os.path.join(directory, MANIFEST)
    if os.path.islink(manifest) or not os.path.isfile(manifest):
        return directory
    is_bundle = os.path.isdir(host) and not os.path.islink(host)
    try:
        with open(manifest, "rb") as file:
            content = file.read(_MANIFEST_SIZE)
        if not is_bundle and _OF_A_BUNDLE not in content:
            return directory
        found = Manifest.from_json(content.decode("utf-8"))
    except OSError as error:
        raise UnusableRecord(f"{manifest}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UnusableRecord(f"{title or directory} is no bundle that can be read: {error}") from error
    _warn_of_altered(title or directory, directory, found)
    return host if is_bundle else directory


def _warn_of_altered(title: str, directory: str, manifest: Manifest) -> None:
    """Say which files of the record are not what they were when the bundle was made."""
    wrong = [
        f"{escape.line(member.name)} {how}"
        for member in manifest.members
        if member.name.startswith(f"{ROOT}/") and (how := _wrong(directory, member))
    ]
    if wrong:
        more = f", and {len(wrong) - _SAID} more" if len(wrong) > _SAID else ""
        named = ", ".join(wrong[:_SAID]) + more
        console.say(f"warning: {escape.line(title)} is not what it was when it was made: {named}")


def _wrong(directory: str, member: Member) -> str:
    """What is wrong with a file that was unpacked; empty where nothing is."""
    if member.size > MAX_FILE:
        return ""  # which is left out, and that is said
    parts = member.name.split("/")
    if ".." in parts or not member.name.isprintable():
        return "has a name that leads astray"
    path = os.path.join(directory, *parts)
    if os.path.islink(path) or not os.path.isfile(path):
        return "is missing"
    if os.path.getsize(path) != member.size:
        return "was altered"
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return "" if digest.hexdigest() == member.sha256 else "was altered"


def _extract(path: str, directory: str) -> Extraction:
    extraction = Extraction(directory)
    archive = Archive(path)
    try:
        extraction.take(archive, _needed)
    finally:
        archive.close()
    return extraction


def _needed(name: str) -> Optional[str]:
    # The logs of a bundle answer no check.
    return None if name.startswith(_LOGS) else name


def _top(directory: str) -> str:
    """The one folder that holds all, as in a sosreport; else nothing."""
    names = os.listdir(directory)
    if len(names) != 1 or names[0] in _OF_A_ROOT:
        return ""
    return names[0] if os.path.isdir(os.path.join(directory, names[0])) else ""


def _below(root: str, left_out: dict[str, str]) -> dict[str, str]:
    """What was left out below the root, by the path on the host."""
    start = f"{root}/" if root else ""
    return {f"/{path[len(start) :]}": why for path, why in left_out.items() if path.startswith(start)}


def _title(path: str, top: str) -> str:
    return top or os.path.basename(path)
