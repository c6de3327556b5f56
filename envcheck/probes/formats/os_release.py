"""The texts that name a distribution: os-release, lsb-release, redhat-release, SuSE-release."""

from __future__ import annotations

import re

from envcheck.lazy import regex
from envcheck.record import Record

_ASSIGNMENT = regex(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
_PLAIN = regex(r'"([^"\\]*)"|[\w.:/-]+', re.ASCII)
"""What a shell's rules need not be asked for: nearly every value."""
_RELEASE = regex(r"\s*(\S.*?)\s+release\s+(\d+(?:\.\d+)*)\b.*", re.IGNORECASE)
_SUSE = regex(r"\s*(\S.*?)\s+(\d+(?:\.\d+)?)(?:\s.*)?")
_SUSE_FIELD = regex(r"^(VERSION|PATCHLEVEL)\s*=\s*(\d+)", re.MULTILINE)
_LSB = {"Distributor ID": "DISTRIB_ID", "Release": "DISTRIB_RELEASE", "Description": "DISTRIB_DESCRIPTION"}


class ReleaseLine(Record):
    """What a release file says: the distribution's name and its version."""

    name: str
    version: str
    text: str


def read(text: str) -> dict[str, str]:
    """The variables of os-release or lsb-release, unquoted; raises ValueError without any."""
    matches = (_ASSIGNMENT.fullmatch(line) for line in text.splitlines())
    values = {match[1]: _unquoted(match[2]) for match in matches if match}
    if not values:
        raise ValueError("no variable in it")
    return values


def _unquoted(raw: str) -> str:
    plain = _PLAIN.fullmatch(raw)
    if plain:
        return plain[1] if plain[1] is not None else raw
    import shlex

    try:
        words = shlex.split(raw, comments=True)
    except ValueError:  # a quote that is not closed: read what is there
        return raw.strip().strip("\"'")
    # Blanks need quotes, yet hand-written files forget them and mean the whole line.
    return " ".join(words)


def read_lsb_release(text: str) -> dict[str, str]:
    """The output of `lsb_release -a` under the names that /etc/lsb-release uses; raises ValueError."""
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    values = {_LSB[label.strip()]: value.strip() for label, value in pairs if label.strip() in _LSB}
    if "DISTRIB_ID" not in values:
        raise ValueError("not the output of lsb_release -a")
    return values


def read_release_line(text: str) -> ReleaseLine:
    """`CentOS Linux release 7.2.1511 (Core)`; raises ValueError for another text."""
    for line in text.splitlines():
        match = _RELEASE.fullmatch(line)
        if match:
            return ReleaseLine(match[1], match[2], line.strip())
    raise ValueError("it names no release")


def read_suse_release(text: str) -> ReleaseLine:
    """/etc/SuSE-release, whose service pack stands on a line of its own; raises ValueError."""
    first = text.lstrip().split("\n", 1)[0]
    match = _SUSE.fullmatch(first)
    if match is None:
        raise ValueError("it names no release")
    fields: dict[str, str] = dict(_SUSE_FIELD.findall(text))
    version = fields.get("VERSION") or match[2]
    if fields.get("PATCHLEVEL", "0") != "0":
        version = f"{version}.{fields['PATCHLEVEL']}"
    return ReleaseLine(match[1], version, first.strip())
