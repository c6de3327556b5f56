"""The table that plain `nvidia-smi` prints, of any driver since 331."""

from __future__ import annotations

import re
from typing import Optional

from envcheck.lazy import regex
from envcheck.probes.formats.nvidia_gpu import Gpu, Listing, switch, version

_DRIVER = regex(r"\b(?:Driver|KMD) Version:\s*(\S+)")
_CARD = regex(
    r"\|\s*(\d+)\s+(\S.*?)\s+(?:On|Off|N/A|ERR!|TCC|WDDM|MCDM)\s*\|\s*[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:.*"
)
_MEMORY = regex(r"/\s*(\d+)\s*Mi?B\s*\|")
_MIG = regex(r".*\|\s*(Enabled|Disabled)\s*\|")


def read(text: str) -> Listing:
    """Read the table; raises ValueError for a text that is not one.

    Rows are known by what is in them, not by columns: their widths differ between drivers,
    and blanks collapse in what people paste. A row of a card has a bus address, which rows
    of MIG devices and of processes lack; its memory stands in the lines up to the border.
    """
    driver = _DRIVER.search(text)
    if driver is None or "NVIDIA-SMI" not in text:
        raise ValueError("not the table of nvidia-smi")
    gpus: list[Gpu] = []
    rows = False
    for line in map(str.strip, text.splitlines()):
        card = _CARD.fullmatch(line)
        if card is not None:
            gpus.append(Gpu(int(card[1]), card[2]))
        rows = card is not None or (rows and not line.startswith("+"))
        if rows and card is None:
            gpus[-1] = _with_line(gpus[-1], line)
    return Listing(version(driver[1]), tuple(gpus))


def _with_line(gpu: Gpu, line: str) -> Gpu:
    memory = _MEMORY.search(line)
    mig: Optional[re.Match[str]] = _MIG.fullmatch(line)
    return gpu._replace(
        memory=int(memory[1]) if memory and gpu.memory is None else gpu.memory,
        mig=switch(mig[1]) if mig else gpu.mig,
    )
