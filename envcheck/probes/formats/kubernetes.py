"""What the Kubernetes API and kubectl say: lists of nodes, and why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, Optional

from envcheck.lazy import regex
from envcheck.record import Record

State = Literal[
    "reachable",
    "no-kubeconfig",
    "bad-kubeconfig",
    "unreachable",
    "unauthorised",
    "certificate-expired",
    "certificate-untrusted",
    "failed",
]

_BAD_KUBECONFIG = (
    r"error loading config|invalid configuration|no configuration has been provided"
    r"|Error in configuration|invalid port|missing protocol scheme|unsupported protocol scheme"
    r"|context .* does not exist|unable to read (?:client-|certificate-)|stat .*: no such file"
)
_UNREACHABLE = (
    r"was refused|no such host|i/o timeout|no route to host|network is unreachable|Unable to connect"
    r"|deadline exceeded|handshake timeout|connection refused|connection reset|timed out|: EOF"
)
_SIGNS: tuple[tuple[State, str], ...] = (
    (
        "certificate-expired",
        r"certificate has expired or is not yet valid|expired certificate|certificate expired",
    ),
    (
        "unauthorised",
        r"\(Unauthorized\)|must be logged in|provide credentials|system:anonymous|getting credentials: ",
    ),
    ("reachable", r"^Error from server \(Forbidden\)"),
    ("failed", r"^Error from server \("),
    ("unreachable", r"first record does not look like a TLS handshake|server gave HTTP response"),
    ("certificate-untrusted", r"x509:|certificate signed by unknown|bad certificate|tls: "),
    ("bad-kubeconfig", _BAD_KUBECONFIG),
    ("unreachable", _UNREACHABLE),
)
"""By state, how kubectl says so; the first that fits counts."""
_TABLE = regex(r"NAME\s+STATUS\s+(?:ROLES\s+)?AGE\s+VERSION\b")
_SAID = 200


class KubeNode(Record):
    """A node of a cluster. `reason` says why it is not ready."""

    name: str
    ready: Optional[bool]
    reason: str


def state_of(message: str) -> State:
    """What an error message of kubectl means: its last line, else those before it.

    These tell of what it tried first, so that no such line can show that the cluster answers.
    """
    last, *others = _lines(message)[::-1] or [""]
    found = _sign(last)
    if found is None:
        earlier = [state for state in map(_sign, others) if state not in (None, "reachable")]
        found = earlier[0] if earlier else None
    return found or "failed"


def _sign(line: str) -> Optional[State]:
    return next((state for state, sign in _SIGNS if regex(sign).search(line)), None)


def _lines(message: str) -> list[str]:
    return [line.strip() for line in message.splitlines() if line.strip()]


def said(message: str) -> str:
    """The message's last line, which is the one that counts, cut where it is long."""
    last = (_lines(message) or ["no message"])[-1]
    return last if len(last) <= _SAID else f"{last[:_SAID]}…"


def nodes(text: str) -> list[KubeNode]:
    """The nodes of an API answer, or of the table of `kubectl get nodes`. Raises ValueError."""
    if text.lstrip().startswith("{"):
        return [_node(item) for item in _items(text)]
    rows = [line for line in text.splitlines() if line.strip()]
    if not rows or not _TABLE.match(rows[0].strip()):
        raise ValueError("no list of nodes")
    return [_row(*line.split()[:2]) for line in rows[1:] if len(line.split()) > 1]


def _items(text: str) -> list[Any]:
    try:
        answer = json.loads(text)
    except RecursionError:
        raise ValueError("no list of nodes") from None
    if not isinstance(answer, dict) or answer.get("kind") not in ("NodeList", "List"):
        raise ValueError("no list of nodes")
    return list(answer.get("items") or ())


def _node(item: Mapping[str, Any]) -> KubeNode:
    try:
        name = str(item["metadata"]["name"])
        conditions = {each["type"]: each for each in item.get("status", {}).get("conditions") or ()}
        ready = conditions.get("Ready")
        if ready is None:
            return KubeNode(name, None, "it tells no condition Ready")
        reason = str(ready.get("message") or ready.get("reason") or "")[:_SAID]
        return KubeNode(name, ready["status"] == "True", "" if ready["status"] == "True" else reason)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"a node of an unknown form ({type(error).__name__})") from error


def _row(name: str, status: str) -> KubeNode:
    """`Ready`, `NotReady`, `Ready,SchedulingDisabled`, `Unknown`."""
    ready = "Ready" in status.split(",")
    return KubeNode(name, ready, "" if ready else status)
