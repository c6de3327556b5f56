"""The NVIDIA cards: whether there is one, and what each is."""

from __future__ import annotations

import re
from typing import Annotated, Optional

from envcheck.facts import Fact, Known, Unknown, doc, first
from envcheck.host.base import Host
from envcheck.probes.formats import proc_nvidia
from envcheck.probes.formats.nvidia_gpu import Gpu, Listing, is_slice
from envcheck.probes.shared import nvidia, nvidia_parts, pci
from envcheck.record import Record
from envcheck.values import Bytes

WAITS = True

_PROC = "/proc/driver/nvidia/gpus"


class Card(Record):
    """One GPU as the driver lists it."""

    number: int
    name: str
    memory: Optional[Bytes]
    """All of its framebuffer; neither what is free of it nor what a MIG slice has."""
    virtual: Optional[bool]
    """A vGPU: a slice of a card. A card passed through whole to a virtual machine is none."""
    model: str
    """The name without the maker: `Tesla P4`, also where the driver says `NVIDIA Tesla P4`."""
    mig: Optional[bool]
    """Whether the card is cut into MIG instances."""

    def __str__(self) -> str:
        memory = "memory unknown" if self.memory is None else f"{self.memory >> 20} MiB"
        vgpu = ", a vGPU" if self.virtual else ""
        return f"GPU {self.number}: {self.name or 'unnamed'}, {memory}{vgpu}"


class GpuFacts(Record):
    """NVIDIA cards on the bus and as the driver knows them."""

    present: Annotated[
        Fact[bool],
        doc(
            "whether an NVIDIA card is on the PCI bus, or the driver lists one (WSL, containers)",
            zh="PCI 总线上是否有 NVIDIA 显卡，或驱动是否列出显卡（WSL、容器）",
            sources="/sys/bus/pci, lspci, NVML, nvidia-smi",
        ),
    ]
    pci: Annotated[
        Fact[tuple[str, ...]],
        doc(
            "NVIDIA's display controllers on the PCI bus: slot and ids or words",
            zh="PCI 总线上的 NVIDIA 显示控制器：槽位及编号或名称",
            sources="/sys/bus/pci, lspci",
            example=("0000:03:00.0 NVIDIA [10de:1bb3]",),
        ),
    ]
    cards: Annotated[
        Fact[tuple[Card, ...]],
        doc(
            "the GPUs that the driver lists, memory in bytes",
            zh="驱动列出的 GPU，显存以字节计",
            sources="NVML, nvidia-smi -q -x, recorded nvidia-smi outputs, /proc/driver/nvidia/gpus",
        ),
    ]


def collect(host: Host) -> GpuFacts:
    """Ask the bus, then the driver, unless asking it would load its module."""
    on_bus = pci.nvidia_cards(host)
    cards: Fact[tuple[Card, ...]]
    trouble = None
    if nvidia.must_not_ask(host):
        cards = Unknown("the nvidia kernel module is not loaded")
    else:
        answers = nvidia.ask(host)
        cards, trouble = _cards(host, on_bus, answers), answers.trouble
    return GpuFacts(_present(host, on_bus, cards, trouble), on_bus, cards)


def _present(
    host: Host,
    on_bus: Fact[tuple[str, ...]],
    cards: Fact[tuple[Card, ...]],
    trouble: Optional[nvidia.Trouble],
) -> Fact[bool]:
    if isinstance(on_bus, Known) and on_bus.value:
        return Known(True, on_bus.source)
    if isinstance(cards, Known) and cards.value:
        return Known(True, cards.source)
    if isinstance(on_bus, Unknown):
        # The module refuses to be loaded where it finds no card.
        if trouble is not None and trouble.kind == "version-mismatch":
            return Known(True, trouble.source)
        loaded = nvidia_parts.loaded_version(host)
        return Known(True, loaded.source) if isinstance(loaded, Known) else on_bus
    return Known(False, on_bus.source) if isinstance(cards, Known) else cards


def _cards(host: Host, on_bus: Fact[tuple[str, ...]], answers: nvidia.Answers) -> Fact[tuple[Card, ...]]:
    if answers.listings:
        source, gpus = _best(answers.listings)
        return Known(tuple(_card(gpu) for gpu in gpus), source)
    trouble = answers.trouble
    reason = trouble.reason if trouble else "no answer"
    if trouble and trouble.kind in nvidia.UNDECIDED:
        return Unknown(reason)
    if isinstance(on_bus, Known) and not on_bus.value:
        return Known((), on_bus.source)
    named: Fact[tuple[Card, ...]] = first((_PROC, lambda: _from_proc(host)))
    return named if isinstance(named, Known) and named.value else Unknown(reason)


def _from_proc(host: Host) -> tuple[Card, ...]:
    texts = [host.read(f"{_PROC}/{slot}/information") for slot in host.names(_PROC)]
    return tuple(_card(proc_nvidia.read_information(index, text)) for index, text in enumerate(texts))


def _best(listings: tuple[tuple[str, Listing], ...]) -> tuple[str, tuple[Gpu, ...]]:
    """The fullest listing; what it lacks is filled in from others of as many GPUs."""
    source, best = max(listings, key=lambda item: _fullness(item[1]))
    others = [other.gpus for _, other in listings if len(other.gpus) == len(best.gpus)]
    return source, tuple(_filled(gpu, same) for gpu, same in zip(best.gpus, zip(*others)))


def _fullness(listing: Listing) -> tuple[int, int]:
    known = sum((gpu.memory is not None) + bool(gpu.name) + (gpu.mode is not None) for gpu in listing.gpus)
    return len(listing.gpus), known


def _filled(gpu: Gpu, same: tuple[Gpu, ...]) -> Gpu:
    names = sorted((other.name for other in same), key=lambda name: (bool(name), not name.endswith("...")))
    return gpu._replace(
        name=gpu.name if gpu.name and not gpu.name.endswith("...") else names[-1],
        memory=next((other.memory for other in (gpu, *same) if other.memory is not None), None),
        mode=next((other.mode for other in (gpu, *same) if other.mode is not None), None),
        mig=next((other.mig for other in (gpu, *same) if other.mig is not None), None),
    )


def _card(gpu: Gpu) -> Card:
    model = re.sub(r"^NVIDIA\s+", "", gpu.name)
    memory = None if gpu.memory is None else Bytes(gpu.memory << 20)
    return Card(gpu.number, gpu.name, memory, is_slice(gpu.name, gpu.mode), model, gpu.mig)
