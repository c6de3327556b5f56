"""Settings of the kernel, as `sysctl` names them."""

from __future__ import annotations

import re

from envcheck.facts import Fact, first
from envcheck.host.base import Host, NotRecorded


def value(host: Host, name: str) -> Fact[str]:
    """The setting in force, blanks between its words made single: `32768 60999`."""
    path = "/proc/sys/" + name.replace(".", "/")
    answer: Fact[str] = first(
        (path, lambda: " ".join(host.read(path).split())),
        ("sysctl -a", lambda: _recorded(host, name)),
    )
    return answer


def _recorded(host: Host, name: str) -> str:
    if not host.live:
        for text in host.recorded("sysctl_-a*", "sysctl").values():
            found = re.search(rf"^{re.escape(name)}\s*=[ \t]*(.*)$", text, re.MULTILINE)
            if found:
                return " ".join(found[1].split())
    raise NotRecorded(f"sysctl {name} is not in this record")
