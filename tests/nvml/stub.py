"""Makes folders that hold a stand-in for libnvidia-ml.so.1, compiled from nvml_stub.c."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Union

SOURCE = Path(__file__).with_name("nvml_stub.c")
MODES = ("none", "passthrough", "vgpu", "host-vgpu", "host-vsga")
NEWER_THAN: tuple[tuple[int, str], ...] = (
    (384, "nvmlDeviceGetPciInfo_v3"),
    (390, "nvmlInitWithFlags"),
    (390, "nvmlDeviceGetVirtualizationMode"),
    (450, "nvmlDeviceGetMigMode"),
    (510, "nvmlDeviceGetComputeRunningProcesses_v3"),
)
"""Since which driver (its first number) a function is there."""

Card = Mapping[str, Union[str, int, bool, None]]


def build(
    folder: Path,
    cards: Sequence[Card] = (),
    driver: str = "384.66",
    init: int = 0,
    hang: str = "",
    processes: Sequence[int] = (),
) -> Path:
    """Write the library into `folder`, to be put on LD_LIBRARY_PATH of a new process.

    A card is `{"name": "Tesla P4", "memory": 7611}`, memory in MiB or None, and maybe
    `"virtualization"` (one of MODES) and `"mig"`. `init` is the error number of nvmlInit
    (18: library and kernel module differ, 9: no driver loaded), `hang` the function that
    never returns, `processes` the pids that compute on each card. Functions that `driver` is too
    old for are missing.
    """
    major = int(driver.partition(".")[0])
    missing = tuple(name for since, name in NEWER_THAN if major < since)
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", *(f"-DWITHOUT_{name}" for name in missing)]
    subprocess.run(["gcc", *options, "-o", folder / "libnvidia-ml.so.1", SOURCE, "-ldl"], check=True)
    lines = [f"driver {driver}", f"init {init}", *(_line(card) for card in cards)]
    lines += [f"process {pid}" for pid in processes]
    lines += [f"hang {hang}"] if hang else []
    (folder / "nvml_stub.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _line(card: Card) -> str:
    mode, mig, memory = card.get("virtualization"), card.get("mig"), card.get("memory")
    numbers = (memory, None if mode is None else MODES.index(str(mode)), mig)
    return " ".join(
        ["card", *(str(-1 if number is None else int(number)) for number in numbers), str(card["name"])]
    )
