"""Objects of the Kubernetes API: namespaces, Services, controllers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Optional

Object = Mapping[str, Any]


def parse(text: str) -> Object:
    """An answer of the API. Raises ValueError for anything else."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("no answer of the API") from None
    if not isinstance(found, dict) or "kind" not in found:
        raise ValueError("no answer of the API")
    return found


def phase(found: Object) -> str:
    """A namespace's."""
    return str((found.get("status") or {}).get("phase") or "")


def names(found: Object) -> tuple[str, ...]:
    """The names of a list's objects."""
    return tuple(str(_metadata(item).get("name") or "?") for item in _items(found))


def node_port(found: Object, target: int) -> tuple[str, Optional[int]]:
    """A Service's type, and the port of every node that leads to a port of its pods."""
    spec = found.get("spec") or {}
    kind = str(spec.get("type") or "ClusterIP")
    for port in spec.get("ports") or ():
        inside = port.get("targetPort", port.get("port"))
        number = port.get("nodePort")
        # A name stands for a port that the pods name; then the Service's own tells which is meant.
        meant = inside == target or (isinstance(inside, str) and port.get("port") == target)
        if meant and port.get("protocol", "TCP") == "TCP" and isinstance(number, int) and number > 0:
            return kind, number
    return kind, None


def controllers(found: Object) -> Iterator[tuple[str, int, int]]:
    """The controllers of a list: name, pods that there should be, pods that are ready."""
    for item in _items(found):
        spec, status = item.get("spec") or {}, item.get("status") or {}
        daemons = "desiredNumberScheduled" in status
        wanted = status["desiredNumberScheduled"] if daemons else spec.get("replicas", 1)
        ready = status.get("numberReady" if daemons else "readyReplicas", 0)
        yield str(_metadata(item).get("name") or "?"), int(wanted), int(ready or 0)


def _items(found: Object) -> list[Object]:
    items = found.get("items")
    if not isinstance(items, list):
        raise ValueError("no list of the API")  # noqa: TRY004 - what it is not shows in the text
    return [item for item in items if isinstance(item, dict)]


def _metadata(item: Object) -> Object:
    metadata = item.get("metadata")
    return metadata if isinstance(metadata, dict) else {}
