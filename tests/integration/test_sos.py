"""A report of this machine by the distribution's own sos, checked instead of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.running import Envcheck, need_root

pytestmark = pytest.mark.integration

MODULES = ("default", "face-server", "offline-security-server")
PLUGINS = (
    "block,date,devices,dpkg,filesys,hardware,host,kernel,memory,networking,pci,process,processor,python,"
    "release,system,xfs"
)
"""Those that collect what a check asks for; others look at logs and services for minutes."""
COLLECTED = (
    "cpu-arch",
    "memory",
    "os-release",
    "kernel",
    "glibc",
    "gcc",
    "tar",
    "root",
    "wired-lan",
    "ports",
)

Results = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    need_root()
    sos = shutil.which("sos")
    assert sos is not None, "sosreport is to be installed: see scripts/test.sh"
    folder = tmp_path_factory.mktemp("sos")
    done = subprocess.run(
        [sos, "report", "--batch", "--quiet", "--tmp-dir", folder, "-o", PLUGINS, "--plugin-timeout", "20"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = [
        path for path in folder.iterdir() if ".tar" in path.name and path.suffix not in (".md5", ".sha256")
    ]
    yield made
    shutil.rmtree(folder)


def results(envcheck: Envcheck, *arguments: str) -> Results:
    report = envcheck.json(*arguments, *MODULES).report
    return {(result["module"], result["id"]): result for result in report["results"]}


@pytest.fixture
def both(envcheck: Envcheck, archive: Path) -> tuple[Results, Results]:
    """The results of the machine and of its report. No engine is asked: sos asks none."""
    return results(envcheck), results(envcheck, "--from", str(archive))


def test_what_both_know_is_the_same(both: tuple[Results, Results]) -> None:
    live, recorded = both
    assert live.keys() == recorded.keys()
    compared = set()
    for check, result in live.items():
        statuses = {result["status"], recorded[check]["status"]}
        if not statuses & {"unknown", "skipped"}:  # what the record lacks blocks other checks
            assert len(statuses) == 1, (result, recorded[check])
            compared.add(check)
    assert {("default", name) for name in COLLECTED} <= compared


def test_what_sos_does_not_collect_is_unknown_and_never_passes(both: tuple[Results, Results]) -> None:
    _, recorded = both
    for name in ("docker", "daemon-json", "selinux-config"):
        result = recorded["face-server", name]
        assert result["status"] == "unknown"
        assert "not in this record" in result["reason"]
    for name in ("storage-driver", "docker-space", "nvidia-docker2"):
        assert recorded["face-server", name]["status"] == "skipped"


def test_unpacked_or_packed_otherwise_it_is_the_same_host(
    envcheck: Envcheck, archive: Path, tmp_path: Path
) -> None:
    """sos writes .tar.xz where it can, and .tar.gz where not."""
    subprocess.run(["tar", "xf", archive, "-C", tmp_path], check=True)
    (folder,) = [path for path in tmp_path.iterdir() if path.name.startswith("sosreport")]
    gzipped = tmp_path / "x.tar.gz"
    subprocess.run(["tar", "czf", gzipped, "-C", tmp_path, folder.name], check=True)
    found = [results(envcheck, "--from", str(path)) for path in (archive, folder, gzipped)]
    for each in found:
        for result in each.values():
            del result["duration_s"]
    assert found[0] == found[1] == found[2]


def test_the_report_bears_the_hosts_name(envcheck: Envcheck, archive: Path) -> None:
    report = envcheck.json("--from", str(archive), "default").report
    assert os.uname().nodename.startswith(report["host"])
