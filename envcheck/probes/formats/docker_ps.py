"""The table of `docker ps`: which container publishes which ports."""

from __future__ import annotations

from envcheck.lazy import regex
from envcheck.probes.formats.listener import Listener

_PUBLISHED = regex(r"(?P<address>[0-9a-fA-F.:\[\]]*):(?P<first>\d+)(?:-(?P<last>\d+))?->[\d-]+/tcp\b")


def published(text: str) -> list[Listener]:
    """The published TCP ports of running containers; raises ValueError for another text.

    A container that is not up publishes nothing; docker leaves its PORTS column empty.
    """
    header, _, rows = text.partition("\n")
    if not header.startswith("CONTAINER ID") or "PORTS" not in header:
        raise ValueError("not in the format of docker ps")
    return [listener for row in rows.splitlines() for listener in _of_row(row)]


def _of_row(row: str) -> list[Listener]:
    owner = f"container {row.rsplit(maxsplit=1)[-1]}" if row.strip() else ""
    return [
        Listener(str(port), match["address"].strip("[]") or "0.0.0.0", owner)  # noqa: S104 - shown, not bound
        for match in _PUBLISHED.finditer(row)
        for port in range(int(match["first"]), int(match["last"] or match["first"]) + 1)
    ]
