"""Kubernetes' NodePorts in the nat table, by `iptables-save` or `iptables -t nat -nvL`."""

from __future__ import annotations

import re

from envcheck.lazy import regex

_CHAIN = "KUBE-NODEPORTS"
_SAVED = regex(rf"^-A {_CHAIN} .*?-p tcp .*?--dport (?P<port>\d+)", re.MULTILINE)
_SAVED_COMMENT = regex(r'--comment "?([^"\s]+)')
_LISTED = regex(r"\btcp dpt:(?P<port>\d+)")
_LISTED_COMMENT = regex(r"/\*\s*(\S+)")


def node_ports(text: str) -> dict[int, str]:
    """The service (`namespace/name:port`, or empty) behind each TCP NodePort."""
    return {**_listed(text), **_saved(text)}


def _saved(text: str) -> dict[int, str]:
    return {int(rule["port"]): _first(_SAVED_COMMENT, rule[0]) for rule in _SAVED.finditer(text)}


def _listed(text: str) -> dict[int, str]:
    chains = re.split(r"^Chain ", text, flags=re.MULTILINE)
    lines = [line for chain in chains if chain.startswith(_CHAIN + " ") for line in chain.splitlines()]
    return {
        int(rule["port"]): _first(_LISTED_COMMENT, rule.string)
        for rule in map(_LISTED.search, lines)
        if rule is not None
    }


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].rstrip(":") if match else ""
