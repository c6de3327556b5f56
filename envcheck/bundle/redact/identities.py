"""Taking in what is known to identify: in each notation in which it may turn up."""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, ip_address
from typing import Any

from envcheck.bundle.redact.finders.colons import engine_id
from envcheck.bundle.redact.finders.foreign import Foreign
from envcheck.bundle.redact.finders.ids import is_serial
from envcheck.bundle.redact.finders.quads import Quads
from envcheck.bundle.redact.keep import ACCOUNTS, is_common
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.public import is_public

_HEX = re.compile(rb"[0-9a-fA-F]+\Z")
_SEPARATORS = re.compile(rb"[-:. ]")
_LONGEST_WORD = 256
_MOST_DOMAINS = 500


class Identities:
    """Where the learnt identifiers go."""

    def __init__(self, pseudonyms: Pseudonyms, known: Known, quads: Quads, foreign: Foreign) -> None:
        self._pseudonyms = pseudonyms
        self._known = known
        self._quads = quads
        self._foreign = foreign
        self._by_kind: Mapping[str, Callable[[bytes], None]] = {
            "host": self.host,
            "domain": self.domain,
            "user": self.user,
            "serial": self.serial,
            "address": self.address,
            "mac": self.mac,
            "uuid": self.number,
        }

    def add(self, kind: str, values: Iterable[str]) -> None:
        """Identifiers of a kind; raises ValueError for a kind not known."""
        if kind not in self._by_kind:
            raise ValueError(f"{kind!r} is no kind of identifier: {', '.join(self._by_kind)}")
        for value in values:
            plain = value.strip().encode("utf-8", "surrogateescape")
            if plain and len(plain) <= _LONGEST_WORD:
                self._by_kind[kind](plain)

    def host(self, name: bytes) -> None:
        """A host's name, with its domain or without."""
        first, _, domain = name.partition(b".")
        if first.lower().startswith(b"localhost") or first.isdigit():
            return
        if is_common(first):
            self._known.common.add(first.lower())
        self._known.add_word("host", first)
        if domain:
            self.domain(domain)

    def domain(self, name: bytes) -> None:
        """A domain that is ours; one that is everybody's stays."""
        if not is_public(name.lower().strip(b".").split(b".")):
            self._known.add_domain(name)

    def in_places(self, text: bytes) -> None:
        """The domains that a text names where nothing else can stand."""
        for domain in self._foreign.learn(text):
            if len(self._known.domains) < _MOST_DOMAINS:
                self._known.add_domain(domain)

    def user(self, name: bytes) -> None:
        """A person's account."""
        if name.lower() not in ACCOUNTS:
            self._known.add_word("user", name)

    def serial(self, value: bytes) -> None:
        """A serial number, WWN or the like: anything that is_serial holds for one."""
        if not is_serial(value):
            return
        if value.lower().startswith((b"vmware-", b"gpu-", b"0x", b"naa.", b"eui.")) or b"-" in value:
            self.number(value)
        plain = _SEPARATORS.sub(b"", value)
        if _HEX.match(plain) and len(plain) in (12, 16, 32):
            self.number(value)
        else:
            self._known.add_word("serial", value)

    def number(self, value: bytes) -> None:
        """A UUID, machine-id, WWN, engine's ID: hexadecimal digits in any arrangement."""
        if value.count(b":") == 11:  # noqa: PLR2004 - an engine's before 23.0
            self._known.add_exactly("docker-id", value, engine_id(self._pseudonyms, value))
            return
        core = re.sub(rb"(?i)^(?:vmware-|gpu-|mig-|0x|naa\.|eui\.)", b"", value)
        plain = _SEPARATORS.sub(b"", core)
        if not _HEX.match(plain):
            return
        self._known.add_number("uuid", plain, self._pseudonyms.digits("uuid", plain))
        if len(plain) == 32:  # noqa: PLR2004 - SMBIOS before 2.6 has the first three fields reversed
            self._known.add_number("uuid", _swapped(plain), _swapped(self._pseudonyms.digits("uuid", plain)))

    def mac(self, value: bytes) -> None:
        """A MAC address."""
        plain = _SEPARATORS.sub(b"", value)
        if _HEX.match(plain) and len(plain) == 12:  # noqa: PLR2004
            self._known.add_number("mac", plain, self._pseudonyms.mac(plain))

    def address(self, value: bytes) -> None:
        """An address of an interface, with or without the length of its prefix."""
        text = value.partition(b"/")[0].partition(b"%")[0]
        try:
            address = ip_address(text.decode("ascii"))
        except ValueError:
            return
        plain = b"%x" % int(address)
        if isinstance(address, IPv4Address):
            self._quads.known.add(text)
            plain = b"%08x" % int(address)
            turned = b"%08x" % int.from_bytes(address.packed, "little")
            self._known.add_number("ipv4", turned, self._pseudonyms.words(turned))
        else:
            plain = b"%032x" % int(address)
        self._known.add_number("ipv4" if len(plain) == 8 else "ipv6", plain, self._pseudonyms.unbroken(plain))  # noqa: PLR2004

    def load(self, document: Mapping[str, Any]) -> None:
        """What `Known.dump` gave; raises KeyError, TypeError, ValueError."""
        for kind, word in document["words"]:
            self._known.add_word(str(kind), str(word).encode("utf-8", "surrogateescape"))
        for kind, digits, new in document["numbers"]:
            self._known.add_number(str(kind), str(digits).encode(), str(new).encode())
        self._known.domains.update(
            str(each).encode("utf-8", "surrogateescape") for each in document["domains"]
        )
        self._known.common.update(str(each).encode("utf-8", "surrogateescape") for each in document["common"])
        self._quads.known.update(str(each).encode() for each in document["addresses"])


def _swapped(digits: bytes) -> bytes:
    raw = unhexlify(digits)
    return (raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]).hex().encode()
