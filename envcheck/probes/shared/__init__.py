"""Questions that several probes put to a host, and the reading of their answers."""

from __future__ import annotations

from envcheck.lazy import submodules

__getattr__ = submodules(__name__)
