"""Tools that the installers call."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, doc
from envcheck.host.base import Host
from envcheck.probes.shared import on_path
from envcheck.record import Record


class Tools(Record):
    """Commands on the trusted path."""

    tar: Annotated[
        Fact[bool],
        doc("whether there is a command tar", zh="是否有 tar 命令", sources="trusted path, rpm or dpkg"),
    ]
    unzip: Annotated[Fact[bool], doc("whether there is a command unzip", sources="trusted path, rpm or dpkg")]


def collect(host: Host) -> Tools:
    """Look on the trusted path; a record answers by its outputs and packages too."""
    return Tools(on_path.present(host, "tar"), on_path.present(host, "unzip"))
