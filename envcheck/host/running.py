"""Which processes run: of this machine by psutil, of a record by what `ps` printed."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from envcheck.host.base import Denied, NotRecorded
from envcheck.host.belongings import Process
from envcheck.lazy import regex

_COMMAND_CHARACTERS = 4096
_CONTAINER = regex(r"[0-9a-f]{64}")
_HIDING = regex(r"^\S+ /proc proc \S*\bhidepid=(?!0|off)", re.MULTILINE)
_INTERPRETERS = regex(r"(?:ba|da|k|z|a)?sh|busybox|env|python[\d.]*|perl[\d.]*|ruby[\d.]*|php[\d.]*")
_COMMAND_HEADINGS = ("COMMAND", "CMD", "ARGS")
_USER_HEADINGS = ("USER", "UID", "EUSER", "RUSER")
_SHIMS = regex(r"(?:docker-)?containerd-shim.*|conmon|lxc-start|systemd-nspawn|crun|runc")
"""What every container has beside it on the host."""
_MANY_WORDS = ("STARTED", "LSTART")
"""Columns of `ps` that hold several words: what stands behind them cannot be told apart."""


def live(mounts: str, proc: str = "/proc") -> tuple[Process, ...]:
    """Every process of this machine, kernel threads and dead ones left out.

    `mounts` is the text of /proc/self/mounts. Raises Denied where other users' processes
    are hidden: what cannot be seen may well run.
    """
    import psutil

    if os.geteuid() != 0 and _HIDING.search(mounts):
        raise Denied("the processes of other users are hidden (/proc is mounted with hidepid)")
    found = []
    for process in psutil.process_iter(
        ["pid", "name", "username", "cmdline", "exe", "create_time", "status"]
    ):
        info = process.info
        if info["status"] == psutil.STATUS_ZOMBIE or not (info["cmdline"] or info["exe"]):
            continue
        words = info["cmdline"] or [info["exe"]]
        found.append(
            Process(
                pid=info["pid"],
                name=info["name"] or posixpath.basename(words[0]),
                user=info["username"] or "",
                command=" ".join(words)[:_COMMAND_CHARACTERS],
                program=info["exe"] or None,
                started=info["create_time"],
                container=_container(f"{proc}/{info['pid']}/cgroup"),
            )
        )
    return tuple(found)


def _container(path: str) -> str | None:
    """The id of the container whose control group the process is in, empty for none."""
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        found = _CONTAINER.search(file.read(1 << 16))
        return found[0] if found else ""
    return None


def recorded(texts: Mapping[str, str]) -> tuple[Process, ...]:
    """The processes that an output of `ps` lists. Raises NotRecorded where none lists them all."""
    for text in texts.values():
        found = tuple(listed(text))
        if any(process.pid == 1 for process in found):
            contained = any(_SHIMS.fullmatch(process.name) for process in found)
            return found if contained else tuple(each._replace(container="") for each in found)
    raise NotRecorded("no output of ps that lists all processes is in this record")


def listed(text: str) -> Iterator[Process]:
    """The processes of one output of `ps`; none where its heading is not understood."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if "PID" in line.split()), None)
    heading = lines[start].split() if start is not None else []
    if not heading or heading[-1] not in _COMMAND_HEADINGS or set(heading) & set(_MANY_WORDS):
        return
    pid = heading.index("PID")
    user = next((heading.index(name) for name in _USER_HEADINGS if name in heading), None)
    seen: set[int] = set()
    for line in lines[(start or 0) + 1 :]:
        fields = line.split(None, len(heading) - 1)
        if len(fields) == len(heading) and fields[pid].isdecimal() and int(fields[pid]) not in seen:
            seen.add(int(fields[pid]))
            command = fields[-1].strip()
            if not _is_of_the_kernel(command):
                yield _process(int(fields[pid]), "" if user is None else fields[user], command)


def _is_of_the_kernel(command: str) -> bool:
    return (command.startswith("[") and command.endswith("]")) or command.endswith("<defunct>")


def _process(pid: int, user: str, command: str) -> Process:
    words = command.split()
    own = posixpath.basename(words[0])
    script = len(words) > 1 and _INTERPRETERS.fullmatch(own) and not words[1].startswith("-")
    return Process(
        pid=pid,
        name=posixpath.basename(words[1]) if script else own.rstrip(":"),
        user=user,
        command=command[:_COMMAND_CHARACTERS],
        program=words[0] if words[0].startswith("/") else None,
        started=None,
        container=None,
    )
