"""The written hosts of this repository; how they are read and compared is in `envcheck.written_hosts`."""

from __future__ import annotations

from pathlib import Path

from envcheck.written_hosts import Expected, differences, expectations, report_of

__all__ = ["HOSTS", "Expected", "differences", "expectations", "hosts", "report_of"]

HOSTS = Path(__file__).parent / "hosts"


def hosts() -> list[Path]:
    """The folders of the written hosts."""
    return sorted(path for path in HOSTS.iterdir() if path.is_dir())
