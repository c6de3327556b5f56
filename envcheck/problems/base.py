"""The form of a known problem, and which of its commands suit a host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Optional

from envcheck.record import Record
from envcheck.results import Text

Risk = Literal["none", "low", "high"]

FAMILIES = {"rhel": "RHEL, CentOS", "debian": "Debian, Ubuntu", "suse": "SUSE"}
"""Families of distributions that share commands, with how a label names them."""

_DISTRIBUTIONS = {
    "rhel": "rhel centos centos-stream rocky almalinux alma ol oracle fedora scientific cloudlinux amzn "
    "anolis alinux openeuler opencloudos tencentos virtuozzo eurolinux rhvh rhev-h",
    "debian": "debian ubuntu linuxmint mint raspbian deepin devuan kali pop elementary neon zorin proxmox",
    "suse": "suse sles sles_sap sled opensuse opensuse-leap opensuse-tumbleweed",
}
_FAMILY = {name: family for family, names in _DISTRIBUTIONS.items() for name in names.split()}


class Step(Record):
    """One thing to do: a text, commands, or a text and the commands it introduces."""

    text: Optional[Text]
    commands: Mapping[str, tuple[str, ...]]
    """By family (`rhel`, `debian`, `suse`) or `any`; each is one line to be typed."""
    origin: Optional[str] = None
    """The problem whose step this is, where it was taken over by `see:`."""


class Problem(Record):
    """A known problem: what it is, why it happens, and the steps that mend it, in order."""

    id: str
    title: Text
    cause: Text
    steps: tuple[Step, ...]
    reboot: bool
    """Whether a step reboots the machine."""
    risk: Risk
    """`none`: looks only; `low`: changes the system, loses nothing; `high`: see `warning`."""
    warning: Optional[Text]
    source: str
    """Where the manual says it, or `ours`."""


def commands_for(step: Step, distribution: Optional[str]) -> tuple[str, ...]:
    """The commands of a step for a distribution (its os-release id; None where unknown).

    Where neither its family nor `any` has commands, those of every family, each under a
    shell comment that names the family: the reader knows what the program does not.
    """
    family = _FAMILY.get(distribution or "", "")
    chosen = step.commands.get(family) or step.commands.get("any")
    return chosen if chosen is not None else tuple(_labelled(step.commands))


def _labelled(commands: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for family, lines in commands.items():
        yield f"# {FAMILIES[family]}"
        yield from lines
