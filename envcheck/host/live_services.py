"""Asking the services of a network: connecting, a page, a greeting; nothing outlives its deadline."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress

from envcheck.host.base import Failed, TimedOut
from envcheck.host.belongings import Clock, Page, Reached
from envcheck.host.deadline import Lifetime

BODY_LIMIT = 64 << 10
"""Bytes of a page that are read."""
_GREETING_LIMIT = 64 << 10
_HEAD = 4
_AGENT = "curl/7.29.0"
"""The manual asks with curl; to browsers the licence service shows another page."""
_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)


def clock() -> Clock:
    """That of this machine."""
    now = time.time()
    return Clock(now, time.localtime(now).tm_gmtoff)


def connect(address: str, port: int, timeout: float, lifetime: Lifetime) -> Reached:
    """Connect to one address of the name after the other, until one answers; `timeout` is for all of it."""
    return lifetime.bounded(f"{address}:{port}", lambda: _connect(address, port, timeout), timeout + 1)


def _connect(address: str, port: int, timeout: float) -> Reached:
    until = time.monotonic() + timeout
    try:
        places = _places(address, port)
    except OSError as error:  # of a name server too
        return Reached("no-name", "", error.strerror or str(error))
    found = Reached("no-name", "", "it has no address")
    for family, place in places:
        left = until - time.monotonic()
        found = _try(family, place, left) if left > 0 else Reached("timed-out", place[0])
        if found.state == "open":
            break
    return found


def _places(address: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((family, place) for family, _, _, _, place in found))  # type: ignore[misc]


def _try(family: int, place: tuple[str, int], seconds: float) -> Reached:
    with closing(socket.socket(family, socket.SOCK_STREAM)) as pipe:
        pipe.settimeout(seconds)
        try:
            pipe.connect(place)
            # A port among the outgoing ones may be met by this very socket: then nobody listens.
            to_itself = pipe.getsockname() == pipe.getpeername()
        except (TimeoutError, socket.timeout):
            return Reached("timed-out", place[0])
        except OSError as error:
            return _refused(place[0], error)
    return Reached("refused", place[0]) if to_itself else Reached("open", place[0])


def _refused(address: str, error: OSError) -> Reached:
    if error.errno == errno.ECONNREFUSED:
        return Reached("refused", address)
    if error.errno == errno.ETIMEDOUT:
        return Reached("timed-out", address)
    if error.errno in _NO_ROUTE:
        return Reached("no-route", address, error.strerror or "")
    return Reached("failed", address, error.strerror or str(error))


def page(address: str, port: int, path: str, timeout: float, lifetime: Lifetime) -> Page:
    """As Host.page. No proxy of the environment is asked."""
    what = f"http://{address}:{port}{path}"
    return lifetime.bounded(what, lambda: _page(what, address, port, path, timeout), timeout)


def _page(what: str, address: str, port: int, path: str, timeout: float) -> Page:
    from http.client import HTTPConnection, HTTPException

    with closing(HTTPConnection(address, port, timeout=timeout)) as asked:
        try:
            asked.request("GET", path, headers={"User-Agent": _AGENT, "Connection": "close"})
            answer = asked.getresponse()
            body = answer.read(BODY_LIMIT)
        except (TimeoutError, socket.timeout) as error:
            raise TimedOut(f"{what}: no answer in {timeout:g} s") from error
        except (OSError, HTTPException) as error:
            reason = getattr(error, "strerror", None) or repr(error)
            raise Failed(f"{what}: {reason}", getattr(error, "errno", None)) from error
    return Page(answer.status, body.decode("utf-8", "backslashreplace"))


def greeting(address: str, port: int, timeout: float, lifetime: Lifetime) -> bytes:
    """As Host.greeting."""
    what = f"{address}:{port}"
    return lifetime.bounded(what, lambda: _greeting(what, address, port, timeout), timeout + 1)


def _greeting(what: str, address: str, port: int, timeout: float) -> bytes:
    until = time.monotonic() + timeout
    received = b""
    try:
        with closing(socket.create_connection((address, port), timeout)) as pipe:
            for piece in _pieces(pipe, until):
                received += piece
                if len(received) >= _HEAD and len(received) >= _wanted(received):
                    break
    except (TimeoutError, socket.timeout) as error:
        if not received:
            raise TimedOut(f"{what}: no greeting in {timeout:g} s") from error
    except OSError as error:
        raise Failed(f"{what}: {error.strerror or error}", error.errno) from error
    return received


def _wanted(received: bytes) -> int:
    """A packet says first how long it is."""
    return min(_HEAD + int.from_bytes(received[:3], "little"), _GREETING_LIMIT)


def _pieces(pipe: socket.socket, until: float) -> Iterator[bytes]:
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        pipe.settimeout(left)
        piece = b""
        with suppress(ConnectionResetError):
            piece = pipe.recv(_GREETING_LIMIT)
        if not piece:
            return
        yield piece
