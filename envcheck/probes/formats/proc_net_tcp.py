"""/proc/net/tcp and /proc/net/tcp6: the kernel's own list of TCP sockets."""

from __future__ import annotations

from envcheck.probes.formats.listener import Listener

_LISTEN = "0A"
_INODE_COLUMN = 9
_MAPPED = bytes(10) + b"\xff\xff"
"""Begins an IPv4 address that is written as one of IPv6."""


def listeners(text: str) -> list[Listener]:
    """The sockets in state LISTEN; raises ValueError when the text is not such a list."""
    header, _, rest = text.partition("\n")
    if "local_address" not in header:
        raise ValueError("not in the format of /proc/net/tcp")
    rows = (line.split() for line in rest.splitlines())
    return [_listener(row) for row in rows if len(row) > _INODE_COLUMN and row[3] == _LISTEN]


def _listener(row: list[str]) -> Listener:
    address, _, port = row[1].partition(":")
    return Listener(str(int(port, 16)), _address(address), inode=int(row[_INODE_COLUMN]))


def _address(digits: str) -> str:
    """The kernel prints each 32-bit word of the address in the machine's (little) byte order."""
    words = [bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8)]
    if len(words) == 1:
        return ".".join(map(str, words[0]))
    from socket import AF_INET6, inet_ntop  # a run that asks docker has it, and ipaddress takes 2 ms

    address = b"".join(words)
    mapped = address.startswith(_MAPPED)
    return ".".join(map(str, words[-1])) if mapped else inet_ntop(AF_INET6, address)
