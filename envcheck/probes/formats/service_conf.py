"""sconf/service.conf of the face service: `NAME=VALUE` lines, and what is wrong with them."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, Optional

from envcheck.lazy import regex
from envcheck.record import Record
from envcheck.values import parse_address

Kind = Literal["blanks", "control", "address", "loopback", "port", "missing", "twice", "extra"]

HOSTS = ("MYSQL_SVC_SERVICE_HOST", "LICENSE_SERVER_HOST")
PORTS = {"MYSQL_SVC_SERVICE_PORT": 5535, "LICENSE_SERVER_PORT": 8887}
NAMES = ("MYSQL_SVC_SERVICE_HOST", "MYSQL_SVC_SERVICE_PORT", "LICENSE_SERVER_HOST", "LICENSE_SERVER_PORT")

_CARET = regex(r"\^[H?\[M]")
"""A control character as a terminal shows it, copied as two."""
_BROADCAST = "255.255.255.255"
_SHOWN = 60


class Line(Record):
    """A line that sets something: its number from 1, name and value without blanks around."""

    number: int
    name: str
    value: str


class Finding(Record):
    """Something that is wrong. `line` is None for what should be in the file and is not."""

    kind: Kind
    line: Optional[int]
    name: str
    what: str

    def __str__(self) -> str:
        return self.what if self.line is None else f"line {self.line}: {self.what}"


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are neither empty nor a comment, with their numbers."""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            yield number, line


def settings(text: str) -> list[Line]:
    """What is set, whether rightly or not."""
    found = []
    for number, line in lines(text):
        name, equals, value = line.partition("=")
        if equals:
            found.append(Line(number, name.strip(), value.strip()))
    return found


def findings(text: str) -> list[Finding]:
    """All that is wrong, line by line, then what is missing."""
    found: list[Finding] = []
    seen: dict[str, int] = {}
    for number, line in lines(text):
        name = line.partition("=")[0].strip()
        found += (Finding(kind, number, name, what) for kind, what in _of_line(line))
        if name in seen and name in NAMES:
            found.append(Finding("twice", number, name, f"{name} stands in line {seen[name]} too"))
        seen.setdefault(name, number)
    found += (Finding("missing", None, name, f"{name} is not set") for name in NAMES if name not in seen)
    return found


def _of_line(line: str) -> Iterator[tuple[Kind, str]]:
    name, equals, value = line.partition("=")
    control = _control(line)
    if control:
        yield "control", f"{control} in {visible(line)}"
        return
    if not equals:
        yield "extra", f"no setting: {visible(line)}"
        return
    if name != name.strip() or value != value.strip():
        where = "around" if name != name.rstrip() or value != value.lstrip() else "beside"
        yield "blanks", f"blanks {where} {'`=`' if where == 'around' else 'the setting'} in {visible(line)}"
    name, value = name.strip(), value.strip()
    if name not in NAMES:
        yield "extra", f"{visible(name)} does not belong here: delete the line"
    elif name in PORTS and value != str(PORTS[name]):
        yield "port", f"{name} is {visible(value) or 'empty'}, not {PORTS[name]}"
    elif name in HOSTS:
        yield from _of_host(name, value)


def _of_host(name: str, value: str) -> Iterator[tuple[Kind, str]]:
    if value.lower().rstrip(".") in ("localhost", "localhost.localdomain"):
        yield "loopback", f"{name} is {value}: a container reaches only itself by it"
        return
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        yield "address", f"{name} is {visible(value) or 'empty'}, no IP address"
        return
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        yield "loopback", f"{name} is {value}: a container reaches only itself by it"
    # Not `is_reserved`: in 240.0.0.0/4 lie the pseudonyms of a redacted bundle.
    elif address.is_unspecified or address.is_multicast or address.is_link_local or value == _BROADCAST:
        yield "address", f"{name} is {value}, no address of a machine"


def _control(line: str) -> str:
    """The name of a character that nobody meant to write, if there is one."""
    for sign in line:
        if sign != "\t" and unicodedata.category(sign).startswith("C"):
            return _NAMES.get(sign, f"control character U+{ord(sign):04X}")
    return "control characters written out" if _CARET.search(line) else ""


_NAMES = {
    "\b": "backspace (^H)",
    "\x7f": "delete (^?)",
    "\x1b": "escape (an arrow key)",
    "\r": "carriage return (Windows line end)",
    "\ufeff": "byte order mark",
}


def visible(text: str) -> str:
    """The text as a terminal shows control characters: `10.0.0.6^H5`; cut where it is long."""
    plain = re.sub("[\x00-\x1f]", lambda found: f"^{chr(ord(found[0]) + 64)}", text.strip(" \t"))
    plain = plain.replace("\x7f", "^?")
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"


def usable_host(text: str) -> str:
    """A host's name or address as it can be asked. Raises ValueError for another text."""
    if not text:
        raise ValueError("it names no host")
    return parse_address(text)
