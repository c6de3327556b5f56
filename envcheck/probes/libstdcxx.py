"""The host's C++ runtime, libstdc++.so.6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Absent, Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.record import Record
from envcheck.values import Version

_NAME = "libstdc++.so.6"
_CACHED = regex(r"\s+libstdc\+\+\.so\.6 \((?P<kind>[^)]*)\) => (?P<path>/\S+)")
_WIDE = regex(r"x86-64|AArch64|64bit")
_PLACES = (
    "/usr/lib64",
    "/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/lib/aarch64-linux-gnu",
)
_PREFIX = "GLIBCXX_"


class Libstdcxx(Record):
    """The C++ runtime that the host's programs use, never the one of envcheck's interpreter."""

    glibcxx: Annotated[
        Fact[Version],
        doc(
            "the highest symbol version GLIBCXX_… that the library defines; it defines all lower ones too",
            zh="库所定义的最高符号版本 GLIBCXX_…；更低的版本也都包含在内",
            sources="the library's ELF tables; found by `ldconfig -p`, else where distributions keep it",
            example="3.4.19",
        ),
    ]


def collect(host: Host) -> Libstdcxx:
    """Read the library's own tables. Another file of that name, in a program's folder, does not count."""
    return Libstdcxx(first((_NAME, lambda: _highest(host))))


def _highest(host: Host) -> Version:
    problem: Unreadable = Absent(f"{_NAME} is not there")
    for path in dict.fromkeys(_paths(host)):
        try:
            names = host.symbol_versions(path)
        except (Absent, NotRecorded) as error:
            problem = error
            continue
        numbers = [name[len(_PREFIX) :] for name in names if name.startswith(_PREFIX)]
        return max(Version(text) for text in numbers if text[:1].isdigit())
    raise problem


def _paths(host: Host) -> Iterator[str]:
    """Where the dynamic linker finds it, first; 32-bit ones do not count."""
    try:
        texts = [host.run("ldconfig", "-p").stdout]
    except Unreadable:
        texts = list(host.recorded("ldconfig_-p*").values())
    for text in texts:
        for line in text.splitlines():
            found = _CACHED.match(line)
            if found and _WIDE.search(found["kind"]):
                yield found["path"]
    yield from (f"{place}/{_NAME}" for place in _PLACES)
