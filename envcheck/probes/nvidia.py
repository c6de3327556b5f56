"""NVIDIA's driver: whether it works, else which layer of it is broken."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, Known, Unknown, doc, value_or
from envcheck.host.base import Host
from envcheck.probes.shared import modules, nvidia, nvidia_parts, pci
from envcheck.record import Record
from envcheck.values import Version

WAITS = True

State = Literal[
    "working",
    "no-card",
    "nouveau",
    "no-driver",
    "module-not-loaded",
    "no-device-nodes",
    "no-library",
    "version-mismatch",
    "failed",
]
_CONTROL_NODE = "/dev/nvidiactl"


class Driver(Record):
    """The driver. `version` is None unless it works: of a broken one it would prove nothing."""

    state: State
    version: Optional[Version]
    layer: str
    """Which layer is broken and how, in words; empty where none is."""

    def __str__(self) -> str:
        if self.state == "working":
            return str(self.version or "working, version unknown")
        return self.layer if self.state == "no-card" else f"broken at: {self.layer}"


class Nvidia(Record):
    """NVIDIA's driver."""

    driver: Annotated[
        Fact[Driver],
        doc(
            "the driver's state and version, or which layer of it is broken",
            zh="驱动的状态和版本，或哪一层有问题",
            sources="PCI bus, /proc/modules, NVML, nvidia-smi -q -x, recorded nvidia-smi outputs, "
            "/proc/driver/nvidia/version, /sys/module/nvidia/version",
            example="384.66",
        ),
    ]


def collect(host: Host) -> Nvidia:
    """Go up the layers; ask the driver itself only where that loads no module."""
    module = modules.loaded(host, "nvidia")
    if nvidia.must_not_ask(host):
        return Nvidia(_not_loaded(host, module))
    answers = nvidia.ask(host)
    return Nvidia(_silent(host, module, answers.trouble) if answers.trouble else _answered(host, answers))


def _answered(host: Host, answers: nvidia.Answers) -> Fact[Driver]:
    source = answers.listings[0][0]
    if not any(listing.gpus for _, listing in answers.listings):
        undriven = value_or(pci.nvidia_cards(host), ())
        layer = f"driver (it drives none of the cards on the bus: {', '.join(undriven)})"
        return _broken("failed", layer, source) if undriven else _no_card(source)
    for name, listing in answers.listings:
        if listing.driver_version:
            return _working(listing.driver_version, name)
    loaded = nvidia_parts.loaded_version(host)
    if isinstance(loaded, Known):
        return _working(loaded.value, loaded.source)
    return Known(Driver("working", None, ""), source)


def _silent(host: Host, module: Fact[bool], trouble: nvidia.Trouble) -> Fact[Driver]:
    """The lowest layer known to be broken, where the driver gave no answer."""
    if trouble.kind in nvidia.UNDECIDED:
        return Unknown(trouble.reason)
    cards = pci.nvidia_cards(host)
    if isinstance(cards, Known) and not cards.value:
        return _no_card(cards.source)
    if trouble.kind == "version-mismatch":
        return _mismatch(host, trouble)
    if isinstance(module, Known) and not module.value:
        return _not_loaded(host, module)
    if trouble.kind == "not-recorded":
        return _unasked(host)
    return _loaded_but_silent(host, module, trouble)


def _loaded_but_silent(host: Host, module: Fact[bool], trouble: nvidia.Trouble) -> Fact[Driver]:
    nouveau = modules.loaded(host, "nouveau")
    if isinstance(nouveau, Known) and nouveau.value:
        return _nouveau(nouveau.source)
    if isinstance(module, Unknown) and trouble.kind == "no-library":
        return _not_loaded(host, module)
    if nvidia_parts.known(lambda: host.exists(_CONTROL_NODE)) is False:
        return _broken("no-device-nodes", f"device nodes (no {_CONTROL_NODE})", _CONTROL_NODE)
    if trouble.kind == "no-library":
        return _broken("no-library", f"library ({trouble.reason})", trouble.source)
    return _broken("failed", f"driver ({trouble.reason})", trouble.source)


def _unasked(host: Host) -> Fact[Driver]:
    """From a record in which nobody asked the driver: a loaded module, and no sign of a fault."""
    version = nvidia_parts.loaded_version(host)
    return _working(version.value, version.source) if isinstance(version, Known) else version


def _not_loaded(host: Host, module: Fact[bool]) -> Fact[Driver]:
    source = module.source if isinstance(module, Known) else "nvidia-smi"
    nouveau = modules.loaded(host, "nouveau")
    if isinstance(nouveau, Known) and nouveau.value:
        return _nouveau(nouveau.source)
    on_disk, userland = nvidia_parts.has_module(host), nvidia_parts.has_userland(host)
    if on_disk:
        return _broken("module-not-loaded", "kernel module (nvidia is installed, not loaded)", source)
    if userland is False:
        return _broken("no-driver", "driver (not installed)", source)
    if on_disk is False and userland:
        kernel = value_or(modules.release(host), "that runs")
        return _broken("module-not-loaded", f"kernel module (no nvidia for kernel {kernel})", source)
    return _broken("module-not-loaded", "kernel module (nvidia is not loaded)", source)


def _mismatch(host: Host, trouble: nvidia.Trouble) -> Fact[Driver]:
    kernel = value_or(nvidia_parts.loaded_version(host), "of unknown version")
    library = trouble.library or nvidia_parts.library_version(host) or "of another version"
    layer = f"version match (kernel module {kernel}, library {library})"
    return _broken("version-mismatch", layer, trouble.source)


def _working(version: str, source: str) -> Fact[Driver]:
    return Known(Driver("working", Version(version), ""), source)


def _no_card(source: str) -> Fact[Driver]:
    return Known(Driver("no-card", None, "no NVIDIA card"), source)


def _nouveau(source: str) -> Fact[Driver]:
    return _broken("nouveau", "kernel module (nouveau is loaded, not nvidia)", source)


def _broken(state: State, layer: str, source: str) -> Fact[Driver]:
    return Known(Driver(state, None, layer), source)
