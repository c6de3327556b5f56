"""What tells this machine from every other: what a licence may bind to."""

from __future__ import annotations

from typing import Annotated, Optional

from envcheck.facts import Fact, Unknown, doc, first
from envcheck.host.base import Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats.interfaces import is_usable
from envcheck.probes.shared import described, disk_ids, disks_by_sysfs, links
from envcheck.record import Record
from envcheck.values import Bytes

_DMI = "/sys/class/dmi/id"
_NET = "/sys/class/net"
_SYSTEM, _BOARD = 1, 2
_UUID = regex(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MACHINE_ID = regex(r"[0-9a-f]{32}")
_USB = regex(r"/usb\d+/")
_NO_UUID = ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")
_AMI_UUID = "03000200-0400-0500-0006-000700080009"
_FILLERS = frozenset(
    {"", "0", "none", "n/a", "na", "not specified", "not applicable", "unknown", "default string", "default"}
    | {"to be filled by o.e.m.", "system serial number", "base board serial number", "0123456789", "oem"}
    | {"123456789", "1234567890", "chassis serial number", "empty", "invalid", "not available"}
)
_INFINIBAND = "32"


class Board(Record):
    """The main board. `serial` is None where its vendor wrote none."""

    vendor: str
    product: str
    serial: Optional[str]


class BoundDisk(Record):
    """A built-in disk; `ids` are its serial number and world-wide names, as far as told."""

    model: str
    size: Bytes
    ids: tuple[str, ...]


class Card(Record):
    """A built-in network card by its own hardware address, whatever a bond gave it."""

    name: str
    mac: str


class Identity(Record):
    """What stays across reboots, whatever is plugged in by USB and whatever containers run."""

    board: Annotated[
        Fact[Board],
        doc("maker, product and serial number of the board", sources="/sys/class/dmi/id, dmidecode"),
    ]
    system_uuid: Annotated[
        Fact[str],
        doc("the firmware's UUID of the system; root only", sources="/sys/class/dmi/id, dmidecode"),
    ]
    disks: Annotated[
        Fact[tuple[BoundDisk, ...]],
        doc("the built-in disks with what identifies them", sources="/sys/block, /run/udev/data"),
    ]
    cards: Annotated[
        Fact[tuple[Card, ...]],
        doc("the built-in network cards with their hardware addresses", sources="/sys/class/net"),
    ]
    addresses: Annotated[
        Fact[tuple[str, ...]],
        doc("IPv4 addresses of the wired interfaces", sources="/sys/class/net and the kernel's addresses"),
    ]
    installation: Annotated[Fact[str], doc("id of the installed operating system", sources="/etc/machine-id")]


def collect(host: Host) -> Identity:
    """Ask sysfs and /etc, else DMI by dmidecode."""
    return Identity(
        board=first(
            (_DMI, lambda: _board(host)),
            ("dmidecode", lambda: _board_of_table(host)),
        ),
        system_uuid=first(
            (_DMI, lambda: _uuid(host.read(f"{_DMI}/product_uuid"))),
            ("dmidecode", lambda: _uuid(_structure(host, _SYSTEM).get("UUID", ""))),
        ),
        disks=first(("/sys/block", lambda: _disks(host))),
        cards=first(("/sys/class/net", lambda: _cards(host))),
        addresses=first(("/sys/class/net", lambda: _addresses(host))),
        installation=first(("/etc/machine-id", lambda: _machine_id(host.read("/etc/machine-id")))),
    )


# -- the board ----------------------------------------------------------------------------


def _board(host: Host) -> Board:
    vendor, product, serial = (_text(host, f"board_{each}") for each in ("vendor", "name", "serial"))
    return Board(vendor, product, serial or None)


def _board_of_table(host: Host) -> Board:
    fields = _structure(host, _BOARD)
    texts = [_meant(fields.get(name, "")) for name in ("Manufacturer", "Product Name", "Serial Number")]
    return Board(texts[0], texts[1], texts[2] or None)


def _structure(host: Host, kind: int) -> dict[str, str]:
    for part in described.dmi_table(host):
        if part.type == kind:
            return part.fields
    raise NotRecorded(f"the DMI table has no structure of type {kind}")


def _text(host: Host, name: str) -> str:
    """A field of the DMI table; raises Unreadable, Denied for a serial number where we are not root."""
    return _meant(host.read(f"{_DMI}/{name}"))


def _meant(text: str) -> str:
    """A vendor's text; empty where it only fills the place."""
    words = " ".join(text.split())
    plain = words.lower().strip(".")
    return "" if plain in _FILLERS or words.lower() in _FILLERS or not words.strip("xX0.-_ ") else words


def _uuid(text: str) -> str | Unknown:
    uuid = text.strip().lower()
    if uuid in (*_NO_UUID, _AMI_UUID) or not _UUID.fullmatch(uuid):
        return Unknown("the firmware has no UUID of its own")
    return uuid


def _machine_id(text: str) -> str | Unknown:
    found = text.strip().lower()
    return found if _MACHINE_ID.fullmatch(found) else Unknown("/etc/machine-id holds no id")


# -- disks and cards ----------------------------------------------------------------------


def _disks(host: Host) -> tuple[BoundDisk, ...]:
    return tuple(
        BoundDisk(disk.model, disk.size, disk_ids.ids(host, disk.name)) for disk in disks_by_sysfs.disks(host)
    )


def _cards(host: Host) -> tuple[Card, ...]:
    cards = (_card(host, name, link) for name, link in links.links(host).items())
    return tuple(card for card in cards if card is not None)


def _card(host: Host, name: str, link: links.Link) -> Optional[Card]:
    """The card behind an interface; None for one of software, of USB, or a share of another card."""
    place = f"{_NET}/{name}"
    if link.own_kind not in ("wired", "wireless") or "device" not in host.names(place):
        return None
    if _USB.search(host.resolve(place)) or "physfn" in _names(host, f"{place}/device"):
        return None
    mac = _own_address(host, place)
    return Card(name, mac) if mac.strip("0:") else None


def _own_address(host: Host, place: str) -> str:
    """A bond gives its members one address; theirs is kept beside it."""
    for path in (f"{place}/bonding_slave/perm_hwaddr", f"{place}/address"):
        try:
            mac = host.read(path, 4096).strip().lower()
        except Unreadable:
            continue
        # Of InfiniBand's twenty bytes the first twelve change with the driver's mood.
        infiniband = host.read(f"{place}/type", 64).strip() == _INFINIBAND
        return ":".join(mac.split(":")[-8:]) if infiniband else mac
    return ""


def _names(host: Host, path: str) -> tuple[str, ...]:
    try:
        return host.names(path)
    except Unreadable:
        return ()


def _addresses(host: Host) -> tuple[str, ...]:
    found = links.links(host)
    wired = (name for name in host.addresses() if links.kind(found, name) == "wired")
    usable = {each.partition("/")[0] for name in wired for each in host.addresses()[name] if is_usable(each)}
    return tuple(sorted(each for each in usable if ":" not in each))
