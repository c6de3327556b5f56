"""The real kubectl against a small API server: what each answer, or none, becomes."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any, Optional

import pytest

from tests.integration.cluster import Cluster, certificate, node, nodes, refusal, serving
from tests.integration.running import Envcheck, need_root
from tests.integration.world import World

pytestmark = pytest.mark.integration

READY = node("node-1", "192.0.2.11")
STOPPED = ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
BROKEN = (
    "False",
    "KubeletNotReady",
    "runtime network not ready: NetworkReady=false cni config uninitialized",
)
FORBIDDEN = 'nodes is forbidden: User "dev" cannot list resource "nodes" in API group "" at the cluster scope'


def checked(envcheck: Envcheck, config: Optional[Path], **options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    need_root()
    env = {"KUBECONFIG": None if config is None else str(config)}
    found = envcheck.json("face-server-k8s", env=env, **options).results()
    return {name: found[name] for name in ("kubectl", "cluster", "nodes-ready")}


def said(result: dict[str, Any]) -> tuple[str, list[str]]:
    return result["status"], result["hints"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where a kubeconfig may lie."""
    return tmp_path / "admin.conf"


def test_all_nodes_are_ready(envcheck: Envcheck, config: Path) -> None:
    with serving(nodes(READY, node("node-2", "192.0.2.12"))) as cluster:
        found = checked(envcheck, cluster.kubeconfig(config))
    assert [result["status"] for result in found.values()] == ["pass"] * 3
    assert found["nodes-ready"]["actual"] == "node-1; node-2"
    assert cluster.asked[-1] == "/api/v1/nodes"
    assert not (envcheck.home / ".kube").exists(), "kubectl left a cache"


def test_nodes_that_are_not_ready_are_named(envcheck: Envcheck, config: Path) -> None:
    answer = nodes(READY, node("node-2", "192.0.2.12", *STOPPED), node("node-3", "192.0.2.13", *BROKEN))
    with serving(answer) as cluster:
        found = checked(envcheck, cluster.kubeconfig(config))
    assert said(found["cluster"]) == ("pass", [])
    assert said(found["nodes-ready"]) == ("fail", ["node-not-ready"])
    assert found["nodes-ready"]["actual"] == f"node-2 not ready: {STOPPED[2]}; node-3 not ready: {BROKEN[2]}"


def test_a_cluster_without_nodes_is_not_ready(envcheck: Envcheck, config: Path) -> None:
    with serving(nodes()) as cluster:
        assert said(checked(envcheck, cluster.kubeconfig(config))["nodes-ready"])[0] == "fail"


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that is valid for long."""
    return certificate(tmp_path_factory.mktemp("valid"), "valid", "20200101000000Z", "20991231000000Z")


@pytest.fixture(scope="module")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of one year that is over."""
    return certificate(tmp_path_factory.mktemp("expired"), "expired", "20200101000000Z", "20210101000000Z")


def missed(found: dict[str, dict[str, Any]], state: str, hint: str) -> None:
    assert said(found["cluster"]) == ("fail", [hint])
    assert found["cluster"]["actual"].startswith(f"{state}: ")
    assert (found["nodes-ready"]["status"], found["nodes-ready"]["reason"]) == (
        "skipped",
        "blocked by cluster",
    )


def test_over_tls(envcheck: Envcheck, config: Path, valid: Path) -> None:
    with serving(nodes(READY), valid) as cluster:
        found = checked(envcheck, cluster.kubeconfig(config))
        assert [result["status"] for result in found.values()] == ["pass"] * 3, found
        refused = checked(envcheck, cluster.kubeconfig(config, token="of-another-cluster"))
    missed(refused, "unauthorised", "cluster-unauthorised")


def test_an_expired_certificate(envcheck: Envcheck, config: Path, expired: Path) -> None:
    with serving(nodes(READY), expired) as cluster:
        found = checked(envcheck, cluster.kubeconfig(config))
    missed(found, "certificate-expired", "cluster-certificate-expired")


def test_a_certificate_of_another_cluster(
    envcheck: Envcheck, config: Path, valid: Path, expired: Path
) -> None:
    with serving(nodes(READY), valid) as cluster:
        found = checked(envcheck, cluster.kubeconfig(config, trusted=expired))
    missed(found, "certificate-untrusted", "cluster-certificate-untrusted")


def test_unauthorised_without_tls(envcheck: Envcheck, config: Path) -> None:
    with serving(refusal(401, "Unauthorized", "Unauthorized")) as cluster:
        found = checked(envcheck, cluster.kubeconfig(config))
    missed(found, "unauthorised", "cluster-unauthorised")


def test_a_user_who_may_not_list_nodes(envcheck: Envcheck, config: Path) -> None:
    with serving(refusal(403, "Forbidden", FORBIDDEN, kind="nodes")) as cluster:
        found = checked(envcheck, cluster.kubeconfig(config))
    assert said(found["cluster"]) == ("pass", [])
    assert found["nodes-ready"]["status"] == "unknown"
    assert "forbidden" in found["nodes-ready"]["reason"]


def test_nobody_listens(envcheck: Envcheck, config: Path) -> None:
    with socket.socket() as silent:  # held, so that nobody else takes the port meanwhile
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        found = checked(envcheck, Cluster(f"http://127.0.0.1:{port}", []).kubeconfig(config))
    missed(found, "unreachable", "cluster-unreachable")


def test_a_server_that_does_not_answer(envcheck: Envcheck, config: Path) -> None:
    with serving(nodes(READY), delay=60) as cluster:
        run = envcheck.json("face-server-k8s", env={"KUBECONFIG": str(cluster.kubeconfig(config))})
        found = run.results()
    assert found["cluster"]["status"] in ("fail", "unknown")
    assert found["cluster"]["hints"] == ["cluster-unreachable"]
    assert run.seconds < 40


def test_what_listens_there_speaks_no_tls(envcheck: Envcheck, config: Path) -> None:
    with serving(nodes(READY)) as cluster:
        found = checked(envcheck, Cluster(cluster.url.replace("http:", "https:"), []).kubeconfig(config))
    missed(found, "unreachable", "cluster-unreachable")


def test_a_context_that_is_not_there(envcheck: Envcheck, config: Path) -> None:
    config.write_text("apiVersion: v1\nkind: Config\ncurrent-context: of-another-file\n", encoding="utf-8")
    missed(checked(envcheck, config), "bad-kubeconfig", "kubeconfig-missing")


@pytest.mark.parametrize("text", ["", "clusters: [", "<html>"])
def test_a_kubeconfig_that_is_none(envcheck: Envcheck, config: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")
    found = checked(envcheck, config)
    assert said(found["cluster"])[0] == "fail"
    assert found["cluster"]["hints"][0] in ("kubeconfig-missing", "cluster-unreachable")


@pytest.mark.skipif(os.path.exists("/etc/kubernetes/admin.conf"), reason="this host has a cluster of its own")
def test_no_kubeconfig(envcheck: Envcheck) -> None:
    found = checked(envcheck, None)
    missed(found, "no-kubeconfig", "kubeconfig-missing")
    found = checked(envcheck, Path("/no/such/file"))
    missed(found, "no-kubeconfig", "kubeconfig-missing")


def test_the_users_own_and_the_administrators(envcheck: Envcheck, world: World, config: Path) -> None:
    with serving(nodes(READY)) as cluster:
        text = cluster.kubeconfig(config).read_text(encoding="utf-8")
        world.etc({"kubernetes/admin.conf": text})
        found = checked(envcheck, None, prefix=world.prefix)
        assert found["cluster"]["status"] == "pass", found
        own = envcheck.home / ".kube/config"
        Cluster("http://127.0.0.1:1", []).kubeconfig(own)
        assert checked(envcheck, None, prefix=world.prefix)["cluster"]["status"] == "fail"


def test_no_kubectl(envcheck: Envcheck, world: World) -> None:
    world.without_commands("kubectl")
    found = checked(envcheck, None, prefix=world.prefix)
    assert said(found["kubectl"]) == ("fail", ["kubectl-missing"])
    assert [found[name]["reason"] for name in ("cluster", "nodes-ready")] == ["blocked by kubectl"] * 2
