"""Tables of a record that more than one file may hold: free space, mounts, addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from envcheck.host import df, mounts
from envcheck.host.base import Filesystem, NotRecorded
from envcheck.host.inside import Inside
from envcheck.host.ip_addr import Addresses, ifconfig, ip_addr
from envcheck.host.outputs import Outputs
from envcheck.lazy import regex

_SIZE = 4 << 20
_HUMAN = regex(r"_-[a-zA-Z]*[hH]|--si\b|--human")
_DECIMAL = regex(r"_-[a-zA-Z]*H|--si\b")
_ADDRESSES: tuple[tuple[str, Callable[[str], Addresses]], ...] = (
    ("ip_-o_addr*", ip_addr),
    ("ip_*addr*", ip_addr),
    ("ip_*-[46]_a", ip_addr),
    ("ip_a", ip_addr),
    ("ifconfig*", ifconfig),
)


class Tables:
    """Reads each kind of table once."""

    def __init__(self, inside: Inside, outputs: Outputs) -> None:
        self._inside = inside
        self._outputs = outputs

    def filesystem(self, path: str) -> Filesystem:
        """The file system of a path whose links were followed; raises NotRecorded."""
        for table in self._df:
            try:
                return df.filesystem(path, table, self._mounts)
            except LookupError:
                continue
        raise NotRecorded(f"the free space of {path} is not in this record")

    def addresses(self) -> Addresses:
        """Addresses by interface; raises NotRecorded."""
        for pattern, understand in _ADDRESSES:
            for text in self._outputs.fitting([pattern]).values():
                try:
                    return understand(text)
                except ValueError:
                    continue
        raise NotRecorded("the addresses of the interfaces are not in this record")

    @cached_property
    def _df(self) -> list[list[df.Row]]:
        """The tables of df, exact ones first."""
        texts = self._outputs.fitting(["df", "df_*"])
        found = []
        for name in sorted(texts, key=lambda name: bool(_HUMAN.search(name))):
            try:
                found.append(df.rows(texts[name], decimal=bool(_DECIMAL.search(name))))
            except ValueError:  # counts inodes, or is a message
                continue
        return found

    @cached_property
    def _mounts(self) -> list[mounts.Mount]:
        for path in ("/proc/mounts", "/proc/self/mounts", "/proc/1/mounts"):
            found = mounts.proc_mounts(self._inside.text(path, _SIZE))
            if found:
                return found
        for name in ("mount_-l", "mount"):
            found = mounts.mount(self._outputs.text(name) or "")
            if found:
                return found
        return []
