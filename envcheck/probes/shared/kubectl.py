"""Asking a cluster's API through kubectl, by the kubeconfig in force."""

from __future__ import annotations

from envcheck.host.base import Host, NotRecorded, Output

REQUEST_SECONDS = 8
"""What the API gets for one answer."""
_SECONDS = 20.0
"""What kubectl gets in all: it may ask for the server's version first."""
_NO_CACHE = "--cache-dir=/dev/null"
"""Newer ones would leave what they were answered in the user's home."""


def get(host: Host, path: str) -> Output:
    """What kubectl prints for a path of the API, `/api/v1/nodes`.

    Unlike `kubectl get nodes` this asks for nothing else. Raises Absent where there is no
    kubectl or no kubeconfig, TimedOut. Of a record it is what `kubectl get --raw PATH` printed.
    """
    host.which("kubectl")
    if not host.live:
        return host.run("kubectl", "get", "--raw", path)
    options = [f"--request-timeout={REQUEST_SECONDS}s", _NO_CACHE]
    config = host.kubeconfig()
    if len(config) == 1:  # several come from $KUBECONFIG: it merges these by itself
        options.append(f"--kubeconfig={config[0]}")
    return host.run("kubectl", "get", "--raw", path, *options, timeout=_SECONDS)


def recorded(host: Host, *patterns: str) -> list[str]:
    """Outputs of kubectl in a record; raises NotRecorded where there is none."""
    texts = [text for text in host.recorded(*patterns).values() if text.strip()]
    if not texts:
        raise NotRecorded(f"no output of kubectl ({patterns[0]}) is in this record")
    return texts
