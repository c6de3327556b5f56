"""The text of lspci, with any of -n, -nn and -v."""

from __future__ import annotations

import re
from typing import Optional

from envcheck.lazy import regex
from envcheck.record import Record

_DEVICE = regex(r"((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (.+?): (.+)", re.IGNORECASE)
_CLASS = regex(r"\[([0-9a-f]{4})\]$|^([0-9a-f]{4})$", re.IGNORECASE)
_IDS = regex(r"(?:\[|^)([0-9a-f]{4}):([0-9a-f]{4})(?:\]|\s|$)", re.IGNORECASE)


class PciDevice(Record):
    """A device on the PCI bus. Codes are four hex digits, None where only words are printed."""

    slot: str
    class_name: str
    class_code: Optional[str]
    vendor: Optional[str]
    device: Optional[str]
    text: str
    """Vendor and device in words."""


def read(text: str) -> tuple[PciDevice, ...]:
    """The devices, in order; raises ValueError for a text without any.

    Indented lines (a subsystem, a driver) describe the device above and are none.
    """
    found = tuple(_device(match) for line in text.splitlines() if (match := _DEVICE.fullmatch(line.rstrip())))
    if not found:
        raise ValueError("no device in the output of lspci")
    return found


def _device(match: re.Match[str]) -> PciDevice:
    slot, kind, rest = match[1], match[2], match[3]
    code = _CLASS.search(kind)
    ids = [*_IDS.finditer(rest)]
    return PciDevice(
        slot,
        kind[: code.start()].rstrip() if code and code[1] else kind,
        (code[1] or code[2]).lower() if code else None,
        ids[-1][1].lower() if ids else None,
        ids[-1][2].lower() if ids else None,
        rest,
    )
