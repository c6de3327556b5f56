"""Files below /proc/driver/nvidia."""

from __future__ import annotations

import re

from envcheck.lazy import regex
from envcheck.probes.formats.nvidia_gpu import Gpu

_KERNEL_MODULE = regex(r"^NVRM version:.*?\bKernel Module(?: for \S+)?\s+(\d+\.[\d.]*\d)", re.MULTILINE)
_MODEL = regex(r"^Model:\s*(\S.*?)\s*$", re.MULTILINE)


def read_version(text: str) -> str:
    """The loaded module's version, from `version`; raises ValueError.

    The file's second line names the compiler that built it, with a version of its own.
    """
    match = _KERNEL_MODULE.search(text)
    if match is None:
        raise ValueError("no version in /proc/driver/nvidia/version")
    return match[1]


def read_information(index: int, text: str) -> Gpu:
    """A GPU from `gpus/*/information`, which tells its name but no memory; raises ValueError."""
    match = _MODEL.search(text)
    if match is None:
        raise ValueError("no model in /proc/driver/nvidia/gpus")
    return Gpu(index, match[1])
