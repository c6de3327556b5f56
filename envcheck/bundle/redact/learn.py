"""Who a host is, from what it answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from envcheck.bundle.redact.identities import Identities
from envcheck.bundle.redact.members import member
from envcheck.bundle.redact.public import is_vendors
from envcheck.host.base import Nvml, Output, Unreadable

if TYPE_CHECKING:
    from envcheck.host.base import Answer, Host, Question

_FILES = (
    *("/etc/hostname", "/proc/sys/kernel/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/passwd"),
    *("/etc/machine-id", "/var/lib/dbus/machine-id", "/proc/sys/kernel/random/boot_id"),
    *(f"/sys/class/dmi/id/{name}" for name in ("product_serial", "product_uuid", "board_serial")),
    *(f"/sys/class/dmi/id/{name}" for name in ("chassis_serial", "chassis_asset_tag")),
)
_MOST = 2000
_FIRST_PERSON, _LAST_PERSON = 1000, 60000
_SIZE = 4 << 20
_NOT_A_HOST = ("127.", "::1", "ff0", "fe00::", "255.255")
_NAMED_BY_MAC = re.compile(r"(?:enx|wlx)[0-9a-f]{12}$")
_HEADER = re.compile(r"^NAME .*\b(?:SERIAL|WWN|UUID)\b.*$", re.MULTILINE)
_FOLDERS = (
    ("/sys/class/net", ("address",)),
    ("/sys/block", ("wwid", "device/wwid", "device/serial", "serial", "uuid", "nguid")),
)
_ADDRESS = re.compile(r"\b(?:inet6? (?:addr:? ?)?|address:? )([0-9A-Fa-f.:]{3,45})")
_MAC = re.compile(r"\b(?:link/\w+|HWaddr|ether|permaddr|address:) ?((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})\b")
_SERIAL = re.compile(
    r"(?:Serial Number|Asset Tag|UUID|SERIAL|WWN|ID_SERIAL_SHORT|serial)\s*"
    r"(?:[:=]\s*|>)\"?([^\"\n<]+?)\s*(?:[\"<\n]|$)"
)
_UNAME = re.compile(r"\bLinux (\S+) \d+\.\d+\S* #")
_NODES = re.compile(r"^NAME +STATUS +ROLES .*$", re.MULTILINE)
_NODE = re.compile(r"(\S+) +(?:Not)?Ready\b")
_OF_CLUSTER = re.compile(
    r"kubernetes\.io/hostname[\\\"]*\s*[:=]\s*[\\\"]*([\w.-]+)"
    r"|\"type[\\\"]*:\s*[\\\"]*Hostname[\\\"]*,\s*[\\\"]*address[\\\"]*:\s*[\\\"]*([\w.-]+)"
)
_SHARE = re.compile(
    r"^(?:([A-Za-z][\w.-]*):/\S* \S+ (?:nfs4?|ceph|fuse\.glusterfs) "
    r"|//([A-Za-z][\w.-]*)/\S* \S+ (?:cifs|smb3) )"
    r"| - (?:nfs4?|ceph) ([A-Za-z][\w.-]*):/| - (?:cifs|smb3) //([A-Za-z][\w.-]*)/",
    re.MULTILINE,
)
_CELLS = ("SERIAL", "WWN", "UUID", "PTUUID", "PARTUUID")
_PAIR = re.compile(r'(SERIAL|WWN|UUID|PARTUUID|PTUUID)="([^"]+)"')


def from_answers(answers: Mapping[Question, Answer], found: Identities) -> None:
    """Take in what the answers tell."""
    for question, answer in list(answers.items()):
        if answer.error is None:
            _of_answer(question, answer.value, found)
            found.in_places(_text_of(answer.value))


def from_host(host: Host, found: Identities) -> None:
    """Ask for what tells who the host is, and leave its answers as they were."""
    from_answers({**host.answers, **about(host)}, found)
    found.add("host", [host.name])


def about(host: Host) -> dict[Question, Answer]:
    """What more the host answers to who it is; its own answers are left as they were."""
    before = set(host.answers)
    try:
        for ask in _questions(host):
            with suppress(Unreadable):
                ask()
        new = {question: host.answers[question] for question in set(host.answers) - before}
        return {question: answer for question, answer in new.items() if answer.error is None}
    finally:
        for question in set(host.answers) - before:
            host.answers.pop(question, None)


def _questions(host: Host) -> Iterator[Callable[[], object]]:
    for path in _FILES:
        yield partial(host.read, path, _SIZE)
    yield from (host.addresses, partial(host.names, "/home"), partial(host.docker, "/info"))
    yield partial(host.run, "hostname", "-f")
    yield partial(host.run, "lsblk", "-P", "-o", "NAME,SERIAL,WWN,UUID,PARTUUID")
    yield partial(host.run, "dmidecode")
    for folder, files in _FOLDERS:
        with suppress(Unreadable):
            for name in host.names(folder)[:_MOST]:
                yield from (partial(host.read, f"{folder}/{name}/{file}", _SIZE) for file in files)


def _of_answer(question: Question, value: object, found: Identities) -> None:
    kind = question[0]
    if kind == "read" and isinstance(value, bytes):
        _of_file(question[1], value.decode("utf-8", "surrogateescape"), found)
    elif kind == "run" and isinstance(value, Output):
        _of_output(question[1:], value.stdout, found)
    elif kind == "recorded" and isinstance(value, Mapping):
        for text in value.values():
            _of_text(str(text), found)
    elif kind == "names" and question[1] == "/home" and isinstance(value, tuple):
        found.add("user", map(str, value))
    elif kind == "addresses" and isinstance(value, Mapping):
        for addresses in value.values():
            found.add("address", map(str, addresses))
        found.add("mac", (name[3:] for name in map(str, value) if _NAMED_BY_MAC.match(name)))
    elif kind == "nvml" and isinstance(value, Nvml):
        found.add("uuid", (card.uuid for card in value.cards if card.uuid))
    elif kind == "docker" and isinstance(value, Mapping):
        _of_engine(question[1], value, found)


def _text_of(value: object) -> bytes:
    if isinstance(value, bytes):
        return value[:_SIZE]
    text = value.stdout if isinstance(value, Output) else str(value)
    return text[:_SIZE].encode("utf-8", "surrogateescape")


def _of_file(path: str, text: str, found: Identities) -> None:
    value = member(path.lstrip("/")).value
    if value in ("host", "domain", "serial"):
        found.add(value, text.split("\n")[:1])
    elif value == "id":
        found.add("serial", text.split("\n")[:1])
    elif path.endswith("/address") and "/net/" in path:
        found.add("mac", [text.strip()])
    elif path in _READERS:
        _READERS[path](text, found)
    else:
        _of_text(text, found)


def _of_output(argv: Sequence[str], text: str, found: Identities) -> None:
    if argv[0] in ("hostname", "hostnamectl") and "\n" not in text.strip():
        found.add("host", text.split())
    _of_text(text, found)


def _of_text(text: str, found: Identities) -> None:
    """Whatever a text calls an address, a serial number, the name of the host."""
    text = text[:_SIZE]
    found.add("address", _ADDRESS.findall(text))
    found.add("mac", _MAC.findall(text))
    found.add("serial", _SERIAL.findall(text))
    found.add("serial", (value for _, value in _PAIR.findall(text)))
    found.add("host", _UNAME.findall(text))
    for pattern in (_OF_CLUSTER, _SHARE):
        found.add("host", (name for names in pattern.findall(text) for name in names))
    found.add("host", _nodes(text))
    header = _HEADER.search(text)
    if header:
        found.add("serial", _cells(header[0], text[header.end() :]))


def _nodes(text: str) -> Iterator[str]:
    """The first column of the table of a cluster's nodes."""
    header = _NODES.search(text)
    for row in text[header.end() :].split("\n")[1:_MOST] if header else ():
        node = _NODE.match(row)
        if node is None:
            return
        yield node[1]


def _cells(header: str, rows: str) -> Iterator[str]:
    """What stands below the headings for identifiers, in lsblk's table."""
    for name in _CELLS:
        heading = re.search(rf"(?<=\s){name}(?:\s+|$)", header)
        if heading is None:
            continue
        for row in rows.splitlines()[:_MOST]:
            end = heading.end() if heading.end() < len(header) else len(row)
            words = row[heading.start() : end].split()
            yield from words[:1]


def _of_engine(path: str, answer: Mapping[str, object], found: Identities) -> None:
    if path.rpartition("/")[2] == "info":
        found.add("uuid", [str(answer.get("ID") or "")])
        found.add("host", [str(answer.get("Name") or "")])


def _of_hosts(text: str, found: Identities) -> None:
    for line in text.splitlines()[:_MOST]:
        address, *names = line.partition("#")[0].split() or [""]
        if names and not address.startswith(_NOT_A_HOST):
            found.add("address", [address])
            found.add("host", (name for name in names if not is_vendors(name.lower().encode().split(b"."))))
        elif address in ("127.0.1.1", "127.0.0.1"):
            found.add("host", (name for name in names if not name.startswith("localhost")))


def _of_resolv_conf(text: str, found: Identities) -> None:
    for line in text.splitlines():
        key, *values = line.split() or [""]
        if key in ("search", "domain"):
            found.add("domain", values)
        elif key == "nameserver":
            found.add("address", values)


def _of_passwd(text: str, found: Identities) -> None:
    """People: accounts that are no system's, by their number or by their home."""
    for line in text.splitlines()[:_MOST]:
        fields = line.split(":")
        if len(fields) < len(_PASSWD) or not fields[2].isdigit():
            continue
        home = fields[5]
        if _FIRST_PERSON <= int(fields[2]) < _LAST_PERSON:
            found.add("user", [fields[0]])
            if home.startswith("/home/"):
                found.add("user", [home.split("/")[2]])


_PASSWD = ("name", "password", "uid", "gid", "comment", "home", "shell")
_READERS: Mapping[str, Callable[[str, Identities], None]] = {
    "/etc/hosts": _of_hosts,
    "/etc/resolv.conf": _of_resolv_conf,
    "/etc/passwd": _of_passwd,
}
