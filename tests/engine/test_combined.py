"""Several modules on one host: free space adds up, ports clash, what is installed does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import envcheck
from envcheck import Report, RequestError, Result
from tests.written import HOSTS

DF = "sos_commands/filesys/df_-al_-x_autofs"
ROOT = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/sda3 447000000 37000000 {} 8% /\n"
HEAD = """\
module: {}
title: {{en: M, zh: M}}
description: {{en: M, zh: M}}
checks:
"""
PORTS = """\
  - id: ports
    title: {{en: Ports, zh: 端口}}
    fact: ports.busy
    require: {{none: {{number: {}}}}}
    claims: ports
{}"""


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A whole host; `df` says what is free."""
    return Path(shutil.copytree(HOSTS / "centos72-p4", tmp_path / "host", symlinks=True))


def _free(host: Path, gigabytes: int, more: str = "") -> Path:
    (host / DF).write_text(ROOT.format(gigabytes * 10**9 // 1024) + more)
    return host


def _combined(report: Report, check: str) -> Result:
    (found,) = (result for result in report.results if (result.module, result.id) == ("*", check))
    return found


def _module(folder: Path, name: str, checks: str) -> None:
    (folder / f"{name}.yaml").write_text(HEAD.format(name) + checks)


def _port_module(folder: Path, name: str, ports: str, more: str = "") -> None:
    _module(folder, name, PORTS.format(ports, more))


def test_what_fails_alone_does_not_fail_twice(host: Path) -> None:
    report = envcheck.check("default", "face-server", from_path=_free(host, 77))
    found = _combined(report, "combined-space")
    assert (found.status, found.reason and found.reason.en) == (
        "skipped",
        "blocked by default.disk-free-images",
    )


def test_what_is_waived_claims_nothing(host: Path) -> None:
    waive = {"default.disk-free-images": "images come from elsewhere"}
    report = envcheck.check("default", "face-server", from_path=_free(host, 77), waive=waive)
    assert not [result for result in report.results if result.id == "combined-space"]
    assert report.passed


def test_the_sum_can_be_waived(host: Path) -> None:
    waive = {"*.combined-space": "the disk will be enlarged"}
    report = envcheck.check("default", "face-server", from_path=_free(host, 129), waive=waive)
    found = _combined(report, "combined-space")
    assert (found.status, found.waived and found.waived.reason) == ("fail", "the disk will be enlarged")
    assert report.passed


@pytest.mark.parametrize(("gigabytes", "status"), [(131, "pass"), (129, "fail"), (101, "fail")])
def test_free_space_adds_up(host: Path, gigabytes: int, status: str) -> None:
    """100 GB for images and 30 GB for containers: each finds enough in 101 GB."""
    report = envcheck.check("default", "face-server", from_path=_free(host, gigabytes))
    alone = {(result.module, result.id): result.status for result in report.results}
    assert alone["default", "disk-free-images"] == alone["face-server", "docker-space"] == "pass"
    found = _combined(report, "combined-space")
    assert found.status == status
    assert found.actual is not None
    parts = "default.disk-free-images 100 GB, face-server.docker-space 30 GB"
    assert f"130 GB wanted ({parts})" in found.actual.en
    assert report.passed is (status == "pass")
    assert found.hints == (("modules-need-more-space",) if status == "fail" else ())


def test_installed_disks_and_memory_do_not_add_up(host: Path) -> None:
    """Each module wants 32 GB and 512 GB installed; one such machine does for all."""
    report = envcheck.check("default", "face-server", "offline-security-server", from_path=host)
    assert report.passed
    assert [result.id for result in report.results if result.module == "*"] == [
        "combined-space",
        "ports-clash",
    ]


def test_on_two_file_systems_nothing_adds_up(host: Path) -> None:
    info = host / "sos_commands/docker/docker_info"
    info.write_text(info.read_text().replace("Docker Root Dir: /home/", "Docker Root Dir: /var/"))
    home = "/dev/sdb1 3904000000 204000000 3700000000 5% /home\n"
    report = envcheck.check("face-server", "databus", from_path=_free(host, 31, home))
    found = _combined(report, "combined-space")
    assert (found.status, found.actual and found.actual.en) == ("pass", "on different file systems")


def test_one_file_system_mounted_twice_is_one(host: Path) -> None:
    home = "/dev/sda3 447000000 37000000 44000000 8% /home\n"
    report = envcheck.check("face-server", "databus", from_path=_free(host, 45, home))
    assert _combined(report, "combined-space").status == "fail"


def test_space_of_what_cannot_be_placed_is_not_passed(tmp_path: Path) -> None:
    report = envcheck.check("default", "face-server", from_path=_empty(tmp_path))
    found = _combined(report, "combined-space")
    assert found.status in ("unknown", "skipped")
    assert found.reason is not None
    assert "not known where default.disk-free-images" in found.reason.en


def _empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_one_module_combines_with_nothing(host: Path) -> None:
    report = envcheck.check("face-server", from_path=host)
    assert not [result for result in report.results if result.module == "*"]


def test_a_port_that_two_want_is_free_and_yet_a_clash(host: Path, tmp_path: Path) -> None:
    _port_module(tmp_path, "one", "[8443, 9000]")
    _port_module(tmp_path, "two", "8443")
    _port_module(tmp_path, "three", "9001")
    report = envcheck.check("one", "two", "three", from_path=host, rules=[tmp_path])
    found = _combined(report, "ports-clash")
    assert (found.status, found.actual and found.actual.en) == ("fail", "8443 is wanted by one and two")
    assert not report.passed
    apart = envcheck.check("one", "three", from_path=host, rules=[tmp_path])
    assert _combined(apart, "ports-clash").status == "pass"


def test_a_recommended_port_claims_nothing(host: Path, tmp_path: Path) -> None:
    _port_module(tmp_path, "one", "8443")
    _port_module(tmp_path, "two", "8443", "    level: recommended\n")
    report = envcheck.check("one", "two", from_path=host, rules=[tmp_path])
    assert not [result for result in report.results if result.module == "*"]


def test_a_check_that_modules_share_is_one_row_and_two_results(
    host: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from envcheck import cli

    modules = ["offline-security-server", "face-server"]
    assert cli.main([*modules, "--from", str(host), "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    both = lines.index("offline-security-server, face-server")
    assert sum(line.split()[1:2] == ["kernel"] for line in lines) == 1
    assert any(line.split()[1:2] == ["kernel"] for line in lines[both : lines.index("", both)])
    report = envcheck.check(*modules, from_path=host)
    assert [result.module for result in report.results if result.id == "kernel"] == modules


@pytest.mark.parametrize(
    ("claims", "require", "words"),
    [
        ("ports", "{count: '< 5'}", "claims: ports needs a requirement such as"),
        ("space", "{none: {number: 1}}", "unknown claim 'space': it is `ports`, or {space: FACT}"),
        ("{space: ports.busy}", "{none: {number: 1}}", "ports.busy tells no free space"),
        ("{space: 'path[/].space'}", "{none: {number: 1}}", "no lower bound of free space"),
        ("{room: x}", "{none: {number: 1}}", "unknown key 'room'"),
    ],
)
def test_a_claim_that_says_nothing_is_an_error(
    host: Path, tmp_path: Path, claims: str, require: str, words: str
) -> None:
    text = (
        PORTS.format(1, "")
        .replace("{none: {number: 1}}", require)
        .replace("claims: ports", f"claims: {claims}")
    )
    _module(tmp_path, "one", text)
    with pytest.raises(RequestError, match=r"one\.yaml:\d+:\d+: ") as raised:
        envcheck.check("one", from_path=host, rules=[tmp_path])
    assert words in str(raised.value)
