"""Which kubeconfig is in force: the one that kubectl itself would take, else the administrator's."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from envcheck.host.base import Absent

_OF_ADMINISTRATORS = (
    "/etc/kubernetes/admin.conf",
    "/etc/rancher/k3s/k3s.yaml",
    "/etc/rancher/rke2/rke2.yaml",
)


def in_force(environ: Mapping[str, str], exists: Callable[[str], bool]) -> tuple[str, ...]:
    """Its paths: those of $KUBECONFIG, else ~/.kube/config, else what an installer left for root.

    Raises Absent where there is none. Of several, kubectl merges what is there.
    """
    named = [path for path in environ.get("KUBECONFIG", "").split(":") if path]
    if named:
        there = [path for path in map(os.path.abspath, named) if exists(path)]
        if not there:
            raise Absent(f"$KUBECONFIG names {', '.join(named)}, which is not there")
        return tuple(there)
    home = environ.get("HOME", "")
    for path in (*([f"{home}/.kube/config"] if home.startswith("/") else []), *_OF_ADMINISTRATORS):
        if exists(path):
            return (path,)
    raise Absent("there is no kubeconfig ($KUBECONFIG, ~/.kube/config, /etc/kubernetes/admin.conf)")
