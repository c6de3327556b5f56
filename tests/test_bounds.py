"""Where the shipped rules draw the line: each bound of the requirements from both of its sides."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import envcheck
from envcheck.results import Result
from tests.conftest import write_tree

Files = Mapping[str, str]
OURS = "sos_commands/envcheck"


def result(folder: Path, module: str, check: str, files: Files) -> Result:
    write_tree(folder, files)
    return next(each for each in envcheck.check(module, from_path=folder).results if each.id == check)


def lscpu(cores: int = 8, sockets: int = 2, clock: str = "3000.0000") -> Files:
    rows = (
        "Architecture:          x86_64",
        f"CPU(s):                {2 * cores * sockets}",
        "Thread(s) per core:    2",
        f"Core(s) per socket:    {cores}",
        f"Socket(s):             {sockets}",
        "CPU MHz:               1199.953",
        f"CPU max MHz:           {clock}\n",
    )
    return {"sos_commands/processor/lscpu": "\n".join(rows)}


def meminfo(kilobytes: int) -> Files:
    return {"proc/meminfo": f"MemTotal:       {kilobytes} kB\nMemFree:         1000 kB\n"}


def disks(*sizes: int) -> Files:
    rows = (
        f'NAME="{name}" KNAME="{name}" PKNAME="" SIZE="{size}" TYPE="disk" RM="0" TRAN="sas" MODEL="X"\n'
        for name, size in zip(("sda", "sdb"), sizes)
    )
    return {"sos_commands/block/lsblk_pairs": "".join(rows)}


def df(available: int, mount_point: str = "/") -> Files:
    """In blocks of 1 KiB."""
    head = "Filesystem 1K-blocks Used Available Use% Mounted on\n"
    return {"sos_commands/filesys/df": f"{head}/dev/sda1 900000000 1 {available} 1% {mount_point}\n"}


def docker(
    version: str = "17.12.1-ce", storage: str = "overlay2\n Supports d_type: true", runtimes: str = "runc"
) -> Files:
    rows = (
        "Containers: 3",
        f"Server Version: {version}",
        f"Storage Driver: {storage}",
        "Logging Driver: json-file",
        f"Runtimes: {runtimes}",
        "Kernel Version: 3.10.0",
        "OSType: linux",
        "Docker Root Dir: /var/lib/docker\n",
    )
    return {"sos_commands/docker/docker_info": "\n".join(rows)}


def pool(base: str, free: str) -> Files:
    sizes = f" Base Device Size: {base}\n Data Space Total: 102GB\n Data Space Available: {free}"
    return {**docker(storage=f"devicemapper\n Pool Name: thin\n{sizes}"), **df(10**8)}


def runtime(version: str, runtimes: str = "nvidia runc") -> Files:
    return {
        **docker(runtimes=runtimes),
        "installed-rpms": f"glibc-2.17-222.el7.x86_64 x\nnvidia-docker2-{version}.noarch x\n",
    }


def release(name: str, version: str, centos: str = "") -> Files:
    files = {"etc/os-release": f'NAME="{name}"\nID="{name}"\nVERSION_ID="{version}"\n'}
    return {**files, "etc/centos-release": f"CentOS Linux release {centos} (Core)\n"} if centos else files


def centos(version: str) -> Files:
    return release("centos", version.partition(".")[0], version)


def card(driver: str = "384.66", mebibytes: int = 7611, name: str = "Tesla P4") -> Files:
    cards = [{"name": name, "memory": mebibytes << 20, "virtualization": "none", "mig": None}]
    return {
        "sos_commands/pci/lspci_-nnvv": "03:00.0 3D controller [0302]: NVIDIA Corporation [10de:1bb3]\n",
        "sos_commands/kernel/lsmod": "Module       Size  Used by\nnvidia   13139968  3\n",
        f"{OURS}/nvml.json": json.dumps({"driver_version": driver, "cards": cards}),
    }


def prints(name: str, text: str) -> Files:
    return {f"{OURS}/{name}": f"{text}\n"}


def libstdcxx(last: int) -> Files:
    versions = [f"GLIBCXX_3.4.{number}" for number in range(1, last + 1)]
    cache = (
        "1 libs found in cache `/etc/ld.so.cache'\n\tlibstdc++.so.6 (libc6,x86-64) => /lib64/libstdc++.so.6\n"
    )
    return {
        "sos_commands/libraries/ldconfig_-p_-N_-X": cache,
        f"{OURS}/symbol_versions.json": json.dumps({"/lib64/libstdc++.so.6": versions}),
    }


def listens(port: int) -> Files:
    head = (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    )
    row = f"   0: 00000000:{port:04X} 00000000:0000 0A 0:0 00:0 0     0        0 77 1\n"
    return {"proc/net/tcp": head + row, "proc/net/tcp6": head, f"{OURS}/absent": "docker\n"}


def outgoing(last: int) -> Files:
    folder = "proc/sys/net/ipv4"
    return {f"{folder}/ip_local_port_range": f"10240\t{last}\n", f"{folder}/ip_local_reserved_ports": "\n"}


CASES: list[tuple[str, str, Files, str]] = [
    # the rated frequency, more than 1833 MHz
    ("default", "cpu-frequency", lscpu(clock="1833.0000"), "fail"),
    ("default", "cpu-frequency", lscpu(clock="1834.0000"), "pass"),
    ("face-server", "cpu-model", lscpu(8, 2, "2100.0000"), "pass"),
    ("face-server", "cpu-model", lscpu(8, 2, "2099.0000"), "fail"),
    ("face-server", "cpu-model", lscpu(16, 1), "pass"),  # trap: 16 in all, not a socket
    ("face-server", "cpu-model", lscpu(15, 1), "fail"),  # trap: 30 threads
    # vendors' gigabytes
    ("default", "memory", meminfo(31_250_000), "pass"),
    ("default", "memory", meminfo(31_249_999), "fail"),
    ("default", "memory", meminfo(32_660_480), "pass"),  # trap: 32 GB of DIMMs are 31.1 GiB
    ("default", "memory", meminfo(32_784_204), "pass"),
    ("default", "memory", meminfo(24_516_280), "fail"),
    ("default", "disk-capacity", disks(512 * 10**9), "pass"),
    ("default", "disk-capacity", disks(256 * 10**9, 256 * 10**9), "pass"),
    ("default", "disk-capacity", disks(512 * 10**9 - 512), "fail"),
    ("face-server", "disk-capacity", disks(500 * 10**9), "pass"),
    ("face-server", "disk-capacity", disks(500 * 10**9 - 512), "fail"),
    ("default", "disk-free-images", {**docker(), **df(97_656_251)}, "pass"),
    ("default", "disk-free-images", {**docker(), **df(97_656_250)}, "fail"),  # 100 GB: not more
    ("face-server", "docker-space", {**docker(), **df(29_296_875)}, "pass"),
    ("face-server", "docker-space", {**docker(), **df(29_296_874)}, "fail"),
    ("databus", "disk-free", df(19_531_250), "pass"),
    ("databus", "disk-free", df(19_531_249), "fail"),
    *(
        (module, check, pool(base, free), status)
        for module, check in (("face-server", "storage-driver"), ("face-server", "docker-space"))
        for base, free, status in (
            ("30GB", "30GB", "pass"),
            ("29.99GB", "30GB", "fail"),
            ("30GB", "29.99GB", "fail"),
        )
    ),
    ("face-server", "docker-space", {**pool("30GB", "30GB"), **df(29_296_874)}, "fail"),
    ("face-server", "docker-space", {**pool("30GB", "30GB"), **df(29_296_875)}, "pass"),
    # systems: the distribution itself, its major, and the minor where one is named
    *(
        (module, "os-release", release("ubuntu", version), status)
        for module in ("default", "offline-security-server", "fingerprint")
        for version, status in (("12.04", "fail"), ("14.04", "pass"), ("16.04", "pass"), ("18.04", "fail"))
    ),
    *(
        (module, "os-release", release("rhel", version), status)
        for module in ("default", "offline-security-server", "fingerprint")
        for version, status in (("7.1", "fail"), ("7.2", "pass"), ("7.9", "pass"), ("8.0", "fail"))
    ),
    *(
        (module, "os-tested", release("rhel", version), status)
        for module in ("default", "offline-security-server", "fingerprint")
        for version, status in (("7.1", "skipped"), ("7.2", "pass"), ("7.3", "fail"), ("7.10", "fail"))
    ),
    *(
        (module, "os-release", release("sles", version), status)
        for module in ("offline-security-server", "fingerprint")
        for version, status in (("11.4", "fail"), ("12", "pass"), ("12.5", "pass"), ("15.1", "fail"))
    ),
    ("default", "os-release", release("sles", "12"), "fail"),
    ("default", "os-release", centos("7.0.1406"), "pass"),
    ("fingerprint", "os-release", centos("7.0.1406"), "pass"),
    ("fingerprint", "os-release", centos("8.2.2004"), "fail"),
    ("face-server", "os-release", centos("7.1.1503"), "fail"),
    ("face-server", "os-release", centos("7.2.1511"), "pass"),
    ("face-server", "os-release", centos("7.9.2009"), "pass"),
    ("face-server", "os-release", centos("8.2.2004"), "fail"),
    ("face-server", "os-release", release("centos", "7"), "unknown"),  # trap: this tells no minor
    ("face-server", "os-release", release("rhel", "7.2"), "fail"),
    ("default", "kernel", {"proc/sys/kernel/osrelease": "3.9.11-200.fc18.x86_64\n"}, "fail"),
    ("default", "kernel", {"proc/sys/kernel/osrelease": "3.10.0\n"}, "pass"),
    ("default", "glibc", prints("ldd_--version", "ldd (GNU libc) 2.13"), "fail"),
    ("default", "glibc", prints("ldd_--version", "ldd (GNU libc) 2.14"), "pass"),
    ("default", "glibc", prints("ldd_--version", "ldd (GNU libc) 2.5"), "fail"),
    ("default", "gcc", prints("gcc_--version", "gcc (GCC) 4.8.1"), "fail"),
    ("default", "gcc", prints("gcc_--version", "gcc (GCC) 4.8.2 20140120 (Red Hat 4.8.2-16)"), "pass"),
    ("fingerprint", "libstdcxx", libstdcxx(18), "fail"),
    ("fingerprint", "libstdcxx", libstdcxx(19), "pass"),
    # cards and drivers
    ("face-server", "gpu", card(mebibytes=5723), "pass"),
    ("face-server", "gpu", card(mebibytes=5722), "fail"),
    ("face-server", "gpu", card(mebibytes=5120), "fail"),
    ("face-server", "gpu", card(mebibytes=5912), "pass"),
    ("face-server", "gpu-model", card(name="Tesla P4"), "pass"),
    ("face-server", "gpu-model", card(name="Tesla P40"), "fail"),
    *(
        ("face-server", check, card(version), status)
        for version, required, tested in (
            ("375.26", "fail", "skipped"),
            ("384.65", "fail", "skipped"),
            ("384.66", "pass", "pass"),
            ("384.111", "pass", "fail"),
            ("610.43.02", "pass", "fail"),
        )
        for check, status in (("nvidia-driver", required), ("nvidia-driver-tested", tested))
    ),
    # the engine
    *(
        ("face-server", "docker", docker(version), status)
        for version, status in (
            ("1.13.1", "fail"),
            ("17.09.1-ce", "fail"),
            ("17.11.0-ce", "fail"),
            ("17.12.0-ce", "pass"),
            ("18.09.7", "pass"),
            ("28.2.2", "pass"),
        )
    ),
    *(
        ("face-server", check, docker(storage=storage), status)
        for storage, required, tested in (
            ("overlay2\n Supports d_type: true", "pass", "pass"),
            ("overlay2\n Supports d_type: false", "fail", "skipped"),
            ("overlayfs\n driver-type: io.containerd.snapshotter.v1", "pass", "fail"),
            ("overlay\n Supports d_type: true", "fail", "skipped"),
            ("aufs", "fail", "skipped"),
            ("btrfs", "fail", "skipped"),
            ("vfs", "fail", "skipped"),
            ("zfs", "fail", "skipped"),
        )
        for check, status in (("storage-driver", required), ("storage-driver-tested", tested))
    ),
    ("face-server", "nvidia-docker2", runtime("2.0.2-1.docker17.12.0.ce"), "pass"),
    ("face-server", "nvidia-docker2", runtime("2.0.1-1.docker17.12.1.ce"), "fail"),
    ("face-server", "nvidia-docker2", runtime("2.0.2-1.docker17.12.0.ce", "runc"), "fail"),
    ("face-server", "selinux-config", {f"{OURS}/absent": "/etc/selinux/config\n"}, "pass"),
    # ports
    *(
        (module, check, listens(port), "fail")
        for module, check, ports in (
            ("default", "ports", (8666,)),
            ("offline-security-server", "ports", (8443, 8887)),
            ("face-server", "ports", (8300,)),
            ("databus", "ports", (5535,)),
            ("inference-platform", "ports", (80, 31935, 30080, 5200, 30001, 81, 82, 32766)),
            ("inference-platform", "ports-extra", (8000,)),
        )
        for port in ports
    ),
    *((module, "ports", listens(22), "pass") for module in ("default", "inference-platform", "databus")),
    ("inference-platform", "port-range", outgoing(29_999), "pass"),
    ("inference-platform", "port-range", outgoing(30_000), "fail"),
]


def named() -> Iterator[str]:
    return (f"{module}-{check}-{status}" for module, check, _, status in CASES)


@pytest.mark.parametrize(("module", "check", "files", "status"), CASES, ids=named())
def test_bound(tmp_path: Path, module: str, check: str, files: Files, status: str) -> None:
    found = result(tmp_path, module, check, files)
    assert found.status == status, found.reason or found.actual


def test_the_driver_that_leaks_has_words_of_its_own(tmp_path: Path) -> None:
    old = result(tmp_path / "old", "face-server", "nvidia-driver", card("367.48"))
    leaking = result(tmp_path / "leaking", "face-server", "nvidia-driver", card("375.26"))
    assert leaking.hints != old.hints


# -- what holds nothing --------------------------------------------------------------------


@pytest.mark.parametrize(("named", "status"), [("", "fail"), ("http://h/a/face.tar\n", "pass")])
def test_a_list_of_files_that_names_none(tmp_path: Path, named: str, status: str) -> None:
    """Trap: of no files all are there."""
    files = {"home/private/original/refs.txt": named, "home/private/original/face.tar": "x"}
    assert result(tmp_path, "deployment-package", "refs-complete", files).status == status


@pytest.mark.parametrize(("machines", "status"), [(0, "fail"), (1, "pass"), (2, "pass")])
def test_an_archive_of_fingerprints(tmp_path: Path, machines: int, status: str) -> None:
    """Trap: an empty archive has nothing wrong in it."""
    with tarfile.open(tmp_path / "finger.tar.gz", "w:gz") as archive:
        for number in range(machines):
            member = tarfile.TarInfo(f"secfile_10.0.0.{number + 1}")
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    asked = {"fingerprint-archive": "/finger.tar.gz"}
    report = envcheck.check("fingerprint", from_path=tmp_path, settings=asked)
    assert {each.id: each.status for each in report.results}["fingerprint-archive"] == status
