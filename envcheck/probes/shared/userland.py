"""Whether the host's own programs are 32-bit or 64-bit ones."""

from __future__ import annotations

import re
from functools import partial

from envcheck.facts import Fact, first
from envcheck.host.base import NOT_RECORDED, Host, NotRecorded, Unreadable
from envcheck.lazy import regex

_PROGRAMS = ("/bin/sh", "/sbin/init", "/bin/bash")
_ELF_CLASSES = {1: 32, 2: 64}
_HEAD = 20
_WIDE = "x86_64|amd64|aarch64|arm64|ppc64le|ppc64el|ppc64|s390x|loongarch64|riscv64|mips64el"
_NARROW = "i[3-6]86|armhf|armel|armv7hl|s390"
# bash is part of every distribution, and built for its native architecture.
_BASH = regex(
    rf"^(?:ii\s+)?bash(?:-\d\S*\.|[:\s](?:.*?[\s:])?)(?:({_WIDE})|({_NARROW}))(?=\s|$)", re.MULTILINE
)
_PACKAGE_LISTS = (
    "installed-rpms",
    "installed-debs",
    "dpkg_-l",
    "rpm_-qa*",
    "sh_-c_rpm_*-qa*",
    "dpkg-query_*",
)
_LIBRARIES = ("/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6")
_RELEASES = ("/etc/os-release", "/usr/lib/os-release", "/etc/centos-release", "/etc/redhat-release")
# These were never made for 32-bit processors, but for CentOS' AltArch builds of 7.
_WIDE_ONLY = regex(
    r'(?:Red Hat Enterprise Linux|CentOS Linux)[\w ]*?[ "](?:release )?(?:[7-9]|10)\b'
    r"|SUSE Linux Enterprise Server[\w ]*? 1[2-6]\b"
)


def bits(host: Host) -> Fact[int]:
    """From the class of the host's own binaries, else getconf; of a record from what is installed.

    Not from lscpu: its op-modes tell what the CPU could run.
    """
    answer: Fact[int] = first(
        *((path, partial(_elf_bits, host, path)) for path in _PROGRAMS),
        ("getconf LONG_BIT", lambda: _known_bits(host.run("getconf", "LONG_BIT").stdout)),
        ("installed packages", lambda: _of_packages(host)),
        ("64-bit loader or C library", lambda: _of_libraries(host)),
        ("distribution", lambda: _of_distribution(host)),
    )
    return answer


def _elf_bits(host: Host, path: str) -> int:
    head = host.read_bytes(path, _HEAD)
    if head[:4] != b"\x7fELF":
        raise ValueError("not an ELF binary")
    return _ELF_CLASSES[head[4]]


def _known_bits(text: str) -> int:
    bits = int(text)
    if bits not in _ELF_CLASSES.values():
        raise ValueError(f"{bits} bits")
    return bits


def _of_packages(host: Host) -> int:
    texts = host.recorded(*_PACKAGE_LISTS).values()
    found = {64 if match[1] else 32 for text in texts for match in _BASH.finditer(text)}
    if len(found) != 1:
        raise NotRecorded("the packages do not tell whether the userland has 64 bits")
    return found.pop()


def _of_libraries(host: Host) -> int:
    if host.live:  # they may be there for foreign programs only; a live host has better answers
        raise NotRecorded("libraries do not tell")
    for path in _LIBRARIES:
        try:
            if host.exists(path):
                return 64
        except Unreadable:
            continue
    raise NotRecorded(f"a 64-bit C library {NOT_RECORDED}")


def _of_distribution(host: Host) -> int:
    texts = []
    for path in _RELEASES:
        try:
            texts.append(host.read(path))
        except Unreadable:
            continue
    text = "\n".join(texts)
    if "AltArch" in text or not _WIDE_ONLY.search(text):
        raise NotRecorded("the distribution does not tell whether the userland has 64 bits")
    return 64
