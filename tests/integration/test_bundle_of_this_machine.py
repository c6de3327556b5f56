"""A bundle gives the report of the host that it was made on, wherever it is opened."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.integration.running import Envcheck

pytestmark = pytest.mark.integration

MODULES = ("default", "face-server", "offline-security-server")


def made(envcheck: Envcheck, path: Path, *arguments: str) -> dict[str, Any]:
    """Make a bundle; returns its report without durations."""
    run = envcheck.run("bundle", *arguments, "--max-size", "1MB", "-o", str(path))
    assert run.status == 0, run.stderr
    with tarfile.open(path) as archive:
        file = archive.extractfile("report.json")
        assert file is not None
        return timeless(json.load(file))


def timeless(report: dict[str, Any]) -> dict[str, Any]:
    for result in report["results"]:
        del result["duration_s"]
    return {name: value for name, value in report.items() if name not in ("duration_s", "log")}


def replayed(envcheck: Envcheck, path: Path, *modules: str) -> dict[str, Any]:
    return timeless(envcheck.json("--from", str(path), *modules).report)


@pytest.mark.parametrize("options", [(), ("--no-redact",)], ids=["redacted", "not redacted"])
def test_the_report_is_that_of_the_host(envcheck: Envcheck, tmp_path: Path, options: tuple[str, ...]) -> None:
    path = tmp_path / ("x-unredacted.tar.gz" if options else "x.tar.gz")
    report = made(envcheck, path, *MODULES, *options)
    assert len(report["results"]) > 50
    again = replayed(envcheck, path, *MODULES)
    assert again == report


def test_redaction_changes_no_verdict(envcheck: Envcheck, tmp_path: Path) -> None:
    plain, redacted = tmp_path / "plain-unredacted.tar.gz", tmp_path / "redacted.tar.gz"
    report = made(envcheck, plain, *MODULES, "--no-redact")
    run = envcheck.run("bundle", "redact", str(plain), "-o", str(redacted))
    assert run.status == 0, run.stderr
    verdicts = [(each["module"], each["id"], each["status"], each["hints"]) for each in report["results"]]
    again = replayed(envcheck, redacted, *MODULES)["results"]
    assert [(each["module"], each["id"], each["status"], each["hints"]) for each in again] == verdicts


def test_what_was_never_asked_is_not_in_the_record(envcheck: Envcheck, tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    made(envcheck, path, "offline-security-server")
    results = {each["id"]: each for each in replayed(envcheck, path, "face-server")["results"]}
    for name in ("docker", "nvidia-card", "selinux", "nouveau", "daemon-json"):
        assert results[name]["status"] == "unknown"
        assert "not in this record" in results[name]["reason"]
    assert results["kernel"]["status"] == "pass"
