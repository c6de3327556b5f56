"""The output of `ss`, with or without its Netid column, header and process column."""

from __future__ import annotations

import re

from envcheck.lazy import regex
from envcheck.probes.formats.listener import Listener, split_endpoint

_OWNER = regex(r'users:\(\("(?P<name>[^"]*)",(?:pid=)?(?P<pid>\d+)')
_STATES = regex(r"^(\S+\s+)?(LISTEN|ESTAB|UNCONN|TIME-WAIT|CLOSE-WAIT)\s|^(Netid|State)\b", re.MULTILINE)
_NETIDS = ("tcp", "mptcp")


def listeners(text: str) -> list[Listener]:
    """The TCP sockets in state LISTEN; raises ValueError when the text is no output of ss."""
    if not _STATES.search(text):
        raise ValueError("not in the format of ss")
    return [found for line in text.splitlines() if (found := _listener(line)) is not None]


def _listener(line: str) -> Listener | None:
    words = line.split()
    if not line[:1].isspace() and words[:1] != ["LISTEN"]:
        if words[1:2] != ["LISTEN"] or words[0] not in _NETIDS:
            return None
        words = words[1:]
    local = words[3:4]
    if words[:1] != ["LISTEN"] or not local or local[0][0] in "/@":  # a unix socket, by `ss -x`
        return None
    address, port = split_endpoint(local[0])
    owner = _OWNER.search(line)
    return Listener(port, address, f"{owner['name']} (pid {owner['pid']})" if owner else "")
