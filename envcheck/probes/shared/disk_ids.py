"""What identifies a disk wherever it is plugged in: its serial number and world-wide names."""

from __future__ import annotations

from collections.abc import Iterator

from envcheck.host.base import Host, Unreadable

_BLOCK = "/sys/block"
_UDEV = "/run/udev/data"
_ATTRIBUTES = ("device/wwid", "wwid", "device/serial", "serial")
_PROPERTIES = ("ID_SERIAL_SHORT", "ID_WWN_WITH_EXTENSION", "ID_WWN", "ID_SCSI_SERIAL")
_HEAD_OF_PAGE_80 = 4


def ids(host: Host, name: str) -> tuple[str, ...]:
    """Every id that the kernel or udev knows of the disk, in small letters; () where there is none."""
    return tuple(dict.fromkeys(text for text in map(_plain, _told(host, name)) if text.strip("0 .-")))


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()


def _told(host: Host, name: str) -> Iterator[str]:
    for attribute in _ATTRIBUTES:
        try:
            yield host.read(f"{_BLOCK}/{name}/{attribute}", 4096)
        except Unreadable:
            continue
    yield from _by_page_80(host, name)
    yield from _by_udev(host, name)


def _by_page_80(host: Host, name: str) -> Iterator[str]:
    """The unit serial number as SCSI and SATA disks give it: four bytes of head, then the text."""
    try:
        page = host.read_bytes(f"{_BLOCK}/{name}/device/vpd_pg80", 4096)
    except Unreadable:
        return
    yield page[_HEAD_OF_PAGE_80:].decode("ascii", "ignore").strip("\0")


def _by_udev(host: Host, name: str) -> Iterator[str]:
    try:
        number = host.read(f"{_BLOCK}/{name}/dev", 64).strip()
        lines = host.read(f"{_UDEV}/b{number}", 1 << 16).splitlines()
    except Unreadable:
        return
    known = dict(line[2:].partition("=")[::2] for line in lines if line.startswith("E:"))
    yield from (known[each] for each in _PROPERTIES if each in known)
