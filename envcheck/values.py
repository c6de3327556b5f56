"""The kinds of value that facts, rules and parameters have: versions, sizes, frequencies, endpoints.

Each compares as what it is (3.9 < 3.10, 384.66 < 384.111) and prints as people write it.
"""

from __future__ import annotations

from functools import total_ordering
from typing import ClassVar

from envcheck.lazy import regex
from envcheck.record import Record

_LEADING_NUMBERS = regex(r"\s*[vV]?(\d+(?:\.\d+)*)")
_HOST_NAME = regex(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
_HOST_NAME_SIZE = 253
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@total_ordering
class Version:
    """A version as vendors write it, ordered by its leading dotted numbers.

    `17.12.1-ce`, `3.10.0-957.el7`, `v1.26.0` and `384.111` are versions; `dev` is none.
    What follows the numbers (`-ce`, `.el7`, `+`) is kept for display and does not count.

    Raises ValueError for a text that does not begin with a number.
    """

    __slots__ = ("numbers", "text")

    def __init__(self, text: str) -> None:
        match = _LEADING_NUMBERS.match(text)
        if match is None:
            raise ValueError(f"{text!r} is no version")
        self.text = text.strip()
        self.numbers = _without_trailing_zeros(tuple(int(part) for part in match[1].split(".")))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.numbers == other.numbers

    def __lt__(self, other: Version) -> bool:
        return self.numbers < other.numbers

    def __hash__(self) -> int:
        return hash(self.numbers)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Version({self.text!r})"


def _without_trailing_zeros(numbers: tuple[int, ...]) -> tuple[int, ...]:
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers


class Bytes(int):
    """A size in bytes. Prints in the vendor's decimal units, as the manuals count (GB = 10⁹)."""

    units: ClassVar = {
        "B": 1,
        "kB": 10**3,
        "KB": 10**3,
        "MB": 10**6,
        "GB": 10**9,
        "TB": 10**12,
        "PB": 10**15,
        "KiB": 2**10,
        "MiB": 2**20,
        "GiB": 2**30,
        "TiB": 2**40,
        "PiB": 2**50,
    }

    @classmethod
    def parse(cls, text: str) -> Bytes:
        """Read `32 GB`, `6064 MiB`, `1.5TB`; raises ValueError for another text or unit."""
        return cls(_quantity(text, cls.units))

    def __str__(self) -> str:
        return _scaled(self, (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)), "B")

    __repr__ = __str__


class Hertz(int):
    """A frequency in hertz."""

    units: ClassVar = {"Hz": 1, "kHz": 10**3, "MHz": 10**6, "GHz": 10**9}

    @classmethod
    def parse(cls, text: str) -> Hertz:
        """Read `1833 MHz`, `2.1GHz`; raises ValueError for another text or unit."""
        return cls(_quantity(text, cls.units))

    def __str__(self) -> str:
        return _scaled(self, (("MHz", 10**6), ("kHz", 10**3)), "Hz")

    __repr__ = __str__


def _quantity(text: str, units: dict[str, int]) -> int:
    stripped = text.strip()
    number = stripped.rstrip(_LETTERS)
    unit = stripped[len(number) :]
    whole, dot, decimals = number.rstrip().partition(".")
    is_number = decimals.isdecimal() and (whole.isdecimal() or not whole) if dot else whole.isdecimal()
    if not is_number or unit not in units:
        from envcheck.rulebook.source import nearest

        known = ", ".join(units)
        near = nearest(unit, units) if is_number else ""
        meant = near if "did you mean" in near else ""  # they are all named already
        raise ValueError(f"{text!r} is not a number with one of the units {known}{meant}")
    scale = int("1" + "0" * len(decimals))  # whole numbers all the way: a float has 53 bits, 8 PiB more
    return (2 * int(whole + decimals) * units[unit] + scale) // (2 * scale)


def _scaled(number: int, scale: tuple[tuple[str, int], ...], base: str) -> str:
    for unit, size in scale:
        if number >= size:
            return f"{_round_down(number, size)} {unit}"
    return f"{int(number)} {base}"


def _round_down(number: int, size: int) -> str:
    """One decimal, cut rather than rounded: 29.97 GB must not be shown as the 30 it is not."""
    tenths = number * 10 // size
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


class Endpoint(Record):
    """Where a service is asked: a host name or an IP address, and a TCP port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Read `10.0.0.5:8887`, `host:80`, `[fe80::1]:80`; raises ValueError for another text."""
        host, colon, port = text.strip().rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        if not colon or (":" in host and not bracketed):
            raise ValueError(f"{text!r} is not HOST:PORT (an IPv6 address stands in brackets: [::1]:80)")
        return cls(parse_address(host[1:-1] if bracketed else host), parse_port(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_port(text: str) -> int:
    """Read a TCP or UDP port; raises ValueError for what is not 1 to 65535."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 0 < int(text) < 1 << 16):  # noqa: PLR2004
        raise ValueError(f"{text!r} is no port: 1 to 65535")
    return int(text)


def parse_address(text: str) -> str:
    """Read a host name or an IP address; raises ValueError for another text."""
    if ":" in text or not text.strip("0123456789."):
        import ipaddress

        return str(ipaddress.ip_address(text))  # its ValueError says what it wants
    if len(text) > _HOST_NAME_SIZE or not _HOST_NAME.fullmatch(text):
        raise ValueError(f"{text!r} is neither a host name nor an IP address")
    return text
