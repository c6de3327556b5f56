"""The physical disks, each once."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, doc, first, map_fact
from envcheck.host.base import Host
from envcheck.probes.shared import disks_by_lsblk, disks_by_sysfs
from envcheck.record import Record
from envcheck.values import Bytes


class Disk(Record):
    """One disk. `model` and `transport` (`sata`, `nvme`, …) are empty where not told."""

    name: str
    size: Bytes
    model: str
    transport: str

    def __str__(self) -> str:
        """`sda 480.1 GB (INTEL SSDSC2BB48)`."""
        about = ", ".join(part for part in (self.model, self.transport) if part)
        return f"{self.name} {self.size}" + (f" ({about})" if about else "")


class Disks(Record):
    """What is built in: no loop, memory, optical, removable or USB-attached ones."""

    capacity: Annotated[
        Fact[Bytes],
        doc(
            "size of all physical disks together",
            zh="所有物理硬盘的总容量",
            sources="/sys/block, lsblk",
            example="960.2 GB",
        ),
    ]
    disks: Annotated[
        Fact[tuple[Disk, ...]],
        doc(
            "the physical disks; one that several paths lead to is one",
            sources="/sys/block, lsblk",
            example="sda 480.1 GB",
        ),
    ]


def collect(host: Host) -> Disks:
    """Ask /sys/block; of a record also lsblk."""
    disks: Fact[tuple[Disk, ...]] = first(
        ("/sys/block", lambda: tuple(Disk(*row) for row in disks_by_sysfs.disks(host))),
        ("lsblk", lambda: tuple(Disk(*row) for row in disks_by_lsblk.disks(host))),
    )
    return Disks(map_fact(disks, lambda found: Bytes(sum(disk.size for disk in found))), disks)
