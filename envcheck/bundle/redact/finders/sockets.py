"""Addresses as the kernel's tables below /proc/net show them, in hexadecimal digits without a break."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envcheck.bundle.redact.finders import Finder, form, words
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span, Text

_TAB = rb"(?:\t|\\t)"
_SOCKET = re.compile(
    rb": ([0-9A-F]{32}|[0-9A-F]{8}):[0-9A-F]{4} ([0-9A-F]{32}|[0-9A-F]{8}):[0-9A-F]{4} [0-9A-F]{2} "
)
_ROUTE = re.compile(rb"%s([0-9A-F]{8})%s([0-9A-F]{8})%s[0-9A-F]{4}%s" % ((_TAB,) * 4))
_ADDRESS6 = re.compile(
    rb"(?:\\n|(?<![0-9a-f]))([0-9a-f]{32}) (?=[0-9a-f]{2,8} [0-9a-f]{2,32} [0-9a-f]{2,32} [0-9a-f]{2,32} )"
)
_NEXT_HOP6 = re.compile(rb" [0-9a-f]{2} ([0-9a-f]{32}) (?=[0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{8} )")
_IP_VS = re.compile(rb"(?:TCP|UDP|SCTP|->) +([0-9A-F]{8}):[0-9A-F]{4} ")


class Sockets:
    """Finds them by the form of their lines."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    def finders(self) -> tuple[Finder, ...]:
        """One for each form of table."""
        return (
            Finder(words(": : : "), self.sockets),
            Finder((form("\t", r"(?:\t|\v\v){4}"), *words("\v" * 8)), self.routes),
            Finder(words("     "), self.unbroken),
            Finder((form(" :", r"(?:tp|up|->) +: "),), self.balancer),
        )

    def sockets(self, text: Text) -> Iterator[Span]:
        """/proc/net/tcp, udp, raw and their sisters for IPv6."""
        return self._reversed(_SOCKET, text)

    def routes(self, text: Text) -> Iterator[Span]:
        """/proc/net/route: destination and gateway."""
        return self._reversed(_ROUTE, text)

    def unbroken(self, text: Text) -> Iterator[Span]:
        """/proc/net/if_inet6 and ipv6_route."""
        for pattern in (_ADDRESS6, _NEXT_HOP6):
            for match in pattern.finditer(text.data):
                yield from self._span(match, 1, self._pseudonyms.unbroken(match[1]))

    def balancer(self, text: Text) -> Iterator[Span]:
        """/proc/net/ip_vs, whose addresses have the first byte first."""
        for match in _IP_VS.finditer(text.data):
            yield from self._span(match, 1, self._pseudonyms.unbroken(match[1]))

    def _reversed(self, pattern: re.Pattern[bytes], text: Text) -> Iterator[Span]:
        for match in pattern.finditer(text.data):
            for group in (1, 2):
                yield from self._span(match, group, self._pseudonyms.words(match[group]))

    @staticmethod
    def _span(match: re.Match[bytes], group: int, new: bytes) -> Iterator[Span]:
        if new != match[group]:
            kind = "ipv6" if len(new) > 8 else "ipv4"  # noqa: PLR2004
            yield Span(*match.span(group), new, kind)
