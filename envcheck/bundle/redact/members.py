"""What the name of a member says about its content."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

_LICENCE = re.compile(r"(?:^|/)(?:licen[cs]e[^/]*\.(?:cfg|dat|key|bin|txt|lic)|[^/]*\.lic)$", re.IGNORECASE)
_VERSIONS = re.compile(
    r"installed-(?:rpms|debs)|/rpm_|/dpkg|packages|[-_]release$|osrelease|/version$|/lsmod|modinfo|uname|docker_version|lspci|dmidecode"
)
_VALUES = (
    (
        "host",
        re.compile(
            r"(?:etc/hostname|proc/sys/kernel/hostname|/host/hostname|/HOSTNAME|etc/mailname|answers/[0-9]+_hostname)$"
        ),
    ),
    ("domain", re.compile(r"proc/sys/kernel/domainname$")),
    (
        "id",
        re.compile(
            r"(?:/machine-id|random/boot_id|product_uuid|/wwid|/wwn|/nguid|/eui|(?<!hypervisor)/uuid)$"
        ),
    ),
    (
        "serial",
        re.compile(
            r"(?:(?:product|board|chassis)_serial|(?:chassis|board)_asset_tag|block/[^/]+/(?:device/)?serial|/serial_number)$"
        ),
    ),
)
_RECORDED = re.compile(r"(?:^|/)(?:host|sos_commands|etc|proc|sys)/|^sosreport|^installed-")


class Member(NamedTuple):
    """How to treat a member."""

    licence: bool = False
    """Its body is a secret as a whole."""
    versions: bool = False
    """It lists versions."""
    columns: bool = False
    """It is part of a record, in which the places of columns may matter."""
    value: Optional[str] = None
    """It holds one identifier of this kind and nothing else."""


def member(name: str) -> Member:
    """What to expect of a member of this name; of none, an ordinary log."""
    value = next((kind for kind, pattern in _VALUES if pattern.search(name)), None)
    return Member(
        bool(_LICENCE.search(name)), bool(_VERSIONS.search(name)), bool(_RECORDED.search(name)), value
    )
