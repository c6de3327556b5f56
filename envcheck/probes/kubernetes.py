"""The Kubernetes cluster that this host's kubectl reaches."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Absent, Denied, Host
from envcheck.probes.formats import kubernetes
from envcheck.probes.shared import kubectl
from envcheck.record import Record

WAITS = True

_NODES = "/api/v1/nodes"
_RECORDED = ("kubectl_*get*_node*", "kubectl_*nodes*")


class Cluster(Record):
    """Whether the API answers, and if not, why."""

    state: Literal[
        "reachable",
        "no-kubeconfig",
        "bad-kubeconfig",
        "unreachable",
        "unauthorised",
        "certificate-expired",
        "certificate-untrusted",
        "failed",
    ]
    detail: str

    def __str__(self) -> str:
        return f"{self.state}: {self.detail}" if self.detail else self.state


class Node(Record):
    """A node. `ready` is None where it does not tell."""

    name: str
    ready: Optional[bool]
    reason: str

    def __str__(self) -> str:
        if self.ready:
            return self.name
        return f"{self.name} not ready: {self.reason}" if self.reason else f"{self.name} not ready"


class Kubernetes(Record):
    """kubectl, the cluster and its nodes."""

    kubectl: Annotated[Fact[bool], doc("whether there is a command kubectl", sources="trusted path")]
    cluster: Annotated[
        Fact[Cluster],
        doc(
            "whether the API answers kubectl, by the kubeconfig in force",
            sources="kubectl get --raw; $KUBECONFIG, ~/.kube/config, /etc/kubernetes/admin.conf",
            example="certificate-expired: x509: certificate has expired or is not yet valid",
        ),
    ]
    nodes: Annotated[
        Fact[tuple[Node, ...]], doc("the cluster's nodes", sources="kubectl get --raw", example=("node-1",))
    ]


def collect(host: Host) -> Kubernetes:
    """Ask for the nodes once: that shows whether the cluster answers, too."""
    return Kubernetes(
        kubectl=first(("trusted path (kubectl)", lambda: _present(host))),
        cluster=first(("kubectl", lambda: _cluster(host))),
        nodes=first(("kubectl", lambda: _nodes(host))),
    )


def _present(host: Host) -> bool:
    try:
        return bool(host.which("kubectl"))
    except Absent:
        return False


def _answer(host: Host) -> str:
    """What kubectl said, be it nodes or why there are none. Raises Unreadable."""
    if not host.live:
        texts = kubectl.recorded(host, *_RECORDED)
        return next((text for text in texts if _understood(text)), texts[0])
    output = kubectl.get(host, _NODES)
    return output.stdout if output.status == 0 else output.stderr or output.stdout


def _understood(text: str) -> bool:
    try:
        kubernetes.nodes(text)
    except ValueError:
        return False
    return True


def _cluster(host: Host) -> Cluster:
    host.which("kubectl")
    if host.live:
        try:
            host.kubeconfig()
        except Absent as error:
            return Cluster("no-kubeconfig", str(error))
    text = _answer(host)
    if _understood(text):
        return Cluster("reachable", "")
    return Cluster(kubernetes.state_of(text), kubernetes.said(text))


def _nodes(host: Host) -> Fact[tuple[Node, ...]]:
    text = _answer(host)
    try:
        found = kubernetes.nodes(text)
    except ValueError:
        if "(Forbidden)" in text:
            raise Denied(kubernetes.said(text)) from None
        return Unknown(kubernetes.said(text))
    return Known(tuple(Node(*node) for node in found), "kubectl")
