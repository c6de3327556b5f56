"""The text of hostnamectl."""

from __future__ import annotations


def read(text: str) -> dict[str, str]:
    """The values by label (`Virtualization`, `Operating System`, …); raises ValueError."""
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    values = {label.strip(): value.strip() for label, value in pairs}
    if not values.keys() & {"Operating System", "Machine ID", "Kernel", "Architecture"}:
        raise ValueError("not the output of hostnamectl")
    return values
