"""What /sys/class/net tells of each interface: hardware, what lies below it, and its link.

Of a record also what `ip` or `ifconfig` printed: sosreports hold hardly anything of /sys/class/net.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from envcheck.host.base import Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import ip_link
from envcheck.probes.formats.interfaces import Kind, bond_has_carrier, kind_by_name
from envcheck.record import Record

_NET = "/sys/class/net"
_LOOPBACK = "772"
_DEVTYPE = regex(r"^DEVTYPE=(\w+)", re.MULTILINE)
_WIRELESS = frozenset({"wlan", "wwan", "bluetooth", "wimax"})
# A tunnel (vxlan) or a container's share (macvlan) has an interface below it as well.
_STACKING = frozenset({"bond", "bridge", "vlan", "team", ""})
_UP, _RUNNING = 0x1, 0x40
_DEPTH = 5
_PRINTED = ("ip_*addr*", "ip_*link*", "ip_a", "ifconfig*")


class Link(Record):
    """One interface as sysfs shows it."""

    name: str
    own_kind: Optional[Kind]
    """By itself; None for one that is what the interfaces below it are."""
    lowers: tuple[str, ...]
    """The interfaces that it lies on."""
    own_up: Optional[bool]


Links = Mapping[str, Link]


def links(host: Host) -> Links:
    """The interfaces by name; raises Unreadable."""
    # There may be plain files, such as bonding_masters.
    names = [name for name in host.names(_NET) if name != "bonding_masters"]
    shown = _shown(host)
    found = {name: _link(host, name, shown) for name in names}
    if not found and not host.live:
        raise NotRecorded("/sys/class/net of this record is empty")
    return found


def printed(host: Host) -> Links:
    """The interfaces by name as far as `ip` or `ifconfig` printed them in a record; may be none."""
    shown = _shown(host)
    found = {}
    for name, here in shown.items():
        own = None if here.stacked else "virtual" if here.made else kind_by_name(name)
        found[name] = Link(name, own, _printed_below(name, shown), here.up)
    return found


def kind(found: Links, name: str, depth: int = _DEPTH) -> Kind:
    """What the interface is; what lies on several kinds is wired if one of them is."""
    link = found.get(name)
    if link is None or depth == 0:
        return "virtual"
    if link.own_kind:
        return link.own_kind
    below = {kind(found, lower, depth - 1) for lower in link.lowers}
    ranked: tuple[Kind, ...] = ("wired", "wireless")
    for best in ranked:
        if best in below:
            return best
    return "virtual"


def is_up(found: Links, name: str, depth: int = _DEPTH) -> Optional[bool]:
    """Whether it has a link. A bond or bridge has one only where a wired one below it has."""
    link = found.get(name)
    if link is None or depth == 0:
        return None
    if link.own_kind or link.own_up is False:
        return link.own_up
    below = [is_up(found, each, depth - 1) for each in link.lowers if kind(found, each) != "virtual"]
    if not below or True in below:
        return link.own_up
    return None if None in below else False


def bond_carrier(host: Host, name: str) -> Optional[bool]:
    """Whether a bond has a slave with a link, by /proc/net/bonding; None if it is no bond."""
    try:
        return bond_has_carrier(host.read(f"/proc/net/bonding/{name}"))
    except (Unreadable, ValueError):
        return None


def _shown(host: Host) -> dict[str, ip_link.Shown]:
    return {} if host.live else ip_link.of_outputs(host.recorded(*_PRINTED))


def _printed_below(name: str, shown: Mapping[str, ip_link.Shown]) -> tuple[str, ...]:
    members = [other for other, each in shown.items() if each.master == name]
    here = shown.get(name)
    return (*members, here.parent) if here and here.made == "vlan" and here.parent else tuple(members)


def _link(host: Host, name: str, shown: Mapping[str, ip_link.Shown]) -> Link:
    entries = host.names(f"{_NET}/{name}")
    lowers = tuple(dict.fromkeys((*_lowers(host, name, entries), *_printed_below(name, shown))))
    here = shown.get(name)
    up = _up(host, name, None if here is None else here.up)
    if bond_carrier(host, name) is False:
        up = False
    return Link(name, _own_kind(host, name, entries, lowers, here), lowers, up)


def _lowers(host: Host, name: str, entries: tuple[str, ...]) -> tuple[str, ...]:
    found = [entry[6:] for entry in entries if entry.startswith("lower_")]
    if "brif" in entries:
        found += host.names(f"{_NET}/{name}/brif")
    if "bonding" in entries:
        found += _text(host, name, "bonding/slaves").split()
    return tuple(dict.fromkeys(found))


def _own_kind(
    host: Host, name: str, entries: tuple[str, ...], lowers: tuple[str, ...], shown: Optional[ip_link.Shown]
) -> Optional[Kind]:
    if name == "lo" or _text(host, name, "type") == _LOOPBACK:
        return "loopback"
    uevent = _DEVTYPE.search(_text(host, name, "uevent"))
    devtype = uevent[1] if uevent else ""
    if devtype in _WIRELESS or "wireless" in entries or "phy80211" in entries:
        return "wireless"
    if "device" in entries:
        return "wired"
    if devtype in _STACKING and (lowers or devtype or "bridge" in entries or "bonding" in entries):
        return None
    if shown is not None and shown.made:
        return None if shown.stacked else "virtual"
    return _kind_by_place(host, name, whole=host.live or "uevent" in entries, devtype=devtype)


def _kind_by_place(host: Host, name: str, *, whole: bool, devtype: str) -> Kind:
    by_name = kind_by_name(name)
    place = host.resolve(f"{_NET}/{name}")
    if "/devices/" not in place:  # a record that copied the files but not the links
        return "virtual" if devtype else by_name
    if not whole and by_name != "wired":  # and nothing that would tell wireless from wired
        return by_name
    return "virtual" if "/devices/virtual/" in place else "wired"


def _up(host: Host, name: str, printed_up: Optional[bool]) -> Optional[bool]:
    state = _text(host, name, "operstate")
    if state == "up":
        return True
    if state not in {"", "unknown"}:
        return False
    carrier = _text(host, name, "carrier")
    if carrier:
        return carrier == "1"
    return printed_up if host.live or printed_up is not None else _up_by_flags(_text(host, name, "flags"))


def _up_by_flags(text: str) -> Optional[bool]:
    """Whether the administrator took it up is there in any case; a link mostly is not."""
    try:
        flags = int(text, 16)
    except ValueError:
        return None
    if flags & _RUNNING:
        return True
    return None if flags & _UP else False


def _text(host: Host, name: str, attribute: str) -> str:
    try:
        return host.read(f"{_NET}/{name}/{attribute}", 4096).strip()
    except Unreadable:
        return ""
