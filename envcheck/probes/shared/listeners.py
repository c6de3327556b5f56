"""The listening TCP sockets of a host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from envcheck.facts import Source
from envcheck.host.base import NOT_RECORDED, Absent, Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import netstat, proc_net_tcp, ss
from envcheck.probes.formats.listener import Listener

Read = Callable[[str], list[Listener]]

_OF_ALL_LISTENERS = regex(r"[al]")
_OF_SOME_FAMILIES = regex(r"[46uwx]")
_WITHOUT_IPV6 = "; of a host without IPv6 name it in sos_commands/envcheck/absent"


def sources(host: Host) -> Iterator[Source]:
    """For `facts.first`: each yields a tuple of Listeners, best source first."""
    yield "/proc/net/tcp", lambda: _both_families(host)
    if not host.live:
        yield "ss", lambda: _recorded(host, "ss", ss.listeners)
        yield "netstat", lambda: _recorded(host, "netstat", netstat.listeners)
        yield "/proc/net/tcp", lambda: _one_family(host)


def _both_families(host: Host) -> tuple[Listener, ...]:
    """The kernel lists listening sockets first, so a file cut at the reader's limit has them all."""
    found = proc_net_tcp.listeners(host.read("/proc/net/tcp"))
    with suppress(Absent):  # where IPv6 is off
        found += proc_net_tcp.listeners(host.read("/proc/net/tcp6"))
    return _owned(host, found)


def _one_family(host: Host) -> tuple[Listener, ...]:
    """What is there of a record that lacks the other family: enough to say busy, not to say free."""
    found: list[Listener] = []
    missing: list[str] = []
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            found += proc_net_tcp.listeners(host.read(path))
        except Unreadable as error:
            missing.append(str(error))
    if len(missing) > 1:
        raise NotRecorded(missing[0])
    without = _WITHOUT_IPV6 if missing and missing[0].startswith("/proc/net/tcp6") else ""
    return (*_owned(host, found), Listener("", "", f"{missing[0]}{without}"))


def _owned(host: Host, found: list[Listener]) -> tuple[Listener, ...]:
    try:
        owners = host.socket_owners() if found else {}
    except Unreadable:
        owners = {}
    return tuple(listener._replace(owner=owners.get(listener.inode, "")) for listener in found)


def _recorded(host: Host, command: str, read: Read) -> tuple[Listener, ...]:
    """From the outputs that list every listening TCP socket, going by their options.

    Where there are several, of different moments or users, a port that any of them shows is taken.
    """
    texts = host.recorded(command, f"{command}_*")
    found: dict[str, list[Listener]] = {}
    understood, problem = False, ""
    for name in (name for name in texts if _lists_all(name.rpartition("/")[2], command)):
        try:
            listed = read(texts[name])
        except ValueError as error:
            problem = f"{name}: {error}"
            continue
        understood = True
        for port in {listener.port for listener in listed} - found.keys():
            found[port] = [listener for listener in listed if listener.port == port]
    if not understood:
        raise NotRecorded(problem or f"an output of {command} that lists all listening ports {NOT_RECORDED}")
    return tuple(listener for same in found.values() for listener in same)


def _lists_all(name: str, command: str) -> bool:
    """Whether the options ask for listening sockets and leave no family of TCP out."""
    if name == command:
        return True  # a sosreport's link to its full listing
    options = "".join(re.findall(r"(?<=_-)[A-Za-z0-9]+", name))
    of_tcp = "t" in options or not _OF_SOME_FAMILIES.search(options)
    return bool(_OF_ALL_LISTENERS.search(options)) and of_tcp and not {"4", "6"} & set(options)
