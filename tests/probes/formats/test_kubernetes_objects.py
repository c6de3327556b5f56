"""Objects of the Kubernetes API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from envcheck.probes.formats import kubernetes_objects as objects


def service(**port: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"kind": "Service", "spec": {"type": "NodePort", "ports": [{"protocol": "TCP", **port}]}}


@pytest.mark.parametrize(
    ("port", "found"),
    [
        ({"port": 8300, "targetPort": 8300, "nodePort": 30300}, 30300),
        ({"port": 80, "targetPort": 8300, "nodePort": 30080}, 30080),
        ({"port": 8300, "targetPort": "http", "nodePort": 30300}, 30300),
        ({"port": 8300, "nodePort": 30300}, 30300),
        ({"port": 8300, "targetPort": 8080, "nodePort": 30300}, None),
        ({"port": 8300, "targetPort": 8300}, None),
        ({"port": 8300, "targetPort": 8300, "nodePort": 30300, "protocol": "UDP"}, None),
    ],
)
def test_the_way_to_8300(port: dict[str, Any], found: object) -> None:
    assert objects.node_port(service(**port), 8300) == ("NodePort", found)


def test_controllers_of_all_kinds() -> None:
    items = [
        {"metadata": {"name": "odp"}, "spec": {"replicas": 2}, "status": {"readyReplicas": 1}},
        {"metadata": {"name": "one"}, "spec": {}, "status": {}},
        {"metadata": {"name": "each"}, "status": {"desiredNumberScheduled": 3, "numberReady": 3}},
    ]
    found = objects.controllers({"kind": "List", "items": items})
    assert list(found) == [("odp", 2, 1), ("one", 1, 0), ("each", 3, 3)]


@pytest.mark.parametrize("text", ["", "[]", "No resources found", "{}", "[" * 100_000, '"x"'])
def test_what_is_no_answer(text: str) -> None:
    with pytest.raises(ValueError):
        objects.parse(text)


def test_an_answer() -> None:
    assert (
        objects.phase(objects.parse(json.dumps({"kind": "Namespace", "status": {"phase": "Active"}})))
        == "Active"
    )
