"""What the names and addresses of network interfaces tell."""

from __future__ import annotations

import re
from typing import Literal

from envcheck.lazy import regex

Kind = Literal["wired", "wireless", "virtual", "loopback"]

_VIRTUAL = regex(
    r"(?:docker|podman|veth|vnet\d|br-|virbr|lxdbr|lxcbr|lxc|incusbr|tun|tap|macvtap|cni|flannel|cali|cilium|weave"
    r"|dummy|wg\d|kube-|nodelocaldns|nerdctl|vxlan|genev|ovs-|vmnet|vboxnet|vif\d|xenbr|fwbr|fwln|fwpr|ifb\d"
    r"|sit|gre|erspan|ip6tnl|ip_vti|tailscale|zt[0-9a-z]{8}|ppp\d).*"
)
_MII_STATUS = regex(r"^MII Status:\s*(\w+)", re.MULTILINE)
_LOCAL = regex(r"fe[89ab][0-9a-f]:|169\.254\.|127\.|0\.0\.0\.0$|::1?$", re.IGNORECASE)


def kind_by_name(name: str) -> Kind:
    """The kind where nothing but the name is known."""
    if name == "lo":
        return "loopback"
    if name.startswith(("wl", "ww")):
        return "wireless"
    return "virtual" if _VIRTUAL.fullmatch(name) else "wired"


def is_usable(address: str) -> bool:
    """Whether other machines can reach the address: not link-local, not loopback, not empty."""
    bare = address.partition("/")[0].partition("%")[0]
    return bool(bare) and _LOCAL.match(bare) is None


def bond_has_carrier(text: str) -> bool:
    """Whether a slave in /proc/net/bonding/NAME has a link; raises ValueError without any status."""
    slaves = text.split("Slave Interface:")[1:]
    if "MII Status:" not in text:
        raise ValueError("not the state of a bond")
    return any((status := _MII_STATUS.search(slave)) and status[1] == "up" for slave in slaves)
