"""TCP ports that are taken without a listening process: by containers and by NodePorts."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from envcheck.facts import Unknown
from envcheck.host.base import Absent, Denied, Failed, Host, NotRecorded, Unreadable
from envcheck.probes.formats import docker_ps, ip_vs, iptables_nat
from envcheck.probes.formats.listener import Listener
from envcheck.probes.shared import engine

_KUBELET = ("/var/lib/kubelet", "/etc/kubernetes")
_CLUSTER_ADDRESSES = "kube-ipvs0"


def collect(host: Host) -> tuple[list[Listener], list[str], list[Unknown]]:
    """The ports; notes on what does not run; and what may take ports but would not tell which."""
    found: list[Listener] = []
    notes: list[str] = []
    doubts: list[Unknown] = []
    asked: tuple[tuple[str, Callable[[Host], Iterator[Listener]]], ...] = (
        ("containers", _containers),
        ("IPVS", _virtual_services),
        ("NodePorts", _node_ports),
    )
    for name, ask in asked:
        try:
            found += ask(host)
        except (Absent, NotRecorded):
            continue  # no engine, no load balancer, no Kubernetes
        except (Unreadable, ValueError) as error:
            not_seen = f"{name} not seen: {error}"
            if isinstance(error, Failed) and error.code == errno.ECONNREFUSED:
                notes.append(not_seen)  # nobody runs there, so nobody publishes
            else:
                doubts.append(Unknown(not_seen, isinstance(error, Denied)))
    return found, notes, doubts


def _containers(host: Host) -> Iterator[Listener]:
    if engine.elsewhere(host):
        return
    try:
        answer = host.docker("/containers/json")
    except NotRecorded:
        yield from docker_ps.published(host.run("docker", "ps").stdout)
        return
    for container in answer:
        names = container.get("Names") or [str(container.get("Id", ""))[:12]]
        for port in container.get("Ports") or ():
            yield from _published(port, f"container {str(names[0]).lstrip('/')}")


def _published(port: Mapping[str, Any], owner: str) -> Iterator[Listener]:
    if port.get("PublicPort") and port.get("Type", "tcp") == "tcp":
        yield Listener(str(port["PublicPort"]), port.get("IP") or "*", owner)


def _virtual_services(host: Host) -> Iterator[Listener]:
    """Those of a cluster's inner addresses are no ports of this host."""
    text = host.read("/proc/net/ip_vs")  # first: few hosts have it, and its reader's imports take 2 ms
    found = ip_vs.services(text)
    try:
        inner = host.addresses().get(_CLUSTER_ADDRESSES, ()) if found else ()
    except Unreadable:
        inner = ()
    yield from (service for service in found if service.address not in inner)


def _node_ports(host: Host) -> Iterator[Listener]:
    """Asked only where kube-proxy has already loaded the table: to list it would load it."""
    for text in _nat_tables(host):
        for number, service in iptables_nat.node_ports(text).items():
            yield Listener(str(number), "*", f"NodePort of {service}" if service else "a NodePort")


def _nat_tables(host: Host) -> Iterator[str]:
    if not host.live:
        yield from host.recorded("iptables*_-t_nat_*", "iptables*-save*", "ip6tables*-save*").values()
        return
    if not any(host.exists(path) for path in _KUBELET):
        return
    if "nft_chain_nat" in _read(host, "/proc/modules"):
        yield host.run("iptables-nft-save", "-t", "nat").stdout
    if "nat" in host.read("/proc/net/ip_tables_names").split():
        yield host.run("iptables-save", "-t", "nat").stdout


def _read(host: Host, path: str) -> str:
    try:
        return host.read(path)
    except Unreadable:
        return ""
