"""The running kernel and its modules."""

from __future__ import annotations

from envcheck.facts import Fact, first
from envcheck.host.base import Host


def loaded(host: Host, module: str) -> Fact[bool]:
    """Whether a module is loaded."""
    answer: Fact[bool] = first(
        ("/proc/modules", lambda: _listed(host.read("/proc/modules"), module)),
        ("lsmod", lambda: _in_lsmod(host, module)),
        (f"/sys/module/{module}", lambda: _in_sysfs(host, module)),
        (f"/proc/driver/{module}", lambda: bool(host.read(f"/proc/driver/{module}/version"))),
    )
    return answer


def release(host: Host) -> Fact[str]:
    """Release of the running kernel, as `uname -r` prints it."""
    answer: Fact[str] = first(
        ("/proc/sys/kernel/osrelease", lambda: host.read("/proc/sys/kernel/osrelease").strip()),
        ("uname -r", lambda: host.run("uname", "-r").stdout.split()[0]),
        ("uname -a", lambda: host.run("uname", "-a").stdout.split()[2]),
    )
    return answer


def _in_sysfs(host: Host, module: str) -> bool:
    if host.exists(f"/sys/module/{module}"):
        return True
    if host.live:
        host.names("/sys/module")  # without it sysfs itself is missing, and nothing is known
    return False


def _in_lsmod(host: Host, module: str) -> bool:
    text = host.run("lsmod").stdout
    if not text.startswith("Module"):
        raise ValueError("not the output of lsmod")
    return _listed(text, module)


def _listed(text: str, module: str) -> bool:
    return any(line.split(" ", 1)[0] == module for line in text.splitlines())
