"""What the launcher says of a machine on which the kit's interpreter cannot start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/kit/top/cannot-start.sh"
RUN = 'root=/kit status=$1 said=$2; shift 2; . "$0"'
PC = {"-s": "Linux", "-m": "x86_64", "-r": "3.10.0-327.el7.x86_64"}


def misses(
    tmp_path: Path, *, status: int = 127, said: str = "", shell: str = "sh", **uname: str
) -> list[str]:
    """The rows of the table; `uname` is what the command says of system, machine and release."""
    told = {**PC, **{f"-{name[0]}": value for name, value in uname.items()}}
    cases = "".join(f"{option}) echo '{text}' ;;\n" for option, text in told.items())
    (tmp_path / "uname").write_text(f"#!/bin/sh\ncase $1 in\n{cases}esac\n")
    (tmp_path / "uname").chmod(0o755)
    done = subprocess.run(
        [*shell.split(), "-c", RUN, SCRIPT, str(status), said, "face-server"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Not met:"
    assert lines[-1] == "The conclusion of environment checking is :fail"
    return [" ".join(line.split()[1:]) for line in lines if line.startswith("envcheck ")]


@pytest.mark.parametrize("shell", ["dash", "bash", "bash --posix"])
def test_another_architecture(tmp_path: Path, shell: str) -> None:
    found = misses(tmp_path, machine="aarch64", status=126, said="Exec format error", shell=shell)
    assert found == ["cpu-arch CPU architecture x86_64, 64-bit aarch64"]


def test_another_system(tmp_path: Path) -> None:
    assert misses(tmp_path, system="FreeBSD") == ["system Operating system Linux FreeBSD"]


@pytest.mark.parametrize("release", ["2.6.18-194.el5", "2.6.9-55.ELsmp", "2.4.21", "2.6.31.14"])
def test_an_old_kernel(tmp_path: Path, release: str) -> None:
    said = "FATAL: kernel too old"
    assert misses(tmp_path, release=release, said=said) == [f"kernel Linux kernel >= 2.6.32 {release}"]


@pytest.mark.parametrize("release", ["2.6.32", "2.6.32-754.el6", "3.10.0-1160.el7", "10.0", "6.18+"])
def test_a_kernel_that_is_new_enough(tmp_path: Path, release: str) -> None:
    found = misses(tmp_path, release=release, said="broken", status=99)
    assert found == ["kit The kit itself can start broken"]


def test_a_kernel_that_the_loader_refuses(tmp_path: Path) -> None:
    found = misses(tmp_path, said="FATAL: kernel too old", release="2.6.32")
    assert found == ["kernel Linux kernel >= 2.6.32 2.6.32"]


def test_no_right_to_run(tmp_path: Path) -> None:
    found = misses(tmp_path, status=126, said="sh: 1: /kit/lib/can-start: Permission denied")
    assert found == ["kit The kit itself can be executed not executable or mounted noexec: /kit/lib"]


def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    found = misses(tmp_path, status=126, said="/kit/lib/can-start: Exec format error")
    assert found == ["kit The kit itself can start /kit/lib/can-start: Exec format error"]


def test_nothing_is_said(tmp_path: Path) -> None:
    assert misses(tmp_path, status=139) == ["kit The kit itself can start exit status 139"]


def test_a_version_is_missing_though_the_c_library_is_new(tmp_path: Path) -> None:
    (row,) = misses(tmp_path, status=1, said="\ncan-start: version `GLIBC_2.17' not found\nmore")
    assert row.endswith("; can-start: version `GLIBC_2.17' not found")
