"""Symbol versions that a shared library defines, read from its ELF tables by pyelftools."""

from __future__ import annotations

import io
from itertools import islice

from envcheck.host.base import Failed

MAX_SIZE = 64 << 20
"""Bytes of a library; the largest C++ runtimes, with debug symbols, have 20 MiB."""
_MOST = 2000


def defined_versions(path: str, content: bytes) -> tuple[str, ...]:
    """What stands in .gnu.version_d: `GLIBCXX_3.4`, …, `CXXABI_1.3.7`. Raises Failed."""
    from elftools.elf.elffile import ELFFile
    from elftools.elf.gnuversions import GNUVerDefSection

    if content[:4] != b"\x7fELF":
        raise Failed(f"{path} is not an ELF file")
    found: list[str] = []
    try:
        section = ELFFile(io.BytesIO(content)).get_section_by_name(".gnu.version_d")
        if isinstance(section, GNUVerDefSection):
            for _, names in islice(section.iter_versions(), _MOST):
                found += [str(each.name) for each in islice(names, 1)]  # the others name those it follows
    except Exception as error:  # the library meets a damaged file with whatever error comes up
        raise Failed(f"{path} is a damaged ELF file: {type(error).__name__}") from error
    if not found:
        raise Failed(f"{path} tells no symbol versions")
    return tuple(found)
