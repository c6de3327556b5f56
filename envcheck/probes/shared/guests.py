"""Signs of a VM that programs in it leave, of a record that tells nothing of the machine itself."""

from __future__ import annotations

import re
from typing import Optional

from envcheck.host.base import Host
from envcheck.lazy import regex
from envcheck.probes.formats.nvidia_gpu import is_slice
from envcheck.probes.shared import engine, nvidia
from envcheck.probes.shared.signs import Sign, first_sign

_WSL = regex(r"microsoft|\bwsl", re.IGNORECASE)
_MACHINES = ("Boot2Docker", "Docker Desktop")
"""Systems that docker brings along to run in a virtual machine."""


def sign(host: Host) -> Optional[Sign]:
    """What docker and the GPU's driver betray; None of a live host, which has better to tell."""
    return None if host.live else first_sign((lambda: _by_docker(host), lambda: _by_gpu(host)))


def _by_docker(host: Host) -> Optional[Sign]:
    if engine.elsewhere(host):
        return None
    info = engine.info(host)
    kernel, system = str(info.get("KernelVersion", "")), str(info.get("OperatingSystem", ""))
    if _WSL.search(kernel):
        return Sign("wsl", f"docker info: kernel {kernel}")
    return Sign("vm", f"docker info: {system}") if system.startswith(_MACHINES) else None


def _by_gpu(host: Host) -> Optional[Sign]:
    """Slices of a card, and cards that are passed through, are seen from within a VM only."""
    for _, listing in nvidia.ask(host).listings:
        for gpu in listing.gpus:
            if is_slice(gpu.name, gpu.mode) or gpu.mode == "passthrough":
                return Sign("vm", f"GPU {gpu.name}, {gpu.mode or 'a vGPU'}")
    return None
