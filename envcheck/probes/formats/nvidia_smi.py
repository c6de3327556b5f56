"""Any output of nvidia-smi: which kind it is, or what it complains of."""

from __future__ import annotations

import re
from typing import Literal, Optional

from envcheck.lazy import regex
from envcheck.probes.formats import nvidia_smi_lists, nvidia_smi_query, nvidia_smi_table, nvidia_smi_xml
from envcheck.probes.formats.nvidia_gpu import Listing

Kind = Literal["version-mismatch", "no-contact", "no-library", "no-permission", "failed"]
_COMPLAINTS: tuple[tuple[Kind, str], ...] = (
    ("version-mismatch", r"Driver/library version mismatch"),
    ("no-contact", r"couldn't communicate with the NVIDIA driver|Driver Not Loaded"),
    ("no-library", r"couldn't find libnvidia-ml|nvidia-smi: .*not found"),
    ("no-permission", r"Insufficient Permissions?"),
    ("failed", r"Failed to initialize NVML|Unable to determine the device handle|NVIDIA-SMI has failed"),
)
_LIBRARY = regex(r"NVML library version:\s*([\d.]+)")


class SmiError(ValueError):
    """nvidia-smi failed. `str()` is its complaint; `library` the library's version, if told."""

    def __init__(self, kind: Kind, line: str, library: Optional[str] = None) -> None:
        super().__init__(line)
        self.kind = kind
        self.library = library


def read(text: str, command: str = "") -> Listing:
    """Read an output of `-q -x`, `-q`, `--list-gpus`, `--query-gpu=…` or of no option at all.

    Raises SmiError where it tells of a failure, ValueError where it is none of these.
    """
    start = text.lstrip()
    if start.startswith("<"):
        return nvidia_smi_xml.read(text)
    if "NVSMI LOG" in text:
        return nvidia_smi_query.read(text)
    if re.search(r"NVIDIA-SMI .*Version:", text):
        return nvidia_smi_table.read(text)
    if re.match(r"No devices were found", start):
        return Listing(None, ())
    _raise_complaint(text)
    if start.startswith("GPU "):
        return nvidia_smi_lists.read_list(text)
    return nvidia_smi_lists.read_csv(text, command)


def _raise_complaint(text: str) -> None:
    for line in text.splitlines():
        for kind, words in _COMPLAINTS:
            if re.search(words, line):
                library = _LIBRARY.search(text)
                raise SmiError(kind, line.strip().split(". ")[0], library[1] if library else None)
