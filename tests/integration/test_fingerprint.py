"""What the fingerprint tool needs, on this machine: /tmp, the C++ runtime, the archive of fingerprints."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.integration.running import Envcheck
from tests.integration.world import World, copy_package

pytestmark = pytest.mark.integration


def checked(envcheck: Envcheck, name: str, *more: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    found: dict[str, Any] = envcheck.json("fingerprint", *more, **options).results()[name]
    return found


@pytest.mark.parametrize(
    ("options", "actual"),
    [
        ("mode=1777,size=1m", "/tmp may be written to"),
        ("mode=1777,ro", "/tmp: its file system is mounted read-only"),
        ("mode=1777,size=1m,nr_inodes=1", "/tmp: no inodes are left"),
        ("mode=1777,noexec,size=1m", "/tmp may be written to"),
    ],
)
def test_a_tmp_of_its_own(envcheck: Envcheck, world: World, options: str, actual: str) -> None:
    world.tmpfs("/tmp", options)
    # The command's own home lies below /tmp as a rule, and would be covered.
    env = {"HOME": "/nonexistent", "XDG_STATE_HOME": None, "TMPDIR": "/var/tmp"}
    found = checked(envcheck, "tmp-writable", prefix=world.prefix, env=env)
    assert (found["status"], found["actual"]) == ("pass" if "may" in actual else "fail", actual)


def test_nothing_is_written_to_tmp(envcheck: Envcheck, world: World, short: Path) -> None:
    world.bind(short, "/tmp")
    before = os.stat(short)
    checked(
        envcheck, "tmp-writable", prefix=world.prefix, env={"HOME": "/nonexistent", "XDG_STATE_HOME": None}
    )
    assert (os.stat(short).st_mtime_ns, os.listdir(short)) == (before.st_mtime_ns, [])


def test_a_user_who_may_not(envcheck: Envcheck, world: World) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # what lies below /tmp would be covered
        package = copy_package(Path(__file__).parents[2], Path(folder, "package"))
        world.as_nobody([package])
        world.tmpfs("/tmp", "mode=755,size=1m")
        env = {"PYTHONPATH": str(package), "HOME": "/nonexistent", "XDG_STATE_HOME": None}
        found = checked(envcheck, "tmp-writable", prefix=world.prefix, env=env, cwd="/")
    assert (found["status"], found["actual"]) == ("fail", "/tmp: permission denied")


def library(folder: Path, last: int) -> Path:
    """A library that defines GLIBCXX_3.4 and what follows, up to 3.4.`last`."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc")
    folder.mkdir()
    names = ["GLIBCXX_3.4", *(f"GLIBCXX_3.4.{number}" for number in range(1, last + 1))]
    nodes = [f"{name} {{ global: f{at}; }} {names[at - 1] if at else ''};" for at, name in enumerate(names)]
    (folder / "map").write_text("\n".join(nodes), encoding="ascii")
    (folder / "f.c").write_text("\n".join(f"int f{at}(void) {{ return {at}; }}" for at in range(len(names))))
    command = ["gcc", "-shared", "-fPIC", "-Wl,--version-script=map", "-Wl,-soname=libstdc++.so.6"]
    subprocess.run([*command, "-o", "libstdc++.so.6", "f.c"], cwd=folder, check=True)
    return folder / "libstdc++.so.6"


@pytest.mark.parametrize(("last", "status"), [(19, "pass"), (18, "fail"), (9, "fail"), (30, "pass")])
def test_the_linkers_library_counts(
    envcheck: Envcheck, world: World, tmp_path: Path, last: int, status: str
) -> None:
    made = library(tmp_path / "library", last)
    world.commands({"ldconfig": f"#!/bin/sh\nprintf '\\tlibstdc++.so.6 (libc6,x86-64) => {made}\\n'\n"})
    found = checked(envcheck, "libstdcxx", prefix=world.prefix)
    assert (found["status"], found["actual"]) == (status, f"3.4.{last}")


def test_the_machines_own_library(envcheck: Envcheck) -> None:
    """As the words in it say, which an ELF reader is not to be led by."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    paths = [line.split()[-1] for line in listed.splitlines() if "libstdc++.so.6 (libc6,x86-64" in line]
    if not paths:
        pytest.skip("this machine has no C++ runtime")
    words = Path(paths[0]).read_bytes().split(b"\0")
    numbers = [word[len(b"GLIBCXX_") :] for word in words if word.startswith(b"GLIBCXX_3.4.")]
    highest = max(tuple(map(int, number.split(b"."))) for number in numbers)
    assert checked(envcheck, "libstdcxx")["actual"] == ".".join(map(str, highest))


def test_an_archive_packed_as_the_manual_says_and_one_from_outside(
    envcheck: Envcheck, tmp_path: Path
) -> None:
    fingers = tmp_path / "fingers"
    fingers.mkdir()
    for address in ("192.0.2.10", "192.0.2.11"):
        (fingers / f"secfile_{address}").write_text("fingerprint")
    subprocess.run(["sh", "-c", "tar czf ../finger.tar.gz ./*"], cwd=fingers, check=True)
    subprocess.run(["tar", "czf", "outside.tar.gz", "fingers"], cwd=tmp_path, check=True)
    flat = checked(envcheck, "fingerprint-archive", "--set", f"fingerprint-archive={tmp_path}/finger.tar.gz")
    assert (flat["status"], flat["actual"]) == ("pass", "fingerprints of 2 machines")
    folder = checked(
        envcheck, "fingerprint-archive", "--set", f"fingerprint-archive={tmp_path}/outside.tar.gz"
    )
    assert (folder["status"], folder["hints"]) == ("fail", ["fingerprint-archive-wrong"])


def test_a_gigabyte_of_zeros_takes_little_memory(envcheck: Envcheck, tmp_path: Path) -> None:
    make = "truncate -s 1G secfile_192.0.2.10 && tar cf - secfile_192.0.2.10 | gzip -1 > bomb.tar.gz"
    subprocess.run(["sh", "-c", make], cwd=tmp_path, check=True)
    chosen = f"fingerprint-archive={tmp_path}/bomb.tar.gz"
    limit = ["prlimit", f"--data={200 << 20}", "--"]
    found = checked(envcheck, "fingerprint-archive", "--set", chosen, prefix=limit)
    assert (found["status"], found["actual"]) == ("pass", "fingerprints of 1 machines")
