"""Ranges of ports that the system hands out by itself: to outgoing connections, to Kubernetes services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Optional

from envcheck.facts import Fact, Known, doc, first, map_fact
from envcheck.host.base import Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.shared import sysctls
from envcheck.record import Record

_DEFAULT_NODE_PORTS = "30000-32767"
_APISERVER = "/etc/kubernetes/manifests/kube-apiserver.yaml"
_OPTION = regex(r"--service-node-port-range[= ]['\"]?(\d+-\d+)")
_RANGE = regex(r"(\d+)[-\s]+(\d+)")
_LAST = 65535


class Range(Record):
    """Ports from `first` to `last`, both included."""

    first: int
    last: int
    left: Optional[int] = None
    """How many of them are not reserved for something else."""

    def __str__(self) -> str:
        whole = self.last - self.first + 1
        reserved = self.left is not None and self.left < whole
        return f"{self.first}-{self.last}" + (f", {self.left} of them not reserved" if reserved else "")


class PortRanges(Record):
    """Ranges of TCP ports."""

    ephemeral: Annotated[
        Fact[Range],
        doc(
            "what outgoing connections take their own port from",
            zh="对外连接的本地端口取自的范围",
            sources="net.ipv4.ip_local_port_range, net.ipv4.ip_local_reserved_ports",
            example="32768-60999",
        ),
    ]
    node_ports: Annotated[
        Fact[Range],
        doc(
            "what Kubernetes gives to services of type NodePort",
            zh="Kubernetes 分配给 NodePort 类型服务的端口范围",
            sources="the API server's command line or manifest, else Kubernetes' default",
            example="30000-32767",
        ),
    ]


def collect(host: Host) -> PortRanges:
    """Ask the kernel, and the API server's settings where it runs here."""
    reserved = sysctls.value(host, "net.ipv4.ip_local_reserved_ports")
    ephemeral = sysctls.value(host, "net.ipv4.ip_local_port_range")
    return PortRanges(
        ephemeral=map_fact(ephemeral, lambda text: _without(_range(text), _text_of(reserved))),
        node_ports=first(
            (_APISERVER, lambda: _range(_option(host.read(_APISERVER)))),
            ("kube-apiserver", lambda: _range(_option("\n".join(_command_lines(host))))),
            ("Kubernetes' default", lambda: Known(_range(_DEFAULT_NODE_PORTS), "Kubernetes' default")),
        ),
    )


def _text_of(fact: Fact[str]) -> Optional[str]:
    return fact.value if isinstance(fact, Known) else None


def _range(text: str) -> Range:
    found = _RANGE.fullmatch(text.strip())
    if found is None or not 0 <= int(found[1]) <= int(found[2]) <= _LAST:
        raise ValueError(f"{text!r} is no range of ports")
    return Range(int(found[1]), int(found[2]))


def _without(whole: Range, reserved: Optional[str]) -> Range:
    """The range with how much of it is left beside what is reserved: `8080,33000-65535`."""
    if reserved is None:
        return whole
    taken: set[int] = set()
    for part in reserved.split(","):
        begin, _, end = part.strip().partition("-")
        if begin.isdecimal():
            taken.update(range(int(begin), min(int(end or begin), _LAST) + 1))
    return whole._replace(left=sum(port not in taken for port in range(whole.first, whole.last + 1)))


def _option(text: str) -> str:
    found = _OPTION.search(text)
    if found is None:
        raise NotRecorded("no API server says another range")
    return found[1]


def _command_lines(host: Host) -> Iterator[str]:
    try:
        yield from (each.command for each in host.processes() if each.name == "kube-apiserver")
    except Unreadable:
        return
