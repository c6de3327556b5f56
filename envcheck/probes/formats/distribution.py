"""Which distribution the names in release files mean.

A rebuild or derivative is not its parent, whatever its ID or ID_LIKE say. So the parents are
told by the whole of what a host says of itself: one name that is not theirs, and it is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Optional

from envcheck.lazy import regex

_PARENTS = {
    "rhel": regex(r"red ?hat ?enterprise ?(?:linux)?(?:\W|server|workstation|client|$)"),
    "centos": regex(r"centos(?: linux)?(?:\W|$)"),
    "ubuntu": regex(r"ubuntu(?:\W|$)"),
    "sles": regex(
        r"sles(?:[ _-]sap)?(?:\W|$)|suse linux enterprise server|suse linux(?! enterprise)(?:\W|$)|suse$"
    ),
}
_NAMES = (  # names that are not simply the id with capitals
    ("centos-stream", r"centos[ -]stream"),
    ("scientific", r"scientific"),
    ("linuxmint", r"linux ?mint"),
    ("oracle", r"oracle|enterprise linux enterprise"),
    ("amazon", r"amazon"),
    ("rocky", r"rocky"),
    ("almalinux", r"almalinux"),
    ("cloudlinux", r"cloudlinux"),
    ("opensuse", r"opensuse"),
    ("sled", r"sled\b|suse linux enterprise desktop"),
    ("rhev-h", r"red hat (?:enterprise )?virtualization|rhev|red hat enterprise hypervisor|ovirt"),
    ("rhel-atomic", r"red hat enterprise linux atomic"),
    ("rhcos", r"red hat enterprise linux coreos"),
    ("fedora", r"fedora"),
    ("debian", r"debian"),
)
_IDS = {"ol": "oracle", "amzn": "amazon", "sles_sap": "sles", "sles-sap": "sles", "redhat": "rhel"}
_HYPERVISOR = regex(r"hypervisor|virtualization|ovirt|atomic|coreos", re.IGNORECASE)


@lru_cache(maxsize=64)  # a host says its name in several files
def by_name(name: str) -> Optional[str]:
    """The id of the distribution of this (pretty) name; None where there is no name."""
    text = name.strip().lower()
    if not text:
        return None
    for known, pattern in _NAMES:
        if re.match(pattern, text):
            return known
    for parent, names in _PARENTS.items():
        if names.match(text):
            return parent
    return re.sub(r"[^a-z0-9]+", "-", re.split(r" release |\s\d", text)[0]).strip("-") or None


def of_os_release(values: Mapping[str, str]) -> Optional[str]:
    """The id that the whole of an os-release means."""
    raw = values.get("ID", "").lower()
    claimed = _IDS.get(raw, raw) or by_name(values.get("NAME", ""))
    if claimed not in _PARENTS:
        return claimed
    variant = values.get("VARIANT", "")
    if _HYPERVISOR.search(f"{variant} {values.get('CPE_NAME', '')}"):
        named = by_name(values.get("PRETTY_NAME", ""))
        return named if named not in _PARENTS and named else by_name(variant) or f"{claimed}-variant"
    return settle(claimed, (by_name(values.get(key, "")) for key in ("NAME", "PRETTY_NAME")))


def settle(claimed: Optional[str], others: Iterable[Optional[str]]) -> Optional[str]:
    """`claimed`, unless it is a parent and one of the others names what is none."""
    if claimed is not None and claimed not in _PARENTS:
        return claimed
    named = [other for other in others if other]
    return next((other for other in named if other not in _PARENTS), claimed or (named[0] if named else None))
