"""The output of `netstat`, with or without its user, inode and process columns."""

from __future__ import annotations

import re

from envcheck.lazy import regex
from envcheck.probes.formats.listener import Listener, split_endpoint

_LISTEN = regex(r"tcp6?\s+\d+\s+\d+\s+(?P<local>\S+)\s+\S+\s+LISTEN\b(?P<rest>.*)")
_HEADING = regex(r"^(?:Active Internet connections|激活 ?Internet ?连接)(.*)$", re.MULTILINE)
_OWNER = regex(r"\s(?P<pid>\d+)/(?P<name>\S.*?)(?:\s{2,}|\s*$)")


def listeners(text: str) -> list[Listener]:
    """The TCP sockets in state LISTEN.

    Raises ValueError when the text is no output of netstat, or of one that left listening
    sockets out (`netstat` without -l and -a).
    """
    heading = _HEADING.search(text)
    if heading is None:
        raise ValueError("not in the format of netstat")
    if "w/o" in heading[1]:
        raise ValueError("netstat was asked without -a: listening ports are left out")
    return [_listener(match) for match in map(_LISTEN.match, text.splitlines()) if match]


def _listener(match: re.Match[str]) -> Listener:
    address, port = split_endpoint(match["local"])
    owner = _OWNER.search(match["rest"])
    return Listener(port, address, f"{owner['name']} (pid {owner['pid']})" if owner else "")
