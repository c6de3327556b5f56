"""Redaction: what identifies a host or a person, and every secret, does not travel."""

from __future__ import annotations

from envcheck.bundle.redact.redactor import Redactor

__all__ = ["Redactor"]
