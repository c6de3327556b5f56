"""Readers of the texts that commands print and files hold: pure functions, text in, data out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from envcheck.lazy import submodules

    __getattr__ = submodules(__name__)
