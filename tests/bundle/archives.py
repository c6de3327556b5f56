"""Building archives, also such as no honest tool would make."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Union

Member = Union[str, bytes, tarfile.TarInfo]
REPOSITORY = Path(__file__).parents[2]


def write(path: Path, members: Mapping[str, Member], mode: str = "w:gz") -> Path:
    """An archive of files by name; a TarInfo is taken as it is, under its own name."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, member in members.items():
            add(archive, name, member)
    return path


def add(archive: tarfile.TarFile, name: str, member: Member) -> None:
    """Append one member."""
    if isinstance(member, tarfile.TarInfo):
        archive.addfile(member)
        return
    content = member.encode() if isinstance(member, str) else member
    header = tarfile.TarInfo(name)
    header.size = len(content)
    archive.addfile(header, io.BytesIO(content))


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A link, a device, a pipe, …"""
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, target
    header.devmajor, header.devminor = 1, 3
    return header


def empty_members(folder: str, count: int) -> bytes:
    """The headers of so many empty files, which `tarfile` takes a thousand times as long to make."""
    header = tarfile.TarInfo(f"{folder}/{0:09}").tobuf()
    at = len(folder) + 1
    plain, rest = header[:at], header[at + 9 :]
    checksum = int(header[148:155].rstrip(b"\0 "), 8) - 9 * ord("0")
    before, after = rest[: 148 - at - 9], rest[156 - at - 9 :]
    numbers = (b"%09d" % number for number in range(count))
    return b"".join(
        b"%b%b%b%06o\0 %b" % (plain, number, before, checksum + sum(number), after) for number in numbers
    )


def run(code: str, *arguments: object) -> tuple[str, int]:
    """Run Python in a process of its own; what it prints, and its peak memory in MiB."""
    # Not by getrusage: a child begins there with the peak of its parent.
    memory = "next(int(line.split()[1]) >> 10 for line in open('/proc/self/status') if 'VmHWM' in line)"
    ended = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint({memory}, file=sys.stderr)", *map(str, arguments)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, int(ended.stderr.splitlines()[-1])
