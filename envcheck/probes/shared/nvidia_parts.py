"""The parts of NVIDIA's driver that lie on disk or are loaded, found without asking it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Optional

from envcheck.facts import Fact, Unknown, first
from envcheck.host.base import Absent, Host, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import proc_nvidia
from envcheck.probes.shared import modules
from envcheck.values import Version

_FOLDERS = ("updates/dkms", "updates", "extra", "extra/nvidia", "weak-updates/nvidia", "kernel/drivers/video")
_MODULE_FILE = regex(r"nvidia(?:[-_](?:current|open|tesla|legacy|\d)[\w.-]*?)?\.ko(?:\.\w+)?")
_LIBRARIES = tuple(
    f"{folder}/libnvidia-ml.so.1" for folder in ("/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib")
)
_PROC_VERSION = "/proc/driver/nvidia/version"
_SYS_VERSION = "/sys/module/nvidia/version"


def loaded_version(host: Host) -> Fact[str]:
    """Version of the kernel module that is loaded now."""
    answer: Fact[str] = first(
        (_PROC_VERSION, lambda: proc_nvidia.read_version(host.read(_PROC_VERSION))),
        (_SYS_VERSION, lambda: str(Version(host.read(_SYS_VERSION)))),
    )
    return answer


def library_version(host: Host) -> Optional[str]:
    """Version of the library: it is in the name of the file that libnvidia-ml.so.1 links to."""
    for path in _LIBRARIES:
        try:
            version = host.resolve(path).rpartition(".so.")[2]
        except Unreadable:
            continue
        if "." in version:
            return version
    return None


def has_userland(host: Host) -> Optional[bool]:
    """Whether nvidia-smi or the library is installed; None if that is unknown."""
    smi = known(lambda: bool(host.which("nvidia-smi")))
    return smi or any(known(partial(host.exists, path)) for path in _LIBRARIES) or smi


def has_module(host: Host) -> Optional[bool]:
    """Whether NVIDIA's module is on disk for the running kernel; None if that is unknown.

    False needs the kernel's own list of modules: a container shows an empty /lib/modules.
    """
    running = modules.release(host)
    if isinstance(running, Unknown):
        return None
    root = f"/lib/modules/{running.value}"
    listed = _in_dependencies(host, root)
    return listed or any(_in_folder(host, f"{root}/{folder}") for folder in _FOLDERS) or listed


def known(ask: Callable[[], bool]) -> Optional[bool]:
    """The answer to a yes-no question; False where the thing is known to be absent, else None."""
    try:
        return ask()
    except Absent:
        return False
    except Unreadable:
        return None


def _in_dependencies(host: Host, root: str) -> Optional[bool]:
    try:
        lines = host.read(f"{root}/modules.dep", 16 << 20).splitlines()
    except Unreadable:
        return None
    return any(_MODULE_FILE.fullmatch(line.partition(":")[0].rpartition("/")[2]) for line in lines)


def _in_folder(host: Host, folder: str) -> bool:
    try:
        return any(_MODULE_FILE.fullmatch(name) for name in host.names(folder))
    except Unreadable:
        return False
