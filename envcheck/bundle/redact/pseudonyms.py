"""What stands for what: the pseudonyms of every kind of identifier, in the notation it came in."""

from __future__ import annotations

import re
from binascii import hexlify, unhexlify
from collections import Counter
from socket import AF_INET6, inet_ntop, inet_pton
from typing import Any

from envcheck.bundle.redact.ipv4 import IPv4
from envcheck.bundle.redact.ipv6 import IPv6
from envcheck.bundle.redact.key import Key
from envcheck.bundle.redact.mac import Mac

_MARK = b"acde48"
_REMEMBERED = 100_000
_NAMES = {"host": b"host-x", "domain": b"domain-x", "user": b"user-x", "serial": b"SN-x"}
_OURS = re.compile(
    rb"(?:host|domain|user)-x[0-9a-f]{8}(?:\.test)?\Z|SN-x[0-9a-f]{10}\Z|REDACTED\Z", re.IGNORECASE
)
_HEX = re.compile(rb"[0-9A-Fa-f]")
_HIGHEST = 255


class Pseudonyms:
    """Gives the same pseudonym for the same identifier, whoever asks, and counts them."""

    def __init__(self, secret: bytes = b"") -> None:
        self.key = Key(secret)
        self.ipv4 = IPv4(self.key)
        self.macs = Mac(self.key)
        self.ipv6 = IPv6(self.key, self.ipv4, self.macs)
        self.counts: Counter[str] = Counter()
        self.map: dict[str, dict[str, str]] = {}
        """Kind → identifier → pseudonym; beyond a bound no more are added."""
        self._named: dict[tuple[str, bytes], bytes] = {}
        self._dotted: dict[bytes, bytes | None] = {}

    # -- names ------------------------------------------------------------------------

    def named(self, kind: str, name: bytes) -> bytes:
        """Of a host, domain, user or serial number. Case does not matter but for serial numbers."""
        known = self._named.get((kind, name))
        if known is not None:
            return known
        if _OURS.match(name):
            return name
        same = name if kind == "serial" else name.lower()
        digits = self.key.digits(kind, same, 10 if kind == "serial" else 8)
        found = _NAMES[kind] + digits + (b".test" if kind == "domain" else b"")
        self._remember(kind, name, found)
        if len(self._named) > _REMEMBERED:
            self._named.clear()
        self._named[kind, name] = found
        return found

    # -- numbers ----------------------------------------------------------------------

    def digits(self, kind: str, text: bytes) -> bytes:
        """Of hexadecimal digits in any arrangement (UUID, machine-id, WWN): what is between stays.

        One of all zeros or all f stays: it stands for "none".
        """
        plain = b"".join(_HEX.findall(text)).lower()
        if plain.startswith(_MARK) or not plain.strip(b"0") or not plain.strip(b"f"):
            return text
        new = _MARK + self.key.digits("hex", plain, max(len(plain) - len(_MARK), 6))
        new = new[: max(len(plain), len(_MARK))]
        each = iter(new.upper() if text.upper() == text and text.lower() != text else new)
        found = _HEX.sub(lambda _: bytes((next(each),)), text)
        self._remember(kind, text, found)
        return found

    def dotted(self, text: bytes) -> bytes | None:
        """Of an IPv4 address; None where it stays or is none (a number above 255, a leading zero)."""
        try:
            return self._dotted[text]
        except KeyError:
            if len(self._dotted) > _REMEMBERED:
                self._dotted.clear()
            found = self._dotted[text] = self._of_dotted(text)
            return found

    def _of_dotted(self, text: bytes) -> bytes | None:
        address = number(text)
        if address is None:
            return None
        found = self.ipv4.map(address)
        if found == address:
            return None
        new = b"%d.%d.%d.%d" % (found >> 24, found >> 16 & 255, found >> 8 & 255, found & 255)
        self._remember("ipv4", text, new)
        return new

    def colons(self, text: bytes) -> bytes | None:
        """Of an IPv6 address as text; None where it stays or is none."""
        try:
            address = int.from_bytes(inet_pton(AF_INET6, text.decode("ascii")), "big")
        except (OSError, ValueError):
            return None
        found = self.ipv6.map(address)
        if found == address:
            return None
        new = inet_ntop(AF_INET6, found.to_bytes(16, "big")).encode()
        self._remember("ipv6", text, new)
        return new

    def mac(self, text: bytes) -> bytes:
        """Of twelve hexadecimal digits in any arrangement."""
        plain = b"".join(_HEX.findall(text))
        new = b"%012x" % self.macs.map(int(plain, 16))
        if new == plain.lower():
            return text
        each = iter(new.upper() if plain.upper() == plain and plain.lower() != plain else new)
        found = _HEX.sub(lambda _: bytes((next(each),)), text)
        self._remember("mac", text, found)
        return found

    def words(self, text: bytes) -> bytes:
        """Of an address as /proc/net/tcp has it: 32-bit words, each with its bytes reversed."""
        swapped = _reversed_words(text)
        return _reversed_words(self.unbroken(swapped)) if swapped else text

    def unbroken(self, text: bytes) -> bytes:
        """Of an address as 8 or 32 hexadecimal digits, first byte first."""
        value = int(text, 16)
        new = self.ipv6.map(value) if len(text) > 8 else self.ipv4.map(value)  # noqa: PLR2004
        if new == value:
            return text
        found = b"%0*x" % (len(text), new)
        return found if text == text.lower() else found.upper()

    # -- the map ----------------------------------------------------------------------

    def count(self, kind: str, times: int = 1) -> None:
        """So many places were replaced."""
        self.counts[kind] += times

    def _remember(self, kind: str, text: bytes, found: bytes) -> None:
        of_kind = self.map.setdefault(kind, {})
        if len(of_kind) < _REMEMBERED:
            of_kind[text.decode("utf-8", "backslashreplace")] = found.decode("ascii", "backslashreplace")

    def dump(self) -> dict[str, Any]:
        """All that is needed to go on with the same pseudonyms, and to read them back."""
        return {
            "key": hexlify(self.key.secret).decode(),
            "blocks": list(self.ipv4.blocks.items()),
            "spilled": list(self.ipv4.spilled.items()),
            "pseudonyms": self.map,
        }

    @classmethod
    def load(cls, document: dict[str, Any]) -> Pseudonyms:
        """From what `dump` gave; raises ValueError, KeyError, TypeError for anything else."""
        found = cls(unhexlify(document["key"]))
        found.ipv4.blocks.update({int(old): int(new) for old, new in document["blocks"]})
        found.ipv4.spilled.update({int(old): int(new) for old, new in document["spilled"]})
        found.map = {str(kind): dict(table) for kind, table in document["pseudonyms"].items()}
        return found


def number(dotted: bytes) -> int | None:
    """The IPv4 address as a number; None for what is none."""
    parts = dotted.split(b".")
    if any(len(part) > 1 and part[:1] == b"0" for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if max(numbers) > _HIGHEST:
        return None
    return numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | numbers[3]


def _reversed_words(text: bytes) -> bytes:
    upper = text != text.lower()
    raw = unhexlify(text)
    turned = hexlify(b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4)))
    return turned.upper() if upper else turned
