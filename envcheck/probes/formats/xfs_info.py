"""The output of `xfs_info`."""

from __future__ import annotations

import re

from envcheck.lazy import regex

_FTYPE = regex(r"^naming\s.*\bftype=(\d)", re.MULTILINE)
_NAMING = regex(r"^naming\s+=version", re.MULTILINE)


def d_type(text: str) -> bool:
    """Whether directory entries hold their file type (`ftype=1`), which overlay2 needs.

    Raises ValueError where it is not told.
    """
    match = _FTYPE.search(text)
    if match is None:
        told = "tells no ftype" if _NAMING.search(text) else "is not in the format of xfs_info"
        raise ValueError(f"the output {told}")
    return match[1] == "1"
