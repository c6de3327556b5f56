"""Opening an archive as a host: unpacked for as long as the host is open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional

from envcheck.bundle.archive import Archive
from envcheck.bundle.extract import Extraction
from envcheck.bundle.manifest import NAME as MANIFEST
from envcheck.bundle.record import ROOT
from envcheck.bundle.unpacked import Unpacked
from envcheck.host import UnusableRecord
from envcheck.host.tree import TreeHost

_LOGS = "logs/"
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
        root = record_root(os.path.join(directory.name, top))
        below = os.path.relpath(root, directory.name)
        left_out = _below("" if below == "." else below, extraction.left_out)
        return TreeHost(Path(root), left_out=left_out, on_close=directory.remove, title=_title(path, top))
    except BaseException:
        directory.remove()
        raise


def record_root(directory: str) -> str:
    """Where in a directory the host's files lie: an unpacked bundle keeps them in `host/`."""
    host = os.path.join(directory, ROOT)
    manifest = os.path.join(directory, MANIFEST)
    bundle = all(os.path.lexists(each) and not os.path.islink(each) for each in (host, manifest))
    return host if bundle and os.path.isdir(host) else directory


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
