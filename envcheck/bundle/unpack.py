"""Laying a bundle out as a written host: the record, and what a check of it should say."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from envcheck.bundle import verdicts
from envcheck.bundle.archive import Archive, Entry
from envcheck.bundle.contents import manifest_first, whole
from envcheck.bundle.extract import Extraction
from envcheck.bundle.record import ROOT
from envcheck.bundle.unpacked import Unpacked as Scratch
from envcheck.bundle.verdicts import Verdict
from envcheck.errors import RequestError
from envcheck.host import UnusableRecord
from envcheck.host.replay import PATH
from envcheck.rulebook.model import TOGETHER

EXPECTED = "expected.yaml"
_RECORD = f"{ROOT}/"
_SCRATCH = ".envcheck-unpack-"


class Unpacked(NamedTuple):
    """A directory that was written, and which files of the bundle are not in it, with the reason."""

    directory: str
    left_out: Mapping[str, str]


def unpack(path: str, directory: str) -> Unpacked:
    """Write the host of a bundle to `directory`, which is not there yet or is empty.

    Raises RequestError where either can't be used; then nothing is written. What `kill -9` left beside it
    goes with the next one.
    """
    directory = os.path.abspath(directory)
    try:
        _need_room(directory)
        scratch = Scratch(os.path.dirname(directory), _SCRATCH, young=0)
    except OSError as error:
        raise RequestError(f"{directory} can't be written: {error.strerror}") from error
    try:
        left_out = _lay_out(path, scratch.name)
        os.rename(scratch.name, directory)
    except OSError as error:
        raise RequestError(f"{directory} can't be written: {error.strerror}") from error
    finally:
        scratch.remove()
    return Unpacked(directory, left_out)


def expected(found: Sequence[Verdict]) -> str:
    """The text of `expected.yaml`: all statuses, and the hints of what was missed."""
    import yaml

    by_module = verdicts.by_module(found)
    by_module.pop(TOGETHER, None)  # a written host is checked for one module at a time
    entries = [_expected(module, results) for module, results in by_module.items()]
    return str(yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=100))


def _expected(module: str, results: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "module": module,
        "conclusion": verdicts.conclusion(results),
        "results": {each.id: each.status for each in results},
        "hints": {each.id: list(each.hints) for each in results if each.missed},
    }


def _need_room(directory: str) -> None:
    try:
        if os.listdir(directory):
            raise RequestError(f"{directory} is not empty")
    except FileNotFoundError:
        return


def _lay_out(path: str, directory: str) -> Mapping[str, str]:
    extraction = Extraction(directory)
    report: tuple[Verdict, ...] = ()
    with closing(Archive(path)) as archive:
        entries = iter(archive)
        manifest_first(archive, entries)
        for entry in entries:
            if entry.name.startswith(_RECORD):
                extraction.add(_harmless(entry), entry.name[len(_RECORD) :], archive.content())
            elif entry.name == verdicts.NAME and not report:
                report = _report(path, whole(archive, entry, verdicts.MAX_SIZE))
    extraction.finish()
    if not report or not os.path.lexists(f"{directory}{PATH}"):
        raise UnusableRecord(f"{path} holds no report, or no record of a host")
    with open(f"{directory}/{EXPECTED}", "w", encoding="utf-8") as file:
        file.write(expected(report))
    return extraction.left_out


def _harmless(entry: Entry) -> Entry:
    if entry.name == f"{_RECORD}{EXPECTED}":
        return entry._replace(refused=f"would take the place of {EXPECTED}")
    if entry.kind in ("file", "directory") or entry.refused:
        return entry
    return entry._replace(refused="is a link, and a bundle has none")


def _report(path: str, content: bytes) -> tuple[Verdict, ...]:
    try:
        return verdicts.read(content)
    except ValueError as error:
        raise UnusableRecord(f"{path}: {error}") from error
