"""Which commands a host has, going by its complete list of installed packages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from envcheck.lazy import regex

_RPM = regex(r"(\S+)-([^-\s]+)-([^-\s]+)(?:\s|$)")
_DEB = regex(r".i\s+([^\s:]+)(?::\S+)?\s+(\S+)")
_BROKEN = regex(r"^(?:\S*sh|error|rpm|rpmdb|timeout|dpkg|dpkg-query): ", re.MULTILINE)

_PYTHON_2 = ("python", "python2", "python-base", "python27")
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "gcc": ("gcc",),
    "tar": ("tar",),
    "unzip": ("unzip",),
    "python2.7": ("python2.7-minimal", "python2.7", *_PYTHON_2),
    "python2": ("python2-minimal", "python-minimal", *_PYTHON_2),
    "python": (
        "python",
        "python-minimal",
        "python-base",
        "python-is-python2",
        "python-is-python3",
        "python-unversioned-command",
    ),
}
"""Command → the packages that bring it, in the distributions where the command is of use."""


def versions(text: str) -> dict[str, str] | None:
    """Package → version from `rpm -qa` or `dpkg -l`; None where the list is empty or broken off."""
    if _BROKEN.search(text):
        return None
    dpkg = "\nii " in text or text.startswith("ii ")
    form = _DEB if dpkg else _RPM
    matches = (form.match(line) for line in text.splitlines())
    return {match[1]: match[2] for match in matches if match} or None


def provider(command: str, installed: Mapping[str, str]) -> str | None:
    """The installed package that brings `command`; None if there is none."""
    for package in PROVIDERS[command]:
        version = installed.get(package)
        if version is not None and (command != "python2.7" or _is_27(version)):
            return package
    return None


def _is_27(version: str) -> bool:
    return re.match(r"(?:\d+:)?2\.7\b", version) is not None
