"""One GPU as any of NVIDIA's outputs describes it, and what its name tells."""

from __future__ import annotations

import re
from typing import Optional

from envcheck.lazy import regex
from envcheck.record import Record

_MEMORY = regex(r"(\d+)\s*(?:MiB|MB)?")
_SLICE = regex(r".*-\d+[ABCQ](?:\d+|ME|GFX)?|GRID K[12]\d0Q?")
_NEVER_SLICED = regex(r"(?:NVIDIA )?(?:GeForce|TITAN|Tesla) ", re.IGNORECASE)
_MODES = {
    "none": "none",
    "passthrough": "passthrough",
    "vgpu": "vgpu",
    "hostvgpu": "host-vgpu",
    "hostvsga": "host-vsga",
}


class Gpu(Record):
    """A GPU of a listing; None where the listing does not say."""

    number: int
    name: str
    memory: Optional[int] = None
    """Total framebuffer in MiB."""
    mode: Optional[str] = None
    """Virtualization mode: none, passthrough, vgpu, host-vgpu or host-vsga."""
    mig: Optional[bool] = None


class Listing(Record):
    """The GPUs that an output lists and the driver version that it names, if it does."""

    driver_version: Optional[str]
    gpus: tuple[Gpu, ...]


def mebibytes(text: str) -> Optional[int]:
    """`7611 MiB` → 7611; None for `N/A`, `[Not Supported]` and the like.

    Drivers before 331 write MB and mean MiB.
    """
    match = _MEMORY.fullmatch(text.strip())
    return int(match[1]) if match else None


def version(text: Optional[str]) -> Optional[str]:
    """A driver version as printed, or None where the output prints N/A in its place."""
    return text.strip() if text and re.match(r"\s*\d+\.", text) else None


def mode(text: str) -> Optional[str]:
    """nvidia-smi's word for a virtualization mode (`Pass-Through`, `Host VGPU`) as NVML's."""
    return _MODES.get(re.sub(r"[^a-z]", "", text.lower()))


def switch(text: str) -> Optional[bool]:
    """`Enabled` or `Disabled`; None for anything else."""
    return {"enabled": True, "disabled": False}.get(text.strip().lower())


def is_slice(name: str, virtualization: Optional[str]) -> Optional[bool]:
    """Whether a GPU is a vGPU, a slice of a card; None where nothing tells.

    `GRID T4-4C` and `NVIDIA A100-1-5CME` are slices by name, `GRID K520` and `GRID K2` are
    boards. Drivers before 390 know no virtualization mode: there the name alone decides.
    """
    if virtualization == "vgpu" or _SLICE.fullmatch(name):
        return True
    if virtualization is not None:
        return False
    if not name or (name.endswith("...") and not _NEVER_SLICED.match(name)):
        return None  # cut off before the part that would tell
    return False
