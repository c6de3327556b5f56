"""The library `distro` as a second reader of the release files of the written hosts.

It reads files of the machine it runs on, so probes, which read records too, cannot use it;
what it says of a file must all the same be what our own reader says.
"""

from __future__ import annotations

from pathlib import Path

import distro
import pytest

from envcheck.probes.formats import os_release

HOSTS = Path(__file__).parent.parent / "hosts"
RELEASES = sorted(HOSTS.glob("*/etc/os-release"))


def test_there_is_something_to_compare() -> None:
    assert len(RELEASES) > 20


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.parts[-3])
def test_every_value_is_read_as_distro_reads_it(path: Path) -> None:
    ours = {name.lower(): value for name, value in os_release.read(path.read_text("utf-8")).items()}
    theirs = distro.LinuxDistribution(
        include_lsb=False, include_uname=False, include_oslevel=False, os_release_file=str(path)
    ).os_release_info()
    theirs = {name: value for name, value in theirs.items() if name in ours}
    assert theirs == ours
