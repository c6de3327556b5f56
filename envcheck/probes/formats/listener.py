"""A listening TCP socket, as /proc/net/tcp, ss and netstat each tell it."""

from __future__ import annotations

from envcheck.record import Record


class Listener(Record):
    """One socket in state LISTEN."""

    port: str
    """A number, or the name of a service where the command resolved it."""
    address: str
    owner: str = ""
    """`nginx (pid 77)`, or empty where it is not told."""
    inode: int = 0
    """0 where it is not told."""


def split_endpoint(text: str) -> tuple[str, str]:
    """Split `[::]:22`, `:::22`, `0.0.0.0%virbr0:67` or `*:http` into address and port.

    Raises ValueError for a text without a port.
    """
    address, colon, port = text.rpartition(":")
    if not colon or not port:
        raise ValueError(f"{text!r} is no address with a port")
    return address.strip("[]").partition("%")[0] or "*", port
