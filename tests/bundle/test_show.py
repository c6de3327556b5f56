"""What `show` tells of a bundle."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from envcheck.bundle.manifest import LeftOut, Manifest, Member
from envcheck.bundle.show import show
from envcheck.host import UnusableRecord
from tests import written
from tests.bundle.archives import write
from tests.bundle.records import bundle


def manifest(**changes: object) -> Manifest:
    fields = {
        "host": "node1",
        "created": "2024-02-29T12:00:00+08:00",
        "modules": ("face-server",),
        "conclusion": "fail",
        "redacted": True,
        "members": (
            Member("host/proc/meminfo", 2_000, "0" * 64),
            Member("logs/install.log", 1_000_000, "0" * 64, whole=70_000_000, cut="time was up"),
        ),
        "left_out": (LeftOut("logs/other.log", "permission denied"),),
        "redactions": {"address": 3, "mac": 0, "user": 1},
        "versions": {"envcheck": "0.1.0"},
        **changes,
    }
    return Manifest(**fields)  # type: ignore[arg-type]


RESULT: dict[str, object] = {
    "module": "face-server",
    "id": "docker",
    "level": "required",
    "status": "fail",
    "title": "Docker",
    "requirement": "≥ 17.12",
    "actual": "1.13.1",
    "reason": None,
    "source": None,
    "hints": ["old"],
    "waived": None,
    "duration_s": 0.1,
}


def page(tmp_path: Path, made: Manifest, *results: dict[str, object]) -> str:
    report = {"schema": "envcheck.report/1", "results": results}
    members = {"manifest.json": made.to_json(), "report.json": json.dumps(report)}
    return str(show(str(write(tmp_path / "x.tar.gz", members))))


def test_the_page_says_what_there_is(tmp_path: Path) -> None:
    others: list[dict[str, object]] = [
        {**RESULT, "id": "gpu", "level": "recommended", "status": "unknown", "reason": "no answer in time"},
        {**RESULT, "id": "tar", "status": "pass"},
        {**RESULT, "id": "kernel", "waived": {"reason": "we know", "by": None, "until": None}},
    ]
    assert page(tmp_path, manifest(), RESULT, *others) == (
        "host      node1\n"
        "made      2024-02-29T12:00:00+08:00 by envcheck 0.1.0\n"
        "modules   face-server\n"
        "redacted  3 address, 1 user\n"
        "\n"
        "face-server: 2 fail, 1 unknown, 1 pass\n"
        "  fail    docker: 1.13.1\n"
        "  unknown *gpu: no answer in time\n"
        "  fail    ~kernel: 1.13.1 (waived)\n"
        "\n"
        "files: 2, 1 MB before compression\n"
        "        2 kB  host/ (1 files)\n"
        "        1 MB  logs/install.log (the end of 70 MB) (breaks off: time was up)\n"
        "left out:\n"
        "  logs/other.log: permission denied\n"
        "\n"
        "The conclusion of environment checking is :fail\n"
    )


def test_what_is_not_redacted_says_so(tmp_path: Path) -> None:
    assert "redacted  NO" in page(tmp_path, manifest(redacted=False))


def test_nothing_in_a_bundle_steers_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b[2J\r\nThe conclusion of environment checking is :pass\n\u202e"
    made = manifest(
        host=evil,
        created=evil,
        modules=(evil,),
        conclusion=evil,
        members=(Member(evil, 1, "0" * 64, 5, evil),),
        left_out=(LeftOut(evil, evil),),
        redactions={evil: 1},
        versions={evil: evil},
    )
    said = page(tmp_path, made, {**RESULT, "module": evil, "id": evil, "actual": evil})
    assert all(line.isprintable() for line in said.splitlines())
    assert not any(line.startswith("The conclusion") for line in said.splitlines()[:-1])


def test_a_real_bundle_is_shown(tmp_path: Path) -> None:
    report = bundle(tmp_path / "x.tar.gz", written.HOSTS / "nouveau-loaded")
    summary = show(str(tmp_path / "x.tar.gz"))
    said = str(summary)
    assert [(verdict.module, verdict.id, verdict.status) for verdict in summary.verdicts] == [
        (result.module, result.id, result.status) for result in report.results
    ]
    assert "fail    nouveau" in said
    assert said.endswith(f"The conclusion of environment checking is :{report.conclusion}\n")


@pytest.mark.parametrize(
    "report", ["", "{}", "[", '{"schema": "other/1", "results": []}', "[" * 100_000, '{"schema": 1}', None]
)
def test_a_bundle_without_a_report_is_refused(tmp_path: Path, report: str | None) -> None:
    members = {"manifest.json": manifest().to_json()}
    if report is not None:
        members["report.json"] = report
    path = write(tmp_path / "x.tar.gz", dict(members))
    with pytest.raises(UnusableRecord, match="report"):
        show(str(path))


@pytest.mark.parametrize(
    "wrong", [{"status": "great"}, {"id": 7}, {"hints": [1]}, {"hints": 3}, {"module": None}]
)
def test_a_report_that_is_none_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(UnusableRecord, match="damaged"):
        page(tmp_path, manifest(), {**RESULT, **wrong})


def test_a_large_report_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    report = tarfile.TarInfo("report.json")
    report.size = 1 << 40
    write(path, {"manifest.json": manifest().to_json(), "x": report})
    with pytest.raises(UnusableRecord, match="larger than"):
        show(str(path))
