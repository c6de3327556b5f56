"""A live host is asked for files alone; tools that only repeat them are not run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from envcheck.facts import Known, Unknown
from envcheck.host.live import LiveHost
from envcheck.probes import cpu, disk, kernel, memory, network, os_release, user, virtualization
from tests.conftest import write_tree

CPUINFO = (
    "processor : 0\nmodel name : Intel(R) Xeon(R) CPU E5-2603 v3 @ 1.60GHz\n"
    "physical id : 0\ncore id : 0\nflags : fpu {}\n"
)
TOOLS = {
    f"bin/{name}": "#!/bin/sh\nexit 3\n" for name in ("lscpu", "hostnamectl", "virt-what", "lsblk", "lspci")
}


def live(tmp_path: Path, files: Mapping[str, str]) -> LiveHost:
    write_tree(tmp_path, {**TOOLS, **files})
    for name in TOOLS:
        (tmp_path / name).chmod(0o755)
    return LiveHost(root=str(tmp_path), search_path=str(tmp_path / "bin"), environ={})


def test_no_tool_is_run_where_files_tell(tmp_path: Path) -> None:
    host = live(
        tmp_path,
        {
            "proc/cpuinfo": CPUINFO.format("vmx"),
            "proc/meminfo": "MemTotal: 32784204 kB\n",
            "proc/self/mounts": "/dev/sda1 / xfs rw 0 0\n",
            "proc/sys/kernel/arch": "x86_64\n",
            "proc/sys/kernel/osrelease": "6.1.0\n",
            "sys/class/dmi/id/sys_vendor": "HP\n",
            "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": "1600000\n",
            "sys/block/nvme0n1/size": "1000215216\n",
            "etc/os-release": "ID=ubuntu\nNAME=Ubuntu\nVERSION_ID=16.04\n",
        },
    )
    for probe in (cpu, disk, kernel, memory, network, os_release, user, virtualization):
        probe.collect(host)
    assert {question[1] for question in host.answers if question[0] == "run"} <= {"getconf"}


def test_a_live_virtual_machine(tmp_path: Path) -> None:
    files = {"proc/cpuinfo": CPUINFO.format("hypervisor"), "proc/sys/kernel/osrelease": "6.1.0\n"}
    found = virtualization.collect(live(tmp_path, files))
    assert isinstance(found.system, Known)
    assert str(found.system.value) == "vm (the CPU's hypervisor flag)"


def test_a_live_host_of_which_nothing_can_be_read(tmp_path: Path) -> None:
    host = live(tmp_path, {})
    assert isinstance(virtualization.collect(host).physical, Unknown)
    assert isinstance(cpu.collect(host).userland_bits, Unknown)
    assert isinstance(disk.collect(host).capacity, Unknown)
    assert isinstance(os_release.collect(host).release, Unknown)


def test_a_live_hosts_foreign_libraries_tell_no_userland(tmp_path: Path) -> None:
    host = live(tmp_path, {"lib64/ld-linux-x86-64.so.2": "\x7fELF"})
    assert isinstance(cpu.collect(host).userland_bits, Unknown)
