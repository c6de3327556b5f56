"""A bundle laid out is a written host: a case of a customer becomes a test."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import envcheck
from envcheck.bundle.unpack import unpack
from envcheck.errors import RequestError
from tests import written
from tests.bundle.archives import REPOSITORY, add, special, write
from tests.bundle.records import bundle, rule_sets, timeless

NAMES = [
    "centos72-p4",
    "nouveau-loaded",
    "docker-denied",
    "ubuntu1804-docker29",
    "selinux-permissive-until-reboot",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_host_gets_the_verdicts_that_it_expects(tmp_path: Path, name: str) -> None:
    report = bundle(tmp_path / "x.tar.gz", written.HOSTS / name)
    assert unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / "case")).left_out == {}
    expectations = written.expectations(tmp_path / "case")
    assert [each.module for each in expectations] == [rules.module for rules in rule_sets()]
    for expected in expectations:
        results = [result for result in report.results if result.module == expected.module]
        assert expected.results == {result.id: result.status for result in results}
        assert set(expected.hints) == {result.id for result in results if result.missed}
        again = envcheck.check(expected.module, from_path=tmp_path / "case")
        assert written.differences(expected, again) == []


def test_the_conclusion_is_that_of_each_module(tmp_path: Path) -> None:
    bundle(tmp_path / "x.tar.gz", written.HOSTS / "centos72-p4")
    unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / "case"))
    for expected in written.expectations(tmp_path / "case"):
        alone = envcheck.check(expected.module, from_path=written.HOSTS / "centos72-p4")
        assert expected.conclusion == alone.conclusion


def test_bundle_and_unpacked_host_give_one_report(tmp_path: Path) -> None:
    report = bundle(tmp_path / "x.tar.gz", written.HOSTS / "centos72-p4")
    unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / "case"))
    modules = [rules.module for rules in rule_sets()]
    for place in ("x.tar.gz", "case"):
        assert timeless(envcheck.check(*modules, from_path=tmp_path / place)) == timeless(report)


def test_only_the_user_may_look(tmp_path: Path) -> None:
    bundle(tmp_path / "x.tar.gz", written.HOSTS / "centos72-p4")
    unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / "case"))
    assert stat.S_IMODE((tmp_path / "case").stat().st_mode) == 0o700


def test_an_empty_directory_is_taken_and_another_is_not(tmp_path: Path) -> None:
    bundle(tmp_path / "x.tar.gz", written.HOSTS / "centos72-p4")
    (tmp_path / "case").mkdir()
    unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / "case"))
    with pytest.raises(RequestError, match="is not empty"):
        unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / "case"))
    for wrong in ("none/case", "x.tar.gz", "x.tar.gz/case"):
        with pytest.raises(RequestError, match="can't be written"):
            unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / wrong))


def nothing_else(tmp_path: Path, *names: str) -> bool:
    return {path.name for path in tmp_path.iterdir()} == set(names)


@pytest.mark.parametrize("harm", ["truncated", "text", "no bundle", "no record", "no report"])
def test_what_is_no_bundle_leaves_nothing(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "x.tar.gz"
    bundle(path, written.HOSTS / "centos72-p4")
    if harm == "truncated":
        path.write_bytes(path.read_bytes()[:-2000])
    elif harm == "text":
        path.write_text("hello")
    elif harm == "no bundle":
        write(path, {"etc/hosts": "x"})
    else:
        lost = "report.json" if harm == "no report" else "host/sos_commands/envcheck/answers.json"
        with tarfile.open(path) as old, tarfile.open(tmp_path / "new", "w:gz") as new:
            for header in old:
                if header.name != lost:
                    new.addfile(header, old.extractfile(header))
        os.replace(tmp_path / "new", path)
    with pytest.raises(RequestError):
        unpack(str(path), str(tmp_path / "case"))
    assert nothing_else(tmp_path, "x.tar.gz")


def test_what_does_not_belong_is_left_out(tmp_path: Path) -> None:
    bundle(tmp_path / "x.tar.gz", written.HOSTS / "centos72-p4")
    with tarfile.open(tmp_path / "x.tar.gz") as old, tarfile.open(tmp_path / "y.tar", "w") as new:
        for header in old:
            new.addfile(header, old.extractfile(header))
        new.addfile(special("host/link", tarfile.SYMTYPE, "etc/passwd"))
        new.addfile(special("host/hard", tarfile.LNKTYPE, "host/proc/meminfo"))
        new.addfile(special("host/device", tarfile.CHRTYPE))
        add(new, "host/expected.yaml", "[]")
        add(new, "host/../../out", "x")
        add(new, "elsewhere", "x")
    left_out = unpack(str(tmp_path / "y.tar"), str(tmp_path / "case")).left_out
    assert {"link", "hard", "device", "expected.yaml"} <= set(left_out)
    assert nothing_else(tmp_path, "x.tar.gz", "y.tar", "case")
    assert not any(path.is_symlink() or path.name == "elsewhere" for path in (tmp_path / "case").rglob("*"))
    assert written.expectations(tmp_path / "case")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle(tmp_path / "x.tar.gz", written.HOSTS / "centos72-p4")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(RequestError, match="No space left on device"):
        unpack(str(tmp_path / "x.tar.gz"), str(tmp_path / "case"))
    assert nothing_else(tmp_path, "x.tar.gz")


def test_the_command_unpacks(tmp_path: Path) -> None:
    bundle(tmp_path / "x.tar.gz", written.HOSTS / "centos72-p4")
    command = [sys.executable, "-m", "envcheck", "bundle", "unpack", "x.tar.gz", "case"]
    ended = [
        subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        for _ in range(2)
    ]
    assert [each.returncode for each in ended] == [0, 2]
    assert written.expectations(tmp_path / "case")
