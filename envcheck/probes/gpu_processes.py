"""What runs on the GPUs, and whether it belongs to the deployed module's containers."""

from __future__ import annotations

from typing import Annotated, Optional

from envcheck.facts import Fact, Unknown, doc, first
from envcheck.host.base import Failed, Host
from envcheck.probes.shared import deployed, nvidia
from envcheck.record import Record

WAITS = True

_COMMAND = ("nvidia-smi", "--query-compute-apps=pid", "--format=csv,noheader")
_SMI_SECONDS = 35.0


class Settings(Record):
    """Which containers are meant: shell patterns of names or images."""

    containers: tuple[str, ...]


class GpuProcess(Record):
    """A process on a GPU. `container` is empty for one of the host, None where that cannot be seen."""

    number: int
    """Its pid."""
    name: str
    container: Optional[str]
    ours: Optional[bool]
    """Whether it is in one of the module's containers, by its control group."""

    def __str__(self) -> str:
        where = f"container {self.container}" if self.container else "no container"
        return f"{self.name or '?'} (pid {self.number}) in {'?' if self.container is None else where}"


class GpuProcesses(Record):
    """Asked with `containers`."""

    running: Annotated[
        Fact[tuple[GpuProcess, ...]],
        doc(
            "what runs on the GPUs, each with its container by the process's control group",
            sources="NVML, nvidia-smi; /proc/PID/cgroup; the engine's API",
            example=("face_server (pid 77) in container face",),
        ),
    ]


def collect(host: Host, settings: Settings) -> GpuProcesses:
    """Ask the driver for the pids, the kernel for their control groups, the engine for the containers."""
    if nvidia.must_not_ask(host):
        return GpuProcesses(Unknown("the nvidia module is not loaded"))
    pids: Fact[tuple[int, ...]] = first(
        ("nvml", host.gpu_processes), ("nvidia-smi", lambda: _by_command(host))
    )
    if isinstance(pids, Unknown):
        return GpuProcesses(pids)
    found = pids
    return GpuProcesses(first((pids.source, lambda: _running(host, found.value, settings.containers))))


def _by_command(host: Host) -> tuple[int, ...]:
    output = host.run(*_COMMAND, timeout=_SMI_SECONDS)
    if output.status:
        raise Failed(f"nvidia-smi: {(output.stdout or output.stderr).strip()[:200]}", output.status)
    return tuple(dict.fromkeys(int(line) for line in output.stdout.split("\n") if line.strip()))


def _running(host: Host, pids: tuple[int, ...], patterns: tuple[str, ...]) -> tuple[GpuProcess, ...]:
    if not pids:
        return ()
    names = {each.number: each.name for each in deployed.containers(host, patterns)}
    known = {process.pid: process for process in host.processes()}
    found = []
    for pid in pids:
        process = known.get(pid)
        if process is None:
            found.append(GpuProcess(pid, "", None, None))
            continue
        number = process.container
        name = None if number is None else names.get(number, number[:12])
        found.append(GpuProcess(pid, process.name, name, None if number is None else number in names))
    return tuple(found)
