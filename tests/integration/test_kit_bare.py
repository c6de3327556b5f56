"""The kit where next to nothing is: chroots with a shell and the C library, or not even that."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from wcwidth import wcswidth

from tests.integration.kit import MODULES, NEEDED, Machine, lacking
from tests.integration.running import CONCLUSION, Run, need_root

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

LOADER = "lib64/ld-linux-x86-64.so.2"
FAKE_LOADER = r"""
/* What a dynamic loader says and does, for a machine that cannot be had here. No libc: it is one's loader.
   Asked to run libc.so.6 it tells the version, as libc does; else it refuses to start the program. */
#define STRING(x) #x
static long call(long n, long a, const void *b, long c) {
  long r; __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return r;
}
__attribute__((used)) static void start(long *stack) {
  static const char version[] = VERSION, refusal[] = REFUSAL;
  char **argv = (char **)(stack + 1);
  const char *name = argv[0];
  int loader = 0;
  while (*name) { if (name[0] == 'l' && name[1] == 'd' && name[2] == '-') loader = 1; name++; }
  if (loader) { call(1, 1, version, sizeof version - 1); call(60, 0, 0, 0); }
  call(1, 2, refusal, sizeof refusal - 1);
  call(60, STATUS, 0, 0);
}
__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call start\n");
"""


class Jail:
    """A root directory with a shell, /proc and /sys, and the kit in /kit."""

    def __init__(self, root: Path, kit: Path, machine: Machine) -> None:
        self.root, self.machine = root, machine
        busybox = shutil.which("busybox", path="/bin:/usr/bin")
        if busybox is None:
            lacking("no busybox")
        for name in ("bin", "proc", "sys", "dev", "lib64", "lib/x86_64-linux-gnu", "kit"):
            (root / name).mkdir(parents=True)
        shutil.copy(str(busybox), root / "bin/busybox")
        (root / "bin/sh").symlink_to("busybox")
        self._mounts = [("--rbind", "/proc", "proc"), ("--rbind", "/sys", "sys"), ("--bind", str(kit), "kit")]

    def libraries(self, *names: str) -> None:
        """This machine's loader and parts of its C library."""
        shutil.copy(f"/{LOADER}", self.root / LOADER)
        for name in names:
            shutil.copy(f"/lib/x86_64-linux-gnu/{name}", self.root / "lib/x86_64-linux-gnu" / name)

    def fake_loader(self, version: str, refusal: str, status: int) -> None:
        """A loader that refuses every program, and the libc that it would load."""
        source = self.root / "loader.c"
        source.write_text(FAKE_LOADER)
        defines = [f'-DVERSION="{version}"', f'-DREFUSAL="{refusal}"', f"-DSTATUS={status}"]
        options = ["-nostdlib", "-static-pie", "-fPIE", "-O1", "-w", "-fno-stack-protector"]
        target = self.root / LOADER
        subprocess.run(["gcc", *options, *defines, "-o", target, source], check=True)
        (self.root / "lib64/libc.so.6").write_text("a libc")

    def run(self, *arguments: str, **env: str) -> Run:
        """Run the kit's launcher here."""
        mounts = "".join(f'mount {how} "{what}" "$0/{where}"\n' for how, what, where in self._mounts)
        script = f'{mounts}exec chroot "$0" /kit/envcheck "$@"'
        unshare = ["unshare", "--mount", "--propagation", "private", "--", "sh", "-euc", script]
        return self.machine.run(*unshare, self.root, *arguments, env={"HOME": "/", **env})


@pytest.fixture
def jail(kit: Path, machine_of_kit: Machine, tmp_path: Path) -> Jail:
    need_root()
    return Jail(tmp_path / "jail", kit, machine_of_kit)


def misses(run: Run, heading: str = "Not met:") -> list[str]:
    """The rows of the launcher's table; its columns must stand below one another."""
    assert run.status == 1
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert lines[0] == heading
    assert lines[-2:] == ["", f"{CONCLUSION}fail"]
    table = lines[1:-2]
    rule = next(line for line in table if line.startswith("---"))
    gaps = [place for place, letter in enumerate(rule) if letter == " "]
    for line in table:
        columns = "".join(letter + "\0" * (wcswidth(letter) - 1) for letter in line)
        assert all(columns[place : place + 1] in {"", " "} for place in gaps), line
    rows = [line for line in table[table.index(rule) :] if line != rule]
    assert all(line.startswith("envcheck  ") for line in rows)
    return [" ".join(row.split()[1:]) for row in rows]


def test_a_shell_and_the_c_library_are_enough(jail: Jail) -> None:
    jail.libraries(*NEEDED)
    run = jail.run("face-server")
    assert run.status == 1
    assert run.stdout.startswith("Log: /kit/scripts/envcheck.log\n")
    assert run.stdout.endswith(f"{CONCLUSION}fail\n")
    assert run.stderr == ""

    installed = jail.machine.installed(*MODULES, "--format", "json").report["results"]
    report = jail.run(*MODULES, "--format", "json").report["results"]
    assert [(one["module"], one["id"]) for one in report] == [(one["module"], one["id"]) for one in installed]
    found = {one["id"]: one for one in report if one["module"] == "default"}
    decided = {"cpu-arch": "pass", "kernel": "pass", "memory": None, "python27": "fail", "tar": "fail"}
    for name, status in decided.items():
        assert found[name]["status"] == (status or found[name]["status"]) != "unknown", found[name]


def test_without_libstdcxx_logs_are_searched_by_the_second_engine(jail: Jail, kit: Path) -> None:
    jail.libraries(*NEEDED)
    assert not list(jail.root.rglob("libstdc++*"))
    text = "write /x: no space left on device\nopen /y: permission denied\nall is well\n"
    (jail.root / "service.log").write_text(text)
    findings = jail.run("diagnose", "/service.log", "--format", "json")
    assert findings.status == 1, findings.stderr
    assert "no hyperscan here" in (kit / "scripts/envcheck.log").read_text("utf-8")

    (jail.root.parent / "service.log").write_text(text)
    log = str(jail.root.parent / "service.log")
    installed = jail.machine.installed("diagnose", log, "--format", "json")
    by_kit = jail.machine.run(kit / "envcheck", "diagnose", log, "--format", "json")
    assert by_kit.status == installed.status == 1
    named = [
        [(one["problem"], one["count"]) for one in json.loads(run.stdout)["findings"]]
        for run in (findings, by_kit, installed)
    ]
    assert named[0] == named[1] == named[2] != []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_c_library_at_all(jail: Jail, language: str) -> None:
    said = {
        "en": ("Not met:", "glibc GNU C library >= 2.17 none"),
        "zh": ("未通过的检查项：", "glibc GNU C 库 >= 2.17 无"),
    }
    heading, row = said[language]
    assert misses(jail.run("face-server", "--lang", language), heading) == [row]
    assert misses(jail.run("face-server", f"--lang={language}", LANG="C"), heading) == [row]
    if language == "zh":
        assert misses(jail.run("list", LANG="zh_CN.UTF-8"), heading) == [row]
        assert misses(jail.run("list", LANG="zh_CN.GB18030")) == [said["en"][1]]


def test_a_part_of_the_c_library_is_missing(jail: Jail) -> None:
    jail.libraries(*(name for name in NEEDED if name != "libm.so.6"))
    (row,) = misses(jail.run("face-server"))
    assert row.startswith("glibc GNU C library >= 2.17 2.")
    assert "libm.so.6: cannot open shared object file" in row


def test_musl(jail: Jail) -> None:
    (jail.root / "lib/ld-musl-x86_64.so.1").touch()
    assert misses(jail.run("list")) == ["glibc GNU C library >= 2.17 none: this is musl"]
    assert misses(jail.run("list", "--lang=zh"), "未通过的检查项：") == [
        "glibc GNU C 库 >= 2.17 无：本机为 musl"
    ]


def test_a_32_bit_system(jail: Jail) -> None:
    (jail.root / "lib/ld-linux.so.2").touch()
    assert misses(jail.run("list")) == ["cpu-arch CPU architecture x86_64, 64-bit 32-bit system"]


def test_an_old_c_library(jail: Jail) -> None:
    told = "GNU C Library stable release version 2.12, by Roland McGrath et al.\\n"
    jail.fake_loader(told, "version `GLIBC_2.17' not found (required by can-start)\\n", 1)
    assert misses(jail.run("face-server")) == ["glibc GNU C library >= 2.17 2.12"]


def test_an_old_c_library_that_does_not_say_its_version(jail: Jail) -> None:
    jail.fake_loader("", "version `GLIBC_2.17' not found\\n", 1)
    assert misses(jail.run("list")) == ["glibc GNU C library >= 2.17 version `GLIBC_2.17' not found"]


def test_what_a_broken_loader_says_cannot_steer_the_terminal(jail: Jail) -> None:
    jail.fake_loader("", "\\033[2J\\033]0;owned\\007 never heard of that\\n", 99)
    assert misses(jail.run("list")) == ["kit The kit itself can start ?[2J?]0;owned? never heard of that"]


def test_a_damaged_kit(jail: Jail, kit: Path) -> None:
    jail.libraries(*NEEDED)
    (kit / "lib/can-start").unlink()
    (row,) = misses(jail.run("list"))
    assert row.startswith("kit The kit itself can start ")
    assert "not found" in row
