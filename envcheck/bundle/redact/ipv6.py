"""Pseudonyms of IPv6 addresses.

    global, 2000::/3 → 4000::/3, which is not in use
    unique local, fd00::/8 → fc00::/8, likewise
    link-local stays link-local

Networks stay networks at every prefix up to /64. In the last 64 bits a MAC address becomes
its pseudonym, a small number stays, all else begins with acde:48.
"""

from __future__ import annotations

from envcheck.bundle.redact.ipv4 import IPv4
from envcheck.bundle.redact.key import Key
from envcheck.bundle.redact.mac import Mac, in_eui64, to_eui64

_LOW = (1 << 64) - 1
_MAPPED = (0xFFFF, 0x64FF9B << 64)
"""What stands above the last 32 bits where these are an IPv4 address."""
_SOLICITED = 0xFF0200000000000000000001FF
_LOCAL = 0xFD
_MARK = 0xACDE48
_SMALL = 1 << 16


class IPv6:
    """Addresses as numbers of 128 bits in and out."""

    def __init__(self, key: Key, ipv4: IPv4, mac: Mac) -> None:
        self._key = key
        self._ipv4 = ipv4
        self._mac = mac
        self._networks: dict[int, int] = {}

    def map(self, address: int) -> int:
        """The pseudonym; the address itself where it says nothing about a host."""
        if address >> 32 in _MAPPED:
            return address >> 32 << 32 | self._ipv4.map(address & 0xFFFFFFFF)
        if address >> 24 == _SOLICITED:
            return _SOLICITED << 24
        if address >> 118 == 0xFE80 >> 6:
            return address & ~_LOW | self._interface(address & _LOW)
        if address >> 125 == 1 or address >> 120 == _LOCAL:
            return self._network(address >> 64) << 64 | self._interface(address & _LOW)
        return address

    def _network(self, network: int) -> int:
        found = self._networks.get(network)
        if found is None:
            fixed = 8 if network >> 56 == _LOCAL else 3
            found = self._key.keeping_prefixes("ipv6", network, 64, fixed)
            found ^= 1 << 56 if network >> 56 == _LOCAL else 3 << 61  # fd → fc, 001 → 010
            if len(self._networks) < _SMALL:
                self._networks[network] = found
        return found

    def _interface(self, interface: int) -> int:
        if interface < _SMALL or interface >> 40 == _MARK:
            return interface
        mac = in_eui64(interface)
        if mac is not None:
            return to_eui64(self._mac.map(mac))
        return _MARK << 40 | self._key.number("interface", b"%016x" % interface, 40)
