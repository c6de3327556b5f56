"""What is written with colons: MAC and IPv6 addresses, WWNs, docker's ID, interface names with a MAC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from socket import AF_INET6, inet_pton

from envcheck.bundle.redact.finders import Finder, form, words
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span, Text

_PAIRS = re.compile(
    rb"[:-](?<=[0-9a-fA-F]{2}[:-])(?:[0-9a-fA-F]{2}[:-]){4}[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2})*(?![0-9a-zA-Z]|:[0-9a-fA-F]{1,4}\b)"
)
_CISCO = re.compile(rb"\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}(?!\.?[0-9a-zA-Z])")
_DASHED = re.compile(rb"(?<![0-9A-Za-z-])[0-9a-fA-F]{1,4}(?:-[0-9a-fA-F]{1,4}){7}(?![0-9A-Za-z-])")
_ARPA = re.compile(rb"(?<![0-9a-z.])([0-9a-f](?:\.[0-9a-f]){31})\.ip6\.arpa")
_ENGINE = re.compile(rb"(?<![A-Z2-7:])(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}(?![A-Z2-7:])")
_INTERFACE = re.compile(rb"(?:enx|wlx|wwx)([0-9a-fA-F]{12})(?![0-9a-zA-Z])")
_GROUPS = re.compile(rb"::|:(?:[0-9a-fA-F]{1,4}:){5,}[0-9a-fA-F]{1,4}")
_ADDRESS = re.compile(rb"[0-9a-fA-F:]+(?:\.[0-9]+\.[0-9]+\.[0-9]+)?")
_EUI64_GROUPS = re.compile(
    rb"(?<![0-9A-Za-z:])[0-9a-fA-F]{1,4}:[0-9a-fA-F]{0,2}(?:ff:fe|FF:FE)[0-9a-fA-F]{2}:[0-9a-fA-F]{1,4}(?!:?[0-9A-Za-z])"
)
_HEX_COLON = b"0123456789abcdefABCDEF:"
_LONGEST = 45
_SOCKET_ROW = re.compile(rb"(?:^|\\?n|\s)(?:tcp|udp|raw)6?\s[^\n\\]*\Z")
_MAC, _EUI64, _FRAME = 6, 8, 14
_TIMED = (b"00:01:00:01:", b"00-01-00-01-")
"""How the identifier of a DHCP client begins that is as long as the head of a packet."""


class Colons:
    """Finds them by their form."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    def finders(self) -> tuple[Finder, ...]:
        """One for each form."""
        return (
            Finder((*words(":::::", "-----"), form("", "[:-]{5}")), self.macs),
            Finder(words("::::::"), self.addresses),
            Finder(words("::"), self.addresses, needs=b"::"),
            Finder(words(":::"), self.interface_parts, needs=b"ff:fe"),
            Finder(words("enx"), self.interfaces, needs=b"enx"),
            Finder(words("wlx", "wwx"), self.interfaces),
            Finder(words(".."), self.cisco),
            Finder(words("-------"), self.dashed),
            Finder(words(".ip6.arpa"), self.reversed),
            Finder((form(":", r":(?:[g-z]{0,4}:){10}"),), self.engines),
        )

    def macs(self, text: Text) -> Iterator[Span]:
        """00:50:56:aa:bb:cc, also in longer numbers of packet filters, DHCP clients and InfiniBand."""
        data = text.data
        for match in _PAIRS.finditer(data):
            start, end = match.start() - 2, match.end()
            number = data[max(0, start) : end]
            if start < 0 or not _is_hex(number[:2]) or _goes_on_before(data, start):
                continue
            pairs = (len(number) + 1) // 3
            if pairs == _EUI64:
                yield Span(start, end, self._pseudonyms.digits("wwn", number), "wwn")
            elif pairs == _FRAME and not number.startswith(_TIMED):
                yield self._mac(data, start + 17)
                yield self._mac(data, start + 35)
            elif pairs in (_MAC, 7, 10, 14):
                yield self._mac(data, end)
            elif pairs in (15, 19) and number[:2].lower() == b"ff":
                yield self._interface_of_client(data, start + 3, end)
                yield self._mac(data, end)
            elif pairs == 20:  # noqa: PLR2004 - of InfiniBand
                yield Span(end - 23, end, self._pseudonyms.digits("wwn", data[end - 23 : end]), "wwn")

    def _mac(self, data: bytes, end: int) -> Span:
        return Span(end - 17, end, self._pseudonyms.mac(data[end - 17 : end]), "mac")

    def _interface_of_client(self, data: bytes, start: int, end: int) -> Span:
        """Four bytes behind the ff of a DHCP client's identifier: mostly the last ones of the MAC address."""
        old = data[start : start + 11]
        new = self._pseudonyms.mac(data[end - 17 : end])[-11:]
        return Span(start, start + 11, new if old == data[end - 11 : end] else b"00:00:00:00", "mac")

    def addresses(self, text: Text) -> Iterator[Span]:
        """fe80::1, 2001:db8:0:1:2:3:4:5, ::ffff:10.0.0.1."""
        data = text.data
        done = 0
        for match in _GROUPS.finditer(data):
            at = match.start()
            if at < done:
                continue
            before = data[max(done, at - _LONGEST) : at]
            start = at - (len(before) - len(before.rstrip(_HEX_COLON)))
            token = _ADDRESS.match(data, start)
            if token is None or _is_wordy(data, start, token.end()):
                continue
            done = token.end()
            span = self._address(data, start, token[0])
            if span:
                yield span

    def _address(self, data: bytes, start: int, token: bytes) -> Span | None:
        candidates = [token, token.rstrip(b":"), token.rstrip(b".")]
        if _SOCKET_ROW.search(data, max(0, start - 80), start):
            candidates.insert(0, token.rpartition(b":")[0])  # netstat: the port is behind a colon too
        elif token.count(b":") > 7:  # noqa: PLR2004
            candidates.append(token.rpartition(b":")[0])
        for each in candidates:
            new = self._pseudonyms.colons(each) if b":" in each else None
            if new is not None:
                return Span(start, start + len(each), new, "ipv6")
        return None

    def interface_parts(self, text: Text) -> Iterator[Span]:
        """3ea8:2aff:fe1f:9de4, the half of an IPv6 address that is made of a MAC address."""
        for match in _EUI64_GROUPS.finditer(text.data):
            new = self._pseudonyms.colons(b"fe80::" + match[0])
            if new is not None:
                yield Span(*match.span(), new[6:], "ipv6")

    def interfaces(self, text: Text) -> Iterator[Span]:
        """enx005056aabbcc."""
        for match in _INTERFACE.finditer(text.data):
            yield Span(match.start(1), match.end(1), self._pseudonyms.mac(match[1]), "mac")

    def cisco(self, text: Text) -> Iterator[Span]:
        """0050.56aa.bbcc."""
        data = text.data
        for match in _CISCO.finditer(data):
            start = match.start() - 4
            mac = data[max(0, start) : match.end()]
            plain = mac.replace(b".", b"").lower()
            # A letter must be there, or versions and dates would do as well.
            if start < 0 or not _is_hex(plain) or plain.isdigit() or data[start - 1 : start].isalnum():
                continue
            if data[start - 1 : start] != b"." and any(48 <= each < 58 for each in plain):  # noqa: PLR2004
                yield Span(start, match.end(), self._pseudonyms.mac(mac), "mac")

    def dashed(self, text: Text) -> Iterator[Span]:
        """2001-db8-0-0-8-800-200c-417a, as in the names of hosts."""
        for match in _DASHED.finditer(text.data):
            new = self._pseudonyms.colons(match[0].replace(b"-", b":"))
            if new is not None:
                whole = b"-".join(b"%x" % int(group, 16) for group in _groups(new))
                yield Span(*match.span(), whole, "ipv6")

    def reversed(self, text: Text) -> Iterator[Span]:
        """a.7.1.….1.0.0.2.ip6.arpa, all 32 digits of an address."""
        for match in _ARPA.finditer(text.lower):
            new = self._pseudonyms.unbroken(match[1].replace(b".", b"")[::-1])
            yield Span(*match.span(1), b".".join(b"%c" % digit for digit in reversed(new)), "ipv6")

    def engines(self, text: Text) -> Iterator[Span]:
        """The ID that an engine gave itself before 23.0."""
        for match in _ENGINE.finditer(text.data):
            yield Span(*match.span(), engine_id(self._pseudonyms, match[0]), "docker-id")


def engine_id(pseudonyms: Pseudonyms, old: bytes) -> bytes:
    """In the same form, beginning with XXXX."""
    if old.startswith(b"XXXX"):
        return old
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    value = pseudonyms.key.number("docker-id", old, 220)
    text = bytes(letters[value >> 5 * at & 31] for at in range(44))
    return b":".join([b"XXXX", *(text[at : at + 4] for at in range(0, 44, 4))])


def _groups(address: bytes) -> list[bytes]:
    """All eight of an address as text."""
    digits = inet_pton(AF_INET6, address.decode()).hex().encode()
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


def _is_hex(text: bytes) -> bool:
    return not text.strip(b"0123456789abcdefABCDEF")


def _goes_on_before(data: bytes, start: int) -> bool:
    """Whether there is more of a word before it, so that it is a part of something else."""
    before = data[max(0, start - 2) : start]
    return before[-1:].isalnum() or (before[-1:] == b":" and before[:1].isalnum())


def _is_wordy(data: bytes, start: int, end: int) -> bool:
    """Whether a letter or digit adjoins, as in std::find."""
    return data[end : end + 1].isalnum() or data[start - 1 : start].isalnum()
