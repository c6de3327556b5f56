"""IPv4 addresses with dots, dashes or underscores, told apart from versions of four parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from envcheck.bundle.redact.finders import Finder, words
from envcheck.bundle.redact.ipv4 import OF_PRIVATE
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import BLANK, Span, Text

_DIGITS = b"0123456789"
_REST = re.compile(rb"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9])")
_ARPA = b".in-addr.arpa"
_JOINED = re.compile(rb"([-_])(?<=[0-9][-_])[0-9]{1,3}\1[0-9]{1,3}\1[0-9]{1,3}(?![0-9])")
_DASHED_HOST = re.compile(
    rb"(?:^|[^a-z0-9])(?:ip|ec2|host|node|static|dhcp|client|dyn|pool|vm|dns|srv|server|ecs|bcc|secfile|addr)[-_]?\Z"
)
_LABEL = re.compile(
    rb"\.(?!log\b|gz\b|txt\b|json\b|tar\b|rpm\b|deb\b|zip\b|tgz\b|conf\b|py\b)[a-z][a-z0-9-]*"
)

_ADDRESS_AFTER = re.compile(
    rb":[0-9]|/[0-9]|\.(?:in-addr|nip\.io|xip\.io|sslip\.io)|-[0-9]+\.[0-9]+\.[0-9]+\.[0-9]"
)
_VERSION_AFTER = re.compile(
    rb"[A-Za-z~+]|[-_](?:[0-9]|ce\b|ee\b|rc|alpha|beta|generic|amd64|x86_64|all\b|i.86|arm|linux|el[0-9]|release|build|snap|git|stable)"
    rb"|\.(?:el[0-9]|fc[0-9]|amzn|tar|rpm|deb|zip|tgz|jar|whl|so\b|noarch|x86_64|i.86|ce\b|run\b|rhel|centos|sles|ko\b|bin\b|exe\b|iso\b|al[78])"
)
_BETWEEN = b" \t:=\"'\\(."
_VERSION_BEFORE = (
    *(b"version", b"versions", b"release", b"firmware", b"driver", b"revision", b"microcode"),
    *(b" ver", b" rev", b" build", b" fw", b" bios", b'"ver', b"bios_version", b" v", b"=v", b"(v"),
)
_WORDS = re.compile(
    rb"(?P<version>versions?\b|\bver\b|release|\brel\b|firmware|\bfw\b|\bdriver|revision|\brev\b|\bbuild\b|\bbios\b"
    rb"|kernel|package|upgrad|updat|instal|requires?|osrelease|microcode|nvidia|cuda|bundled|openssl|java\b|jdk)"
    rb"|(?P<address>\bip\b|\bips\b|ipv4|addr|\binet\b|\bfrom\b|\bto\b|\bhost|server\b|client|\bpeer|\bsrc|\bdst|\bvia\b"
    rb"|gateway|\bgw\b|\bdns\b|nameserver|listen|connect|://|@|upstream|\bbind|remote|\bsource\b|\bdest)"
)
_ROW_OF_PACKAGES = re.compile(rb"[a-z]{2}[a-z]? +[a-z0-9][a-z0-9.+:-]+ +\Z")
_PRODUCT = re.compile(rb"(?:^|[\s\"'(;,])[A-Za-z][A-Za-z0-9._-]*/\Z")
_ADDRESS_BEFORE = re.compile(rb"(?:[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+-|(?:secfile|ip|host|node|addr)[_-])\Z")
_NAME_BEFORE = re.compile(rb"[a-z0-9_.+]-\Z")
_NO_VERSIONS = OF_PRIVATE[1:3]
_LOOK_BACK = 48
_REMEMBERED = 100_000


class Quads:
    """Finds addresses; those that are known, or lie in a known network, are no versions anywhere."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self.known: set[bytes] = set()
        """Addresses of which nothing but their numbers has to be seen."""
        self._met: set[bytes] = set()
        """What was an address before: the words around it need not say so again."""

    def finders(self) -> tuple[Finder, Finder]:
        """For dots and for what else joins them."""
        return Finder(words("..."), self.dotted), Finder(words("---", "___"), self.joined)

    def dotted(self, text: Text) -> Iterator[Span]:
        """10.1.2.3, but not version 10.1.2.3."""
        data = text.data
        for match in _REST.finditer(data):
            at, end = match.span()
            first = data[max(0, at - 4) : at]
            start = at - (len(first) - len(first.rstrip(_DIGITS)))
            if not 0 < at - start < 4:  # noqa: PLR2004 - one to three digits
                continue
            quad = data[start:end]
            if data[end : end + len(_ARPA)].lower() == _ARPA:
                yield from self._reversed(quad, start, end)
                continue
            new = self._pseudonyms.dotted(quad)
            if new is not None and (
                quad in self.known or self._is_address(text, start, end, new.startswith(OF_PRIVATE))
            ):
                yield Span(start, end, new, "ipv4")

    def _reversed(self, quad: bytes, start: int, end: int) -> Iterator[Span]:
        """3.2.1.10.in-addr.arpa."""
        new = self._pseudonyms.dotted(_turned(quad))
        if new is not None:
            yield Span(start, end, _turned(new), "ipv4")

    def _is_address(self, text: Text, start: int, end: int, private: bool) -> bool:
        quad = text.data[start:end]
        by_form = self._by_form(text.data, start, end, private)
        if by_form is not None:
            return by_form
        back = _line_before(text.lower, start)
        if back.rstrip(_BETWEEN).endswith(_VERSION_BEFORE) or _ROW_OF_PACKAGES.match(back):
            return False
        return private or quad in self._met or self._by_words(text, back, quad)

    def _by_form(self, data: bytes, start: int, end: int, private: bool) -> Optional[bool]:
        """What the characters next to it say; None where they say nothing."""
        before, after = data[start - 1 : start], data[end : end + 16]
        if before == b"." or (after[:1] == b"." and after[1:2].isdigit()):
            return False
        if before in (b"-", b"_"):
            return self._after_name(data, start, after, private)
        if before.isalpha():
            return False
        if _ADDRESS_AFTER.match(after):
            return True
        if _VERSION_AFTER.match(after) and not (private and after[:1] in (b"-", b"_")):
            return False
        return None

    def _by_words(self, text: Text, back: bytes, quad: bytes) -> bool:
        """The nearest word before it that tells decides."""
        if _PRODUCT.search(back):
            return False
        if not back:
            return not text.versions
        kind = None
        for word in _WORDS.finditer(back):
            kind = word.lastgroup
        if kind == "address" and len(self._met) < _REMEMBERED:
            self._met.add(quad)
        return kind == "address" or (kind is None and not text.versions)

    @staticmethod
    def _after_name(data: bytes, start: int, after: bytes, private: bool) -> bool:
        """`secfile_10.0.0.1`, `10.0.0.1-10.0.0.9`; but `bind-9.11.4.1-5.el7`, `driver_10.1.2.3_amd64`."""
        back = data[max(0, start - _LOOK_BACK) : start].lower()
        if _ADDRESS_BEFORE.search(back):
            return True
        if _VERSION_AFTER.match(after):
            return False
        return private or (not _NAME_BEFORE.search(back) and back[-1:] == b"_")

    def joined(self, text: Text) -> Iterator[Span]:
        """ip-10-1-2-3, 10-1-2-3.example.com, node_10_1_2_3, 172_29_45_78."""
        data = text.data
        for match in _JOINED.finditer(data):
            at, end = match.span()
            first = data[max(0, at - 4) : at]
            start = at - (len(first) - len(first.rstrip(_DIGITS)))
            goes_on = data[end : end + 1] == match[1] and data[end + 1 : end + 2].isdigit()
            if not 0 < at - start < 4 or goes_on:  # noqa: PLR2004
                continue
            quad = data[start:end].replace(match[1], b".")
            new = self._pseudonyms.dotted(quad)
            if new is not None and (
                quad in self.known or _in_host_name(text.lower, start, end) or _alone(data, start, new)
            ):
                yield Span(start, end, new.replace(b".", match[1]), "ipv4")


def _turned(quad: bytes) -> bytes:
    return b".".join(reversed(quad.split(b".")))


def _in_host_name(lower: bytes, start: int, end: int) -> bool:
    if _DASHED_HOST.search(lower[max(0, start - 16) : start]):
        return True
    before = lower[start - 1 : start]
    return not before.isalnum() and before not in (b"-", b"_") and _LABEL.match(lower, end) is not None


def _alone(data: bytes, start: int, new: bytes) -> bool:
    """Of 172.16.0.0/12 and 192.168.0.0/16, which no version looks like, and no part of a longer number."""
    before = data[max(0, start - 2) : start]
    return new.startswith(_NO_VERSIONS) and not (before[-1:] in (b"-", b"_", b".") and before[:1].isdigit())


def _line_before(lower: bytes, start: int) -> bytes:
    """Some of what stands before it on its line, small."""
    back = lower[max(0, start - _LOOK_BACK) : start]
    return back[max(back.rfind(b"\n"), back.rfind(BLANK)) + 1 :]
