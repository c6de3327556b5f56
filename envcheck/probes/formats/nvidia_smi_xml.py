"""The XML of `nvidia-smi -q -x`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from envcheck.probes.formats.nvidia_gpu import Gpu, Listing, mebibytes, mode, switch, version

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LONGEST = 16 << 20


def read(text: str) -> Listing:
    """Read the log; raises ValueError for a text that is not one.

    Only children of `<gpu>` itself are read: MIG devices inside it have framebuffers of
    their own, and come first.
    """
    from xml.etree import ElementTree as ET

    # Without a declaration of an entity nothing can expand, and nothing outside is loaded.
    if len(text) > _LONGEST or "<!ENTITY" in text:
        raise ValueError("refused as XML: too long, or it declares entities")
    try:
        log = ET.fromstring(text.strip())  # noqa: S314
    except ET.ParseError as error:
        raise ValueError(f"not the XML of nvidia-smi: {error}") from None
    if log.tag != "nvidia_smi_log":
        raise ValueError(f"not the XML of nvidia-smi: <{log.tag}>")
    gpus = tuple(_gpu(index, element) for index, element in enumerate(log.findall("gpu")))
    return Listing(version(_text(log, "driver_version") or _text(log, "kmd_version")), gpus)


def _gpu(index: int, element: Element) -> Gpu:
    return Gpu(
        index,
        _text(element, "product_name") or "",
        mebibytes(_text(element, "fb_memory_usage/total") or ""),
        mode(_text(element, "gpu_virtualization_mode/virtualization_mode") or ""),
        switch(_text(element, "mig_mode/current_mig") or ""),
    )


def _text(element: Element, path: str) -> Optional[str]:
    found = element.findtext(path)
    return found.strip() if found else None
