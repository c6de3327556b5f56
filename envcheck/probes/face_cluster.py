"""The face service in a Kubernetes cluster: its namespace, its way in, its controllers."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, Known, doc, first
from envcheck.host.base import Denied, Failed, Host
from envcheck.probes.formats import kubernetes, kubernetes_objects
from envcheck.probes.shared import kubectl
from envcheck.record import Record

WAITS = True

_SERVICE = "odp-svc"
_KINDS = (
    ("v1", "replicationcontrollers"),
    ("apps/v1", "deployments"),
    ("apps/v1", "statefulsets"),
    ("apps/v1", "daemonsets"),
)


class Settings(Record):
    """In which namespace it is."""

    namespace: str


class Namespace(Record):
    """Whether there is such a namespace."""

    state: Literal["Active", "Terminating", "absent"]
    name: str

    def __str__(self) -> str:
        return f"there is no namespace {self.name}" if self.state == "absent" else f"{self.name} {self.state}"


class Service(Record):
    """The Service by which the outside reaches the face service."""

    present: bool
    type: str
    node_port: Optional[int]
    """The port of every node that leads to 8300 inside; None where none does."""
    name: str
    others: tuple[str, ...] = ()
    """The namespace's Services, where there is none of that name."""

    def __str__(self) -> str:
        if not self.present:
            others = f", only {', '.join(self.others)}" if self.others else ""
            return f"no Service {self.name}{others}"
        if self.node_port is None:
            return f"{self.name} of type {self.type}, no NodePort leads to 8300"
        return f"{self.name}: {self.node_port} of every node leads to 8300"


class Controller(Record):
    """A controller of pods, with how many it should have and how many of them are ready."""

    name: str
    wanted: int
    pods_ready: int
    ready: bool

    def __str__(self) -> str:
        return f"{self.name} {self.pods_ready}/{self.wanted} ready"


class FaceCluster(Record):
    """Asked with `namespace`."""

    namespace: Annotated[
        Fact[Namespace],
        doc("whether the namespace is there", sources="kubectl get --raw", example="baiduface Active"),
    ]
    service: Annotated[
        Fact[Service],
        doc(
            "the Service odp-svc and its NodePort",
            sources="kubectl get --raw",
            example="odp-svc: 30300 of every node leads to 8300",
        ),
    ]
    controllers: Annotated[
        Fact[tuple[Controller, ...]],
        doc(
            "the controllers of the namespace and their pods",
            sources="kubectl get --raw",
            example=("odp 1/1 ready",),
        ),
    ]


def collect(host: Host, settings: Settings) -> FaceCluster:
    """Ask the cluster by kubectl."""
    name = settings.namespace
    return FaceCluster(
        namespace=first(("kubectl", lambda: _namespace(host, name))),
        service=first(("kubectl", lambda: _service(host, name))),
        controllers=first(("kubectl", lambda: _controllers(host, name))),
    )


def _answer(host: Host, path: str) -> Optional[kubernetes_objects.Object]:
    """What is at a path of the API; None where nothing is. Raises Unreadable, ValueError."""
    output = kubectl.get(host, path)
    if output.status == 0:
        return kubernetes_objects.parse(output.stdout)
    text = output.stderr or output.stdout
    if "(NotFound)" in text:
        return None
    said = kubernetes.said(text)
    raise Denied(said) if "(Forbidden)" in text else Failed(said, output.status)


def _namespace(host: Host, name: str) -> Namespace:
    found = _answer(host, f"/api/v1/namespaces/{name}")
    phase = None if found is None else kubernetes_objects.phase(found)
    if phase is None:
        return Namespace("absent", name)
    return Namespace("Active" if phase == "Active" else "Terminating", name)


def _service(host: Host, namespace: str) -> Service:
    found = _answer(host, f"/api/v1/namespaces/{namespace}/services/{_SERVICE}")
    if found is None:
        every = _answer(host, f"/api/v1/namespaces/{namespace}/services")
        names = kubernetes_objects.names(every) if every is not None else ()
        return Service(False, "", None, _SERVICE, names)
    kind, port = kubernetes_objects.node_port(found, 8300)
    return Service(True, kind, port, _SERVICE)


def _controllers(host: Host, namespace: str) -> Fact[tuple[Controller, ...]]:
    found: list[Controller] = []
    for group, kind in _KINDS:
        root = "/api" if group == "v1" else "/apis"
        answer = _answer(host, f"{root}/{group}/namespaces/{namespace}/{kind}")
        counts = kubernetes_objects.controllers(answer) if answer is not None else ()
        found += (Controller(name, wanted, ready, ready >= wanted > 0) for name, wanted, ready in counts)
    return Known(tuple(found), "kubectl")
