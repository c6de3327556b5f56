"""The kit, started as people start it, where people start it."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scripts.kit.build import Kit
from tests.integration.kit import MODULES, Machine, python, statuses, unpacked
from tests.integration.running import CONCLUSION, Run, need_root
from tests.integration.world import World

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

STRANGER = 61234
"""A user whom nobody has heard of: no name, no home."""
SPIES = ("getconf", "ldd", "lscpu", "docker", "nvidia-smi", "sestatus", "python2.7", "gcc", "lspci")


def snapshot(root: Path) -> dict[str, tuple[int, int]]:
    """Every file and directory below, but for the log: when it was changed, and its size."""
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in root.rglob("*")
        if (path.is_file() and path.name != "envcheck.log") or (path.is_dir() and path.name != "scripts")
    }


def whole(run: Run) -> Run:
    """A run that gave the full report of all its checks."""
    assert run.status in {0, 1}, run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert run.stdout.splitlines()[-1].startswith(CONCLUSION), run.stdout[-500:]
    return run


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.13"])
def test_as_the_manual_says_by_any_python(version: str, kit: Path, machine_of_kit: Machine) -> None:
    command = python(version)
    listed = machine_of_kit.run(command, "envcheck.py", "list", cwd=kit)
    assert (listed.status, listed.stderr) == (0, "")
    assert all(module in listed.stdout for module in MODULES)

    run = whole(machine_of_kit.run(command, "envcheck.py", "offline-security-server", "face-server", cwd=kit))
    assert run.stdout.startswith(f"Log: {kit}/scripts/envcheck.log\n")
    assert "face-server" in run.stdout
    assert not list(kit.glob("*.pyc"))
    assert f"'{MODULES[2]}', '{MODULES[1]}'" in (kit / "scripts/envcheck.log").read_text("utf-8")


def test_nothing_is_written_but_the_log(kit: Path, machine_of_kit: Machine) -> None:
    before = snapshot(kit)
    for arguments in (["list"], ["face-server"], ["--lang", "zh"], ["nonsense"]):
        machine_of_kit.run(kit / "envcheck", *arguments)
    assert snapshot(kit) == before
    assert os.listdir(kit / "scripts") == ["envcheck.log"]
    assert list(Path(machine_of_kit.env["HOME"]).iterdir()) == []


def test_rules_are_edited_in_place(kit: Path, machine_of_kit: Machine) -> None:
    assert machine_of_kit.run(kit / "envcheck", "default", "--format", "json").statuses("tar") == ["pass"]
    rules = kit / "rules/default.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("module: default", "module: own").replace("  - tar\n", ""), "utf-8")
    rules.rename(kit / "rules/own.yaml")

    assert "own " in machine_of_kit.run(kit / "envcheck", "list").stdout
    assert "tar" not in machine_of_kit.run(kit / "envcheck", "own", "--format", "json").results()
    wrong = machine_of_kit.run(kit / "envcheck", "default")
    assert wrong.status == 2
    assert "unknown module 'default'" in wrong.stderr


def test_from_a_path_with_blanks_and_chinese_characters(
    kit: Path, machine_of_kit: Machine, tmp_path: Path
) -> None:
    place = tmp_path / "云平台 环境 检查 (1)"
    kit.rename(place)
    for env in ({"LANG": "C.UTF-8"}, {"LANG": None, "LC_ALL": "C"}, {"LANG": "zh_CN.GB18030"}):
        for command in ([place / "envcheck"], [sys.executable, place / "envcheck.py"], ["sh", "envcheck"]):
            run = whole(machine_of_kit.run(*command, "face-server", env=env, cwd=place))
            assert run.stdout.splitlines()[0].isascii() == ("LC_ALL" in env) or "UTF-8" not in str(env)
    assert (place / "scripts/envcheck.log").is_file()


def test_through_links_and_the_search_path(kit: Path, machine_of_kit: Machine, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "second").symlink_to(kit / "envcheck")
    (tmp_path / "bin/check").symlink_to("../second")
    expected = machine_of_kit.run(kit / "envcheck", "list").stdout
    path = {"PATH": f"{tmp_path}/bin:{kit}:/usr/bin:/bin"}
    assert machine_of_kit.run(tmp_path / "bin/check", "list").stdout == expected
    assert machine_of_kit.run("env", "check", "list", env=path).stdout == expected
    assert machine_of_kit.run("sh", "-c", "envcheck list", env=path).stdout == expected
    assert machine_of_kit.run("sh", "envcheck", "list", cwd=kit).stdout == expected
    assert machine_of_kit.run("./bin/check", "list", cwd=tmp_path).stdout == expected


def test_by_a_user_without_a_home(kit_files: Kit, machine_of_kit: Machine, short: Path) -> None:
    need_root()
    kit = unpacked(kit_files, short)
    short.chmod(0o755)
    stranger = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
    for home in (None, "/nonexistent"):
        run = machine_of_kit.run(*stranger, kit / "envcheck", "face-server", env={"HOME": home}, cwd=kit)
        assert "no log can be kept" in run.stderr
        assert "not run as root" in whole(run).stdout
    subprocess.run(["chown", "-R", str(STRANGER), kit], check=True)
    run = whole(machine_of_kit.run(*stranger, kit / "envcheck", "face-server", env={"HOME": None}, cwd=kit))
    assert run.stdout.startswith(f"Log: {kit}/scripts/envcheck.log\n")
    assert run.stderr == ""
    assert os.listdir(kit / "scripts") == ["envcheck.log"]


def test_from_a_read_only_file_system(kit: Path, machine_of_kit: Machine, world: World) -> None:
    world._do("mount", "--bind", kit, kit)
    world._do("mount", "-o", "remount,bind,ro", kit)
    state = Path(machine_of_kit.env["HOME"]) / "state"
    env = {"XDG_STATE_HOME": str(state)}
    run = whole(machine_of_kit.run(*world.prefix, kit / "envcheck", "face-server", env=env))
    log = state / "envcheck/envcheck.log"
    assert run.stdout.startswith(f"Log: {log}\n")
    assert run.stderr == ""
    assert log.is_file()
    assert os.listdir(kit / "scripts") == []


def test_with_tmp_mounted_noexec(kit: Path, machine_of_kit: Machine, world: World) -> None:
    world._do("mount", "--bind", kit, "/mnt")
    world._do("mount", "-t", "tmpfs", "-o", "noexec,nosuid", "tmpfs", "/tmp")
    run = whole(machine_of_kit.run(*world.prefix, "/mnt/envcheck", "face-server"))
    assert run.stdout.startswith("Log: /mnt/scripts/envcheck.log\n")


def test_itself_on_a_file_system_mounted_noexec(kit: Path, machine_of_kit: Machine, world: World) -> None:
    world._do("mount", "--bind", kit, kit)
    world._do("mount", "-o", "remount,bind,noexec", kit)
    for command in (["sh", kit / "envcheck"], [python("2.7"), kit / "envcheck.py"]):
        run = machine_of_kit.run(*world.prefix, *command, "face-server")
        assert run.status == 1
        assert "can be executed  not executable or mounted noexec" in run.stdout
        assert run.stdout.endswith(f"\n{CONCLUSION}fail\n")


def test_a_hostile_environment_steers_nothing(
    kit: Path, machine_of_kit: Machine, world: World, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    spy = f"#!/bin/sh\nexec 9>>{seen}/$$\n/usr/bin/env >&9\nexit 1\n"
    world.commands(dict.fromkeys(SPIES, spy))
    preloaded = _preloaded(tmp_path)
    evil = _evil(tmp_path)
    hostile = {
        "PYTHONHOME": str(evil),
        "PYTHONPATH": str(evil),
        "PYTHONSTARTUP": str(evil / "yaml.py"),
        "PYTHONINSPECT": "1",
        "PYTHONVERBOSE": "3",
        "PYTHONWARNINGS": "error",
        "LD_LIBRARY_PATH": str(evil),
        "LD_PRELOAD": str(preloaded),
        "LD_BIND_NOW": "1",
        "GCONV_PATH": str(evil),
        "IFS": "/",
        "CDPATH": str(evil),
    }
    plain = machine_of_kit.run(*world.prefix, kit / "envcheck", "default", "--format", "json")
    run = machine_of_kit.run(
        *world.prefix, "env", *(f"{name}={value}" for name, value in hostile.items()), kit / "envcheck",
        "default", "--format", "json", cwd=evil,
    )  # fmt: skip

    assert statuses(run) == statuses(plain)
    assert run.stderr == plain.stderr
    told = "".join(path.read_text() for path in seen.iterdir())
    assert "LC_ALL=C" in told, "no spy was run"
    assert "PYTHON" not in told
    assert "LD_" not in told
    assert str(evil) not in told
    loaded = (tmp_path / "loaded").read_text().split("\n")
    assert any(line.endswith(("dash", "sh")) for line in loaded), "the library was never preloaded"
    assert not any(str(kit) in line for line in loaded)


def _evil(folder: Path) -> Path:
    """A directory of modules and libraries that break whoever loads them."""
    evil = folder / "evil"
    evil.mkdir()
    for name in ("yaml", "psutil", "argparse", "envcheck", "sitecustomize", "encodings"):
        (evil / f"{name}.py").write_text("raise SystemExit('evil was loaded')\n")
    for name in ("libm.so.6", "libpthread.so.0", "libdl.so.2", "libutil.so.1"):
        (evil / name).write_text("no library")
    return evil


def _preloaded(folder: Path) -> Path:
    """A library that writes down which programs load it."""
    source = folder / "preloaded.c"
    source.write_text(
        "#include <stdio.h>\n#include <unistd.h>\n"
        "__attribute__((constructor)) static void told(void) {\n"
        '  char path[4096] = {0}; FILE *file = fopen(LOG, "a");\n'
        '  if (readlink("/proc/self/exe", path, sizeof path - 1) > 0 && file) fprintf(file, "%s\\n", path);\n'
        "  if (file) fclose(file);\n}\n"
    )
    library = folder / "preloaded.so"
    define = f'-DLOG="{folder}/loaded"'
    subprocess.run(["gcc", "-shared", "-fPIC", "-w", define, "-o", library, source], check=True)
    return library


def test_twice_at_once(kit: Path, machine_of_kit: Machine) -> None:
    def check(_: int) -> Run:
        return machine_of_kit.run(kit / "envcheck", *MODULES, "--format", "json")

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(check, range(2))
    assert statuses(one) == statuses(other)
    assert one.report["log"] == other.report["log"] == f"{kit}/scripts/envcheck.log"
    log = (kit / "scripts/envcheck.log").read_text("utf-8")
    assert log.count("; Python 3.11") == 2


def test_a_tls_engine_is_unknown_and_says_why(kit: Path, machine_of_kit: Machine) -> None:
    env = {"DOCKER_HOST": "tcp://127.0.0.1:2376", "DOCKER_TLS_VERIFY": "1"}
    run = machine_of_kit.run(kit / "envcheck", "face-server", "--format", "json", env=env)
    found = run.results()["docker"]
    assert found["status"] == "unknown"
    assert "the kit speaks no TLS" in found["reason"]


def test_a_recorded_host_in_an_xz_archive(kit: Path, machine_of_kit: Machine, tmp_path: Path) -> None:
    hosts = Path(__file__).parents[1] / "hosts"
    for ending, option in (("xz", "-J"), ("bz2", "-j"), ("gz", "-z")):
        archive = tmp_path / f"sosreport-x.tar.{ending}"
        subprocess.run(["tar", option, "-cf", archive, "-C", hosts, "centos72-p4"], check=True)
        arguments = ("default", "--format", "json", "--from", str(archive))
        by_kit = machine_of_kit.run(kit / "envcheck", *arguments)
        assert by_kit.stderr == f"envcheck: log: {kit}/scripts/envcheck.log\n"
        assert statuses(by_kit) == statuses(machine_of_kit.installed(*arguments))
        assert by_kit.statuses("kernel", "glibc") == ["pass", "pass"]


def test_bundles_are_made_and_read(kit: Path, machine_of_kit: Machine, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.tar.gz"
    made = machine_of_kit.run(kit / "envcheck", "bundle", "default", "-o", bundle)
    assert made.status == 0, made.stderr
    again = machine_of_kit.run(kit / "envcheck", "--from", bundle, "default", "--format", "json")
    live = machine_of_kit.run(kit / "envcheck", "default", "--format", "json")
    assert statuses(again) == statuses(live)


def test_nvml_is_the_hosts(kit: Path, machine_of_kit: Machine, world: World, nvml_stub: Any) -> None:  # noqa: ANN401
    library = nvml_stub([{"name": "Tesla P4", "memory": 7611, "virtualization": "none"}], driver="384.66")
    place = "/usr/lib/x86_64-linux-gnu"
    world.cards("1bb3", modules=("nvidia_uvm", "nvidia"))
    world._do("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={library}:{place}", place)
    run = machine_of_kit.run(*world.prefix, kit / "envcheck", "face-server", "--format", "json")
    found = run.results()
    assert (found["gpu"]["actual"], found["gpu"]["status"]) == ("GPU 0: Tesla P4, 7611 MiB", "pass")
    assert (found["nvidia-driver"]["actual"], found["nvidia-driver"]["source"]) == ("384.66", "nvml")
