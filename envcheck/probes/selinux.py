"""SELinux: the mode in force, and the one that the next boot brings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Absent, Host, NotRecorded, Unreadable
from envcheck.probes.formats import sestatus
from envcheck.record import Record

_ENFORCE = ("/sys/fs/selinux/enforce", "/selinux/enforce")
_CONFIG = "/etc/selinux/config"


class Selinux(Record):
    """SELinux."""

    mode: Annotated[
        Fact[Literal["enforcing", "permissive", "disabled"]],
        doc(
            "the mode in force now",
            zh="当前生效的模式",
            sources="/sys/fs/selinux, /proc/filesystems, sestatus, getenforce",
            example="permissive",
        ),
    ]
    config: Annotated[
        Fact[Literal["enforcing", "permissive", "disabled", "absent"]],
        doc(
            f"the mode that {_CONFIG} asks for at the next boot",
            zh=f"{_CONFIG} 设定的下次启动的模式",
            sources="/etc/selinux/config, sestatus",
            example="disabled",
        ),
    ]
    lasting: Annotated[
        Fact[bool],
        doc(
            "whether the next boot leaves it disabled or permissive, the kernel's command line included",
            zh="下次启动后是否为 disabled 或 permissive，已计入内核命令行参数",
            sources="/proc/cmdline, /etc/selinux/config, sestatus",
        ),
    ]


def collect(host: Host) -> Selinux:
    """Ask the kernel, else the commands; read the configuration as libselinux does."""
    mode: Fact[sestatus.Mode] = first(
        *((path, lambda path=path: _enforce(host.read(path))) for path in _ENFORCE),
        ("/proc/filesystems", lambda: _by_filesystems(host)),
        ("sestatus", lambda: sestatus.mode(host.run("sestatus").stdout)),
        ("sestatus -b", lambda: sestatus.mode(host.run("sestatus", "-b").stdout)),
        ("getenforce", lambda: sestatus.mode(host.run("getenforce").stdout)),
    )
    config: Fact[Any] = first(
        (_CONFIG, lambda: _configured(host)),
        ("sestatus", lambda: sestatus.mode_from_config(host.run("sestatus").stdout)),
        ("sestatus -b", lambda: sestatus.mode_from_config(host.run("sestatus", "-b").stdout)),
    )
    return Selinux(mode, config, _lasting(host, config))


def _enforce(text: str) -> sestatus.Mode:
    modes: dict[str, sestatus.Mode] = {"0": "permissive", "1": "enforcing"}
    return modes[text.strip()]


def _by_filesystems(host: Host) -> Any:  # noqa: ANN401 - the mode, or why it is not known
    """The kernel lists selinuxfs only when SELinux was on at boot.

    It may be on without a policy (`SELINUX=disabled` on newer systems): then a process has
    the context `kernel`. In a container it may be on and merely out of sight.
    """
    listed = host.read("/proc/filesystems").split()
    if not listed:
        raise ValueError("it is empty")
    if "selinuxfs" not in listed:
        return "disabled"
    context = host.read("/proc/self/attr/current").strip("\0\n ")
    return "disabled" if context == "kernel" else Unknown("SELinux is on, its mode can't be seen from here")


def _configured(host: Host) -> str:
    try:
        return sestatus.configured(host.read(_CONFIG))
    except Absent:
        return "absent"
    except NotRecorded:
        if "config" in host.names("/etc/selinux"):
            raise
        return "absent"


def _lasting(host: Host, config: Fact[Any]) -> Fact[bool]:
    """The kernel's command line outweighs the file; without a file there is no policy to enforce."""
    try:
        words = host.read("/proc/cmdline").split()
    except Unreadable:
        words = []
    if "selinux=0" in words:
        return Known(True, "/proc/cmdline")
    if isinstance(config, Known) and config.value in {"absent", "disabled"}:
        return Known(True, config.source)
    for word in reversed(words):
        if word in {"enforcing=0", "enforcing=1"}:
            return Known(word == "enforcing=0", "/proc/cmdline")
    return config if isinstance(config, Unknown) else Known(config.value == "permissive", config.source)
