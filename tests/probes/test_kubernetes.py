"""kubectl's answers, and what each failure means."""

from __future__ import annotations

import json

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Output, TimedOut
from envcheck.probes import kubernetes
from tests.conftest import Tree
from tests.probes.conftest import Scripted


def node(name: str, status: str, message: str = "kubelet is posting ready status") -> dict[str, object]:
    pressure = {"type": "MemoryPressure", "status": "True", "message": "x"}
    ready = {"type": "Ready", "status": status, "message": message}
    return {"metadata": {"name": name}, "status": {"conditions": [pressure, ready]}}


def listed(*nodes: object) -> str:
    return json.dumps({"kind": "NodeList", "apiVersion": "v1", "items": list(nodes)})


def asked(scripted: Scripted, answer: object) -> kubernetes.Kubernetes:
    return kubernetes.collect(
        scripted({"run kubectl": answer, "kubeconfig": ("/etc/kubernetes/admin.conf",)})
    )


def refused(message: str) -> Output:
    return Output("", message + "\n", 1)


def test_nodes(scripted: Scripted) -> None:
    silent = "Kubelet stopped posting node status."
    found = asked(
        scripted,
        listed(node("a", "True"), node("b", "False", "runtime is down"), node("c", "Unknown", silent)),
    )
    assert found.cluster == Known(kubernetes.Cluster("reachable", ""), "kubectl")
    assert isinstance(found.nodes, Known)
    assert [str(each) for each in found.nodes.value] == [
        "a",
        "b not ready: runtime is down",
        f"c not ready: {silent}",
    ]


TO = "Unable to connect to the server: "
X509 = "tls: failed to verify certificate: x509: "


@pytest.mark.parametrize(
    ("message", "state"),
    [
        ("error: You must be logged in to the server (Unauthorized)", "unauthorised"),
        (
            "error: You must be logged in (the server has asked for the client to provide credentials)",
            "unauthorised",
        ),
        (
            'Error from server (Forbidden): nodes is forbidden: User "system:anonymous" cannot list',
            "unauthorised",
        ),
        (
            'Error from server (Forbidden): nodes is forbidden: User "dev" cannot list resource "nodes"',
            "reachable",
        ),
        (
            "The connection to the server 10.0.0.9:6443 was refused - did you specify the right port?",
            "unreachable",
        ),
        ("Unable to connect to the server: dial tcp: lookup k8s: no such host", "unreachable"),
        ("Unable to connect to the server: dial tcp 10.0.0.9:6443: i/o timeout", "unreachable"),
        ("Unable to connect to the server: net/http: TLS handshake timeout", "unreachable"),
        (
            "Unable to connect to the server: x509: certificate has expired or is not yet valid: now 2026",
            "certificate-expired",
        ),
        ("Unable to connect to the server: remote error: tls: expired certificate", "certificate-expired"),
        (
            "Unable to connect to the server: x509: certificate signed by unknown authority",
            "certificate-untrusted",
        ),
        ('error: error loading config file "/root/.kube/config": yaml: line 3', "bad-kubeconfig"),
        (f"{TO}context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "unreachable"),
        ("Unable to connect to the server: EOF", "unreachable"),
        (  # trap: it speaks no TLS, its certificate is not in question
            "Unable to connect to the server: tls: first record does not look like a TLS handshake",
            "unreachable",
        ),
        (
            f"{TO}{X509}certificate has expired or is not yet valid: current time 2026 is after 2021",
            "certificate-expired",
        ),
        (
            f"{TO}{X509}certificate is not valid for any names, but wanted to match localhost",
            "certificate-untrusted",
        ),
        (
            "Unable to connect to the server: getting credentials: exec: executable aws not found",
            "unauthorised",
        ),
        ("Error in configuration: context was not found for specified context: x", "bad-kubeconfig"),
        (
            "* unable to read client-key /no/key for admin due to open /no/key: no such file or directory",
            "bad-kubeconfig",
        ),
        ("error: stat /no/conf: no such file or directory", "bad-kubeconfig"),
        ('Unable to connect to the server: invalid port ":bad" after host', "bad-kubeconfig"),
        (  # trap: the API answered, though it was another that did not in time
            "Error from server (InternalError): Internal error occurred: etcdserver: request timed out",
            "failed",
        ),
        (
            "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
            "failed",
        ),
        ("Error from server (NotFound): the server could not find the requested resource", "failed"),
        ("segmentation fault", "failed"),
    ],
)
def test_why_there_is_no_answer(scripted: Scripted, message: str, state: str) -> None:
    found = asked(scripted, refused(f"W1122 some warning\n{message}"))
    assert isinstance(found.cluster, Known)
    assert (found.cluster.value.state, found.cluster.value.detail) == (state, message)
    assert isinstance(found.nodes, Unknown)
    assert found.nodes.denied == ("(Forbidden)" in message)


MEMCACHE = (
    'E1122 06:45:55.100417 19985 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API'
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"{MEMCACHE} group list: dial tcp: connection refused\nsomething new", "unreachable"),
        (f"{MEMCACHE} group list: unknown\nError from server (Forbidden): unknown", "reachable"),
        ("Error from server (Forbidden): unknown\nsomething new", "failed"),
        ("<html><h1>403 (Forbidden)</h1>\n</html>", "failed"),
        ("<html><h1>Error from server (Forbidden)</h1></html>", "failed"),
    ],
)
def test_only_the_last_line_can_show_that_it_answers(scripted: Scripted, text: str, state: str) -> None:
    for answer in (refused(text), Output(text + "\n")):
        found = asked(scripted, answer)
        assert isinstance(found.cluster, Known)
        assert found.cluster.value.state == state
        assert isinstance(found.nodes, Unknown)


def test_no_kubectl_no_kubeconfig_no_answer_in_time(scripted: Scripted) -> None:
    nothing = kubernetes.collect(scripted({}))
    assert nothing.kubectl == Known(False, "trusted path (kubectl)")
    assert isinstance(nothing.cluster, Unknown)
    unset = kubernetes.collect(scripted({"which kubectl": ""}))
    assert isinstance(unset.cluster, Known)
    assert unset.cluster.value.state == "no-kubeconfig"
    assert isinstance(asked(scripted, TimedOut("kubectl: no answer in 20 s")).cluster, Unknown)


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"kind": "Status"}', "{", '{"kind": "NodeList", "items": [1]}', "{" * 9000]
)
def test_an_answer_that_is_none(scripted: Scripted, text: str) -> None:
    found = asked(scripted, text)
    assert isinstance(found.cluster, Known)
    assert found.cluster.value.state == "failed"
    assert isinstance(found.nodes, Unknown)


def test_a_node_that_says_nothing(scripted: Scripted) -> None:
    found = asked(scripted, listed({"metadata": {"name": "new"}})).nodes
    assert isinstance(found, Known)
    assert found.value[0].ready is None


def test_one_kubeconfig_is_named(scripted: Scripted) -> None:
    host = scripted({"run kubectl": listed(), "kubeconfig": ("/etc/kubernetes/admin.conf",)})
    kubernetes.collect(host)
    (asked,) = [question for question in host.answers if question[0] == "run"]
    assert asked[1:4] == ("kubectl", "get", "--raw")
    assert "--kubeconfig=/etc/kubernetes/admin.conf" in asked


TABLE = """NAME     STATUS                     ROLES           AGE   VERSION
node-1   Ready                      control-plane   90d   v1.28.2
node-2   NotReady                   <none>          90d   v1.28.2
node-3   Ready,SchedulingDisabled   <none>          90d   v1.28.2
"""


@pytest.mark.parametrize("name", ["kubectl_get_nodes_-o_wide", "cluster-info/kubectl_get_nodes"])
def test_a_recorded_table(tree: Tree, name: str) -> None:
    found = kubernetes.collect(tree({f"sos_commands/kubernetes/{name}": TABLE}))
    assert found.kubectl == Known(True, "trusted path (kubectl)")
    assert isinstance(found.nodes, Known)
    assert [each.ready for each in found.nodes.value] == [True, False, True]


def test_recorded_json_and_a_recorded_refusal(tree: Tree) -> None:
    found = kubernetes.collect(
        tree({"sos_commands/kubernetes/kubectl_get_-o_json_nodes": listed(node("a", "True"))})
    )
    assert isinstance(found.nodes, Known)
    said = (
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n"
    )
    found = kubernetes.collect(tree({"sos_commands/kubernetes/kubectl_get_-o_json_nodes": said}))
    assert isinstance(found.cluster, Known)
    assert found.cluster.value.state == "unreachable"
