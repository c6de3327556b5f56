"""Pseudonyms of IPv4 addresses, all in 240.0.0.0/4, which no host on a network may have.

Being recognisable, they are left alone when something is redacted again. Where addresses
were in one network they still are: /16, /24 and, below a /16, every prefix in between.
The last number stays, and with it network and broadcast addresses.

    10.0.0.0/8 → 241.0.0.0/8          192.168.0.0/16 → 243.168.0.0/16
    172.16.0.0/12 → 242.16.0.0/12     100.64.0.0/10 → 244.64.0.0/10
    all others → 240.0.0.0/8, 245.0.0.0/8 … 252.0.0.0/8, by the /16; after 2304 of these,
    253.0.0.0/8 and 254.0.0.0/8, by the /24
"""

from __future__ import annotations

from typing import NamedTuple

from envcheck.bundle.redact.key import Key


class _Private(NamedTuple):
    network: int
    prefix: int
    first: int
    """First number of its pseudonyms."""


_PRIVATE = (
    _Private(0x0A000000, 8, 241),
    _Private(0xAC100000, 12, 242),
    _Private(0xC0A80000, 16, 243),
    _Private(0x64400000, 10, 244),
)
OF_PRIVATE = tuple(b"%d." % each.first for each in _PRIVATE)
"""How pseudonyms of private addresses begin: hardly ever was such a one a version."""
_LINK_LOCAL = 0xA9FE
_SPECIAL = frozenset({0, 127, *range(224, 256)})
_MASKS = (0x80000000, 0xC0000000)
_BLOCKS = (240, *range(245, 253))
_SPILL = (253, 254)


class IPv4:
    """Addresses as numbers in, as numbers out."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self.blocks: dict[int, int] = {}
        """/16 → /16 of the addresses that are not private, in order of appearance."""
        self.spilled: dict[int, int] = {}
        """/24 → /24 of those for which no block was left."""

    def map(self, address: int) -> int:
        """The pseudonym; the address itself where it says nothing about a host.

        That are 0/8, loopback, link-local ones, netmasks, multicast and pseudonyms.
        """
        first = address >> 24
        if first in _SPECIAL or address >> 16 == _LINK_LOCAL or address in _MASKS:
            return address
        for private in _PRIVATE:
            if address >> (32 - private.prefix) == private.network >> (32 - private.prefix):
                rest = self._key.keeping_prefixes("ipv4", address >> 8, 24, private.prefix) & 0xFFFF
                return private.first << 24 | rest << 8 | address & 0xFF
        return self._public(address) << 8 | address & 0xFF

    def _public(self, address: int) -> int:
        block = self.blocks.get(address >> 16)
        if block is None and len(self.blocks) < len(_BLOCKS) << 8:
            number = len(self.blocks)
            block = self.blocks[address >> 16] = _BLOCKS[number >> 8] << 8 | number & 0xFF
        if block is not None:
            third = self._key.keeping_prefixes("ipv4", address >> 8, 24, 16) & 0xFF
            return block << 8 | third
        return self._spilled(address >> 8)

    def _spilled(self, network: int) -> int:
        """A /24 of those kept for the many; when these are used up too, two may share one."""
        room = len(_SPILL) << 16
        if network in self.spilled:
            return self.spilled[network]
        number = len(self.spilled)
        if number >= room:
            number = self._key.number("ipv4 shared", b"%x" % network, 32) % room
            return _SPILL[number >> 16] << 16 | number & 0xFFFF
        found = self.spilled[network] = _SPILL[number >> 16] << 16 | number & 0xFFFF
        return found
