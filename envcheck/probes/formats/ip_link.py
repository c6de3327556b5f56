"""What `ip addr`, `ip link` or `ifconfig` print of the links themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from envcheck.lazy import regex
from envcheck.record import Record

_INTERFACE = regex(r"\d+: ([^\s:@]+)(?:@([^\s:]+))?: <([A-Z0-9,_-]*)>(.*)")
_STATE = regex(r"\bstate (\w+)")
_MASTER = regex(r"\bmaster (\S+)")
_STACKS = ("bond", "bridge", "team", "vlan")
_VIRTUAL = (
    *("bareudp", "can", "dummy", "erspan", "geneve", "gre", "gretap", "gtp", "ifb", "ip6erspan", "ip6gre"),
    *(
        "ip6gretap",
        "ip6tnl",
        "ipip",
        "ipvlan",
        "ipvtap",
        "macsec",
        "macvlan",
        "macvtap",
        "netdevsim",
        "netkit",
    ),
    *("nlmon", "openvswitch", "rmnet", "sit", "tun", "vcan", "veth", "vrf", "vti", "vxcan", "vxlan"),
    *("vti6", "wireguard", "xfrm"),
)
_MADE = regex(rf"\s+({'|'.join((*_STACKS, *_VIRTUAL))})\b")
_IFCONFIG = regex(r"(\S+?)(?::\d+)?:? .*")
_IFCONFIG_FLAGS = regex(r"(?:flags=\d+<([A-Z,]*)>)|^\s+((?:[A-Z]+ +)+) *MTU:")


class Shown(Record):
    """One interface as it is printed; None and empty where the text does not tell."""

    up: Optional[bool] = None
    """Whether it has a link."""
    made: str = ""
    """What kind of device the kernel made it: bridge, veth, tun, vxlan. Empty for hardware."""
    master: str = ""
    """The bridge or bond that it belongs to."""
    parent: str = ""
    """What a VLAN lies on."""

    @property
    def stacked(self) -> bool:
        """Whether it lies on others, and is what they are."""
        return self.made in _STACKS


def ip(text: str) -> dict[str, Shown]:
    """The interfaces in the output of `ip addr` or `ip link`. With `-o` it tells addresses only."""
    found: dict[str, Shown] = {}
    here = ""
    for line in text.splitlines():
        match = _INTERFACE.match(line)
        if match:
            here, parent, flags, rest = match.groups()
            master = _MASTER.search(rest)
            found[here] = Shown(_up(flags.split(","), rest), "", master[1] if master else "", parent or "")
            continue
        made = _MADE.match(line)
        if here and made and not found[here].made:
            found[here] = found[here]._replace(made=made[1])
    return found


def _up(flags: list[str], rest: str) -> Optional[bool]:
    state = _STATE.search(rest)
    if "UP" not in flags or "NO-CARRIER" in flags or (state and state[1] in {"DOWN", "LOWERLAYERDOWN"}):
        return False
    return True if "LOWER_UP" in flags else None


def ifconfig(text: str) -> dict[str, Shown]:
    """The same of `ifconfig -a`, old style or new, which tells of the link alone."""
    found: dict[str, Shown] = {}
    here = ""
    for line in text.splitlines():
        name = None if line[:1].isspace() else _IFCONFIG.match(line)
        here = name[1].split(":")[0] if name else here
        flags = _IFCONFIG_FLAGS.search(line)
        if here and flags and here not in found:  # an alias, `eth0:1`, has no link of its own
            words = (flags[1] or flags[2]).replace(",", " ").split()
            found[here] = Shown("UP" in words and "RUNNING" in words)
    return found


def of_outputs(outputs: Mapping[str, str]) -> dict[str, Shown]:
    """What several outputs, by the name of their file, tell together."""
    found: dict[str, Shown] = {}
    for name, text in outputs.items():
        for interface, more in (ifconfig(text) if name.startswith("ifconfig") else ip(text)).items():
            known = found.get(interface, Shown())
            found[interface] = Shown(
                more.up if known.up is None else known.up,
                known.made or more.made,
                known.master or more.master,
                known.parent or more.parent,
            )
    return found
