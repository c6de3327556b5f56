"""The face service in a cluster, from what `kubectl get --raw` printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.probes import face_cluster
from tests.conftest import Tree

RAW = "sos_commands/kubernetes/kubectl_get_--raw_.api.v1.namespaces.baiduface"
NOT_FOUND = 'Error from server (NotFound): services "odp-svc" not found\n'
FORBIDDEN = 'Error from server (Forbidden): namespaces "baiduface" is forbidden: User "dev" cannot get it\n'


def asked(tree: Tree, answers: dict[str, Any]) -> face_cluster.FaceCluster:
    """By what follows the namespace in the path."""
    texts = {name: text if isinstance(text, str) else json.dumps(text) for name, text in answers.items()}
    host = tree({f"{RAW}{name}": text for name, text in texts.items()})
    return face_cluster.collect(host, face_cluster.Settings("baiduface"))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"kind": "Namespace", "status": {"phase": "Active"}}, "baiduface Active"),
        ({"kind": "Namespace", "status": {"phase": "Terminating"}}, "baiduface Terminating"),
        (
            'Error from server (NotFound): namespaces "baiduface" not found\n',
            "there is no namespace baiduface",
        ),
    ],
)
def test_the_namespace(tree: Tree, answer: object, said: str) -> None:
    found = asked(tree, {"": answer}).namespace
    assert isinstance(found, Known)
    assert str(found.value) == said


@pytest.mark.parametrize(
    ("answer", "denied"),
    [
        (FORBIDDEN, True),
        ("The connection to the server 10.0.0.9:6443 was refused\n", False),
        ('{"kind": "Status", "status": "Failure", "reason": "Unauthorized", "code": 401}', False),
        ('{"kind": "Namespace", "status": {"phase": "Act', False),
        ("", False),
    ],
)
def test_what_tells_nothing_of_it(tree: Tree, answer: str, denied: bool) -> None:
    """Trap: the API's own error is an object too, with a status."""
    found = asked(tree, {"": answer, ".services.odp-svc": answer, ".replicationcontrollers": answer})
    assert isinstance(found.namespace, Unknown)
    assert found.namespace.denied is denied
    assert isinstance(found.service, Unknown)
    assert isinstance(found.controllers, Unknown)


@pytest.mark.parametrize("status", ["Active", None, {}, ["Active"]])
def test_a_namespace_that_tells_no_phase(tree: Tree, status: object) -> None:
    assert isinstance(asked(tree, {"": {"kind": "Namespace", "status": status}}).namespace, Unknown)


@pytest.mark.parametrize("spec", ["NodePort", None, {"ports": None}, {"type": "NodePort", "ports": []}])
def test_a_service_that_tells_no_port(tree: Tree, spec: object) -> None:
    found = asked(tree, {".services.odp-svc": {"kind": "Service", "spec": spec}}).service
    assert isinstance(found, Known)
    assert found.value.node_port == 0


def test_a_service_by_another_name(tree: Tree) -> None:
    every = {"kind": "ServiceList", "items": [{"metadata": {"name": "odp-service"}}]}
    found = asked(tree, {".services.odp-svc": NOT_FOUND, ".services": every}).service
    assert isinstance(found, Known)
    assert (found.value.present, str(found.value)) == (False, "no Service odp-svc, only odp-service")


def test_controllers_of_one_kind_are_not_all(tree: Tree) -> None:
    """Trap: what the record lacks may not be ready."""
    ready = {"metadata": {"name": "odp"}, "spec": {"replicas": 1}, "status": {"readyReplicas": 1}}
    found = asked(tree, {".replicationcontrollers": {"kind": "List", "items": [ready]}}).controllers
    assert isinstance(found, Unknown)
