"""The NVIDIA cards on the PCI bus."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from envcheck.facts import Fact, Unknown, first
from envcheck.host.base import Absent, Host, Unreadable
from envcheck.probes.formats import lspci
from envcheck.probes.shared.once import once

_DEVICES = "/sys/bus/pci/devices"
_LIST = "/proc/bus/pci/devices"
_NVIDIA = "10de"
_DISPLAY = "03"
_DISPLAY_WORDS = ("VGA compatible controller", "3D controller", "Display controller")


@once
def nvidia_cards(host: Host) -> Fact[tuple[str, ...]]:
    """One text a card: its slot and what it is. Empty where the bus is known to hold none.

    A card is a display controller of NVIDIA's; the audio and USB functions beside it and
    NVIDIA's bridges are not.
    """
    answer: Fact[tuple[str, ...]] = first(
        (_DEVICES, lambda: _from_sysfs(host)),
        ("lspci -nnvv", lambda: _from_text(host.run("lspci", "-nnvv").stdout)),
        *((name, partial(_from_text, text)) for name, text in host.recorded("lspci*").items()),
    )
    return answer


def _from_sysfs(host: Host) -> Any:  # noqa: ANN401 - the answer, or why there is none
    if host.live and _none_listed(host):
        return ()
    slots = _slots(host)
    if not slots and not host.live:
        return Unknown("no PCI device is in this record")
    return tuple(card for slot in slots for card in _card(host, slot))


def _none_listed(host: Host) -> bool:
    """Whether the kernel's list of all devices, one read instead of hundreds, has none of NVIDIA's."""
    try:
        lines = host.read(_LIST).splitlines()
    except Unreadable:
        return False
    return bool(lines) and not any(f"\t{_NVIDIA}" in line.lower() for line in lines)


def _slots(host: Host) -> tuple[str, ...]:
    try:
        return host.names(_DEVICES)
    except Absent:
        host.names("/sys/bus")  # without it sysfs itself is missing, and nothing is known
        return ()


def _card(host: Host, slot: str) -> Iterable[str]:
    if _code(host, slot, "vendor") == _NVIDIA and _code(host, slot, "class").startswith(_DISPLAY):
        yield f"{slot} NVIDIA [{_NVIDIA}:{_code(host, slot, 'device')}]"


def _code(host: Host, slot: str, name: str) -> str:
    try:
        return host.read(f"{_DEVICES}/{slot}/{name}").strip().lower().removeprefix("0x")
    except Unreadable:
        if name == "device":
            return "?"
        raise


def _from_text(text: str) -> tuple[str, ...]:
    return tuple(f"{found.slot} {found.text}" for found in lspci.read(text) if _is_card(found))


def _is_card(found: lspci.PciDevice) -> bool:
    of_nvidia = found.vendor == _NVIDIA if found.vendor else found.text.lower().startswith("nvidia ")
    if found.class_code:
        return of_nvidia and found.class_code.startswith(_DISPLAY)
    return of_nvidia and found.class_name in _DISPLAY_WORDS
