"""JSON that anybody may have written, as far as there is memory for it."""

from __future__ import annotations

from typing import Any

MAX_PARTS = 500_000
"""Lists, objects and what is in them. Each takes up to 120 bytes, and may be written in two."""


def parse(text: str) -> Any:  # noqa: ANN401 - JSON
    """The text as JSON. Raises ValueError, RecursionError."""
    import json

    if text.count(",") + text.count("[") + text.count("{") > MAX_PARTS:
        raise ValueError(f"it has more than {MAX_PARTS} parts")
    return json.loads(text)
