"""Pseudonyms of MAC addresses: they begin with ac:de, ad:de, ae:de or af:de.

The two bits that say "group" and "locally administered" stay. No vendor has these
beginnings but for ac:de:48, so pseudonyms are recognised.
"""

from __future__ import annotations

from envcheck.bundle.redact.key import Key

_BROADCAST = 0xFFFFFFFFFFFF
_GROUPS = (0x01005E, 0x0180C2, 0x01000C)
_OF_SOLICITED_NODES = 0x3333FF
_OURS = 0xACDE
_EUI = 0xFFFE


def is_pseudonym(mac: int) -> bool:
    """Whether it is one that `Mac.map` gives."""
    return mac >> 32 & 0xFCFF == _OURS


def in_eui64(interface: int) -> int | None:
    """The MAC address in the last 64 bits of an IPv6 address, if there is one."""
    if interface >> 24 & 0xFFFF != _EUI:
        return None
    return (interface >> 40 << 24 | interface & 0xFFFFFF) ^ 1 << 41


def to_eui64(mac: int) -> int:
    """The last 64 bits of the IPv6 address that an interface of this MAC address gives itself."""
    mac ^= 1 << 41
    return mac >> 24 << 40 | _EUI << 24 | mac & 0xFFFFFF


class Mac:
    """Addresses as numbers of 48 bits in and out."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def map(self, mac: int) -> int:
        """The pseudonym; zero, broadcast and well-known groups stay."""
        vendor = mac >> 24
        if mac in (0, _BROADCAST) or vendor in _GROUPS or is_pseudonym(mac):
            return mac
        if vendor == _OF_SOLICITED_NODES:
            return vendor << 24  # the rest is the end of an address
        if vendor >> 8 == 0x3333:  # noqa: PLR2004 - IPv6 groups
            return mac
        bits = mac >> 40 & 3
        return (_OURS | bits << 8) << 32 | self._key.number("mac", b"%012x" % mac, 32)
