"""The text of `nvidia-smi -q`, and of `-q -d …`, which shows a part of it."""

from __future__ import annotations

from envcheck.lazy import regex
from envcheck.probes.formats.nvidia_gpu import Gpu, Listing, mebibytes, mode, switch, version

_GPU = regex(r"GPU [0-9A-Fa-f]{1,8}:[0-9A-Fa-f]{1,2}:[0-9A-Fa-f]{1,2}(?:\.\d)?")
_ENTRY = regex(r"(\S.*?)\s+:(?:\s+(.*))?")
_FRAMEBUFFER = ("FB Memory Usage/Total", "Memory Usage/Total")  # the second before driver 331


def read(text: str) -> Listing:
    """Read the log; raises ValueError for a text that is not one."""
    if "NVSMI LOG" not in text:
        raise ValueError("not the text of nvidia-smi -q")
    head, *gpus = _blocks(text)
    driver = head.get("Driver Version") or head.get("KMD Version")
    return Listing(version(driver), tuple(_gpu(index, entries) for index, entries in enumerate(gpus)))


def _blocks(text: str) -> list[dict[str, str]]:
    """The entries before the first GPU and those of each GPU, as `key` and `section/key`.

    The first of a key counts: a `Product Name` further down is that of a vGPU licence.
    Indentation is not looked at, since it is lost in what people paste.
    """
    blocks: list[dict[str, str]] = [{}]
    section = ""
    for line in map(str.strip, text.splitlines()):
        entry = _ENTRY.fullmatch(line)
        if _GPU.fullmatch(line):
            blocks.append({})
        elif entry is None:
            section = line
        else:
            blocks[-1].setdefault(entry[1], entry[2] or "")
            blocks[-1].setdefault(f"{section}/{entry[1]}", entry[2] or "")
    return blocks


def _gpu(index: int, entries: dict[str, str]) -> Gpu:
    framebuffer = next((entries[key] for key in _FRAMEBUFFER if key in entries), "")
    virtualization = entries.get("Virtualization Mode") or entries.get("Virtualization mode") or ""
    return Gpu(
        index,
        entries.get("Product Name", ""),
        mebibytes(framebuffer),
        mode(virtualization),
        switch(entries.get("MIG Mode/Current", "")),
    )
