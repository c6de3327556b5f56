"""Where the shipped rules of `verify` draw the line: containers and controllers of every state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import envcheck
from tests.conftest import write_tree

Files = Mapping[str, str]
OURS = "sos_commands/envcheck"


def status_of(folder: Path, module: str, check: str, files: Files) -> str:
    write_tree(folder, files)
    return {each.id: each.status for each in envcheck.verify(module, from_path=folder).results}[check]


ID = "ab" * 32


def container(name: str, **state: object) -> Files:
    told = {"State": {"StartedAt": "2026-11-22T09:00:00Z", "ExitCode": 0, **state}, "RestartCount": 0}
    return {
        f"{OURS}/docker_containers_json_all_1.json": json.dumps([{"Id": ID, "Names": [name], "Image": "i"}]),
        f"{OURS}/docker_containers_{ID}_json.json": json.dumps(told),
        f"{OURS}/clock.json": json.dumps({"now": 1795348800, "offset": 0}),
    }


STATES: list[tuple[dict[str, object], str]] = [
    ({"Status": "running"}, "pass"),
    ({"Status": "running", "StartedAt": "2026-11-22T11:59:55Z"}, "pass"),  # of late, for the first time
    ({"Status": "running", "Health": {"Status": "healthy"}}, "pass"),
    ({"Status": "running", "Health": {"Status": "starting"}}, "fail"),
    ({"Status": "running", "Health": {"Status": "unhealthy"}}, "fail"),
    ({"Status": "restarting", "Restarting": True}, "fail"),
    ({"Status": "exited", "ExitCode": 1}, "fail"),
    ({"Status": "paused"}, "fail"),
    ({"Status": "dead"}, "fail"),
]


@pytest.mark.parametrize(("module", "name"), [("default", "/nginx-1"), ("face-server", "/face-1")])
@pytest.mark.parametrize(("state", "status"), STATES)
def test_container(tmp_path: Path, module: str, name: str, state: dict[str, object], status: str) -> None:
    assert status_of(tmp_path, module, "container", container(name, **state)) == status


@pytest.mark.parametrize(("module", "wanted"), [("default", "nginx"), ("face-server", "face")])
@pytest.mark.parametrize(("state", "status"), [STATES[0], *STATES[3:6]])
def test_another_one_beside_one_that_runs(
    tmp_path: Path, module: str, wanted: str, state: dict[str, object], status: str
) -> None:
    """Trap: of two instances one runs, the other never comes up."""
    both = [{"Id": ID, "Names": [f"/{wanted}-1"]}, {"Id": "cd" * 32, "Names": [f"/{wanted}-2"]}]
    files = {
        **container(f"/{wanted}-1", Status="running"),
        f"{OURS}/docker_containers_json_all_1.json": json.dumps(both),
        f"{OURS}/docker_containers_{'cd' * 32}_json.json": json.dumps(
            {"State": {"StartedAt": "2026-11-22T09:00:00Z", **state}, "RestartCount": 0}
        ),
    }
    assert status_of(tmp_path, module, "container", files) == status


SPACE = "sos_commands/kubernetes/kubectl_get_--raw_"


@pytest.mark.parametrize(("ready", "status"), [((), "fail"), ((1,), "pass"), ((1, 0), "fail")])
def test_controllers(tmp_path: Path, ready: tuple[int, ...], status: str) -> None:
    """Trap: where there is none, all of them are ready."""
    items = [
        {"metadata": {"name": f"c{number}"}, "spec": {"replicas": 1}, "status": {"readyReplicas": each}}
        for number, each in enumerate(ready)
    ]
    none = json.dumps({"kind": "List", "items": []})
    apps = f"{SPACE}.apis.apps.v1.namespaces.baiduface"
    files = {
        "sos_commands/kubernetes/kubectl_get_nodes": "NAME STATUS ROLES AGE VERSION\nn Ready x 1d v1.18.20\n",
        f"{SPACE}.api.v1.namespaces.baiduface": '{"kind": "Namespace", "status": {"phase": "Active"}}',
        f"{SPACE}.api.v1.namespaces.baiduface.replicationcontrollers": none,
        f"{apps}.deployments": json.dumps({"kind": "DeploymentList", "items": items}),
        f"{apps}.statefulsets": none,
        f"{apps}.daemonsets": none,
    }
    assert status_of(tmp_path, "face-server-k8s", "controllers", files) == status
