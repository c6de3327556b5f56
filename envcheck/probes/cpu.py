"""The processors: architecture, cores and rated frequency."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from envcheck.facts import Fact, Source, Unknown, doc, first
from envcheck.host.base import NOT_RECORDED, Host, NotRecorded, Unreadable
from envcheck.probes.formats import cpuinfo, docker_version, os_release
from envcheck.probes.shared import cpu_frequency, described, engine, userland
from envcheck.record import Record
from envcheck.values import Hertz

_SYNONYMS = {"amd64": "x86_64", "x86-64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "i386": "i686"}
_MACHINES = frozenset(
    {"x86_64", "i386", "i486", "i586", "i686", "aarch64", "armv6l", "armv7l", "armv8l", "loongarch64"}
    | {"mips64", "sw_64", "ppc64", "ppc64le", "s390", "s390x", "riscv64", "ia64", "sparc64", "alpha"}
)


_NEVER_X86_64 = (
    ("/etc/centos-release", "(AltArch)", "not x86_64 (AltArch)"),
    ("/etc/redhat-release", "(AltArch)", "not x86_64 (AltArch)"),
    ("/etc/os-release", "ID=raspbian", "arm (Raspbian)"),
)


class Cpu(Record):
    """The machine's processors, as the running kernel sees them."""

    architecture: Annotated[
        Fact[str],
        doc(
            "architecture of the running kernel, as `uname -m` prints it",
            zh="运行中内核的架构，即 `uname -m` 的输出",
            sources="/proc/sys/kernel/arch, uname, lscpu, hostnamectl, kernel release, /proc/cpuinfo",
            example="x86_64",
        ),
    ]
    userland_bits: Annotated[
        Fact[int],
        doc(
            "32 or 64: for what the host's own programs are built",
            zh="系统自身程序的位数：32 或 64",
            sources="its programs, getconf LONG_BIT, packages, 64-bit C library, distribution",
            example=64,
        ),
    ]
    model: Annotated[
        Fact[str],
        doc(
            "model name",
            zh="型号名称",
            sources="/proc/cpuinfo, lscpu, dmidecode",
            example="Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz",
        ),
    ]
    physical_cores: Annotated[
        Fact[int],
        doc(
            "physical cores of all sockets together",
            zh="所有 CPU 的物理核总数",
            sources="/proc/cpuinfo, /sys/devices/system/cpu, lscpu, dmidecode",
            example=16,
        ),
    ]
    frequency: Annotated[
        Fact[Hertz],
        doc(
            "rated or maximum frequency; of a current clock only that it is at least this",
            zh="额定或最高主频；只有当前频率时，仅可知不低于该值",
            sources="cpufreq, lscpu, dmidecode, /proc/cpuinfo",
        ),
    ]


def collect(host: Host) -> Cpu:
    """Ask /proc and /sys; then lscpu, DMI and, of a record, what else names the processor."""
    return Cpu(
        _architecture(host),
        userland.bits(host),
        _model(host),
        _physical_cores(host),
        cpu_frequency.frequency(host),
    )


def _architecture(host: Host) -> Fact[str]:
    def release_suffix() -> str:
        return machine(host.read("/proc/sys/kernel/osrelease").strip().rpartition(".")[2])

    answer: Fact[str] = first(
        ("/proc/sys/kernel/arch", lambda: machine(host.read("/proc/sys/kernel/arch"))),
        ("uname -m", lambda: machine(host.run("uname", "-m").stdout)),
        ("uname -a", lambda: _machine_in(host.run("uname", "-a").stdout)),
        ("lscpu", lambda: machine(described.lscpu(host)["Architecture"])),
        ("hostnamectl", lambda: machine(described.hostnamectl(host)["Architecture"])),
        ("kernel release", release_suffix),
        ("/proc/cpuinfo", lambda: _machine_of_vendor(host)),
        ("/etc/SuSE-release", lambda: _machine_of_suse(host)),
        *(() if host.live else _of_records(host)),
    )
    return answer


def _of_records(host: Host) -> tuple[Source, ...]:
    return (
        ("docker info", lambda: machine(engine.told(host, "Architecture"))),
        *(
            (command, partial(_machine_of_engine, host, command))
            for command in ("docker version", "nvidia-docker version")
        ),
        ("release files", lambda: _machine_of_release(host)),
    )


def _machine_of_engine(host: Host, command: str) -> str:
    """An engine on this host is built for its kernel."""
    if engine.elsewhere(host):
        raise NotRecorded(f"the architecture {NOT_RECORDED}")
    return machine(docker_version.architecture(host.run(*command.split()).stdout))


def _machine_of_release(host: Host) -> str:
    """Of some it is known only that they are never made for x86_64."""
    for path, mark, name in _NEVER_X86_64:
        try:
            if mark in host.read(path):
                return name
        except Unreadable:
            continue
    raise NotRecorded(f"the architecture {NOT_RECORDED}")


def _machine_of_vendor(host: Host) -> str | Unknown:
    """x86 is not told from its flags: they say what the CPU could run, not what runs."""
    mainframe = cpuinfo.read(host.read("/proc/cpuinfo"))[0].get("vendor_id") == "IBM/S390"
    return "s390x" if mainframe else Unknown("/proc/cpuinfo does not tell the kernel's architecture")


def _machine_of_suse(host: Host) -> str:
    text = os_release.read_suse_release(host.read("/etc/SuSE-release")).text
    return machine(text.rpartition("(")[2].rstrip(")"))


def machine(text: str) -> str:
    """An architecture under the name that `uname -m` has for it; raises ValueError for none."""
    name = text.strip()
    name = _SYNONYMS.get(name.lower(), name)
    if name not in _MACHINES:
        raise ValueError(f"{text.strip()!r} is no architecture")
    return name


def _machine_in(uname: str) -> str:
    # After the build date; a host may itself be called x86_64, which is the second word.
    words = [word for word in uname.split()[3:] if word in _MACHINES]
    if not words:
        raise ValueError("uname -a is cut short")
    return words[0]


def _model(host: Host) -> Fact[str]:
    answer: Fact[str] = first(
        ("/proc/cpuinfo", lambda: _named(cpuinfo.read(host.read("/proc/cpuinfo"))[0].get("model name", ""))),
        ("lscpu", lambda: _named(described.lscpu(host).get("Model name", ""))),
        ("dmidecode", lambda: _named(described.real_processors(host)[0].text("Version"))),
    )
    return answer


def _named(text: str) -> str | Unknown:
    return " ".join(text.split()) or Unknown("the model is not named")


def _physical_cores(host: Host) -> Fact[int]:
    def by_lscpu() -> int:
        values = described.lscpu(host)
        return int(values["Socket(s)"]) * int(values["Core(s) per socket"])

    answer: Fact[int] = first(
        ("/proc/cpuinfo", lambda: _cores_by_cpuinfo(host)),
        ("/sys/devices/system/cpu", lambda: _cores_by_topology(host)),
        ("lscpu", by_lscpu),
        ("dmidecode", lambda: _cores_by_dmi(host)),
    )
    return answer


def _cores_by_cpuinfo(host: Host) -> int | Unknown:
    cores = cpuinfo.cores(cpuinfo.read(host.read("/proc/cpuinfo")))
    return cores or Unknown("/proc/cpuinfo does not tell cores from threads")


def _cores_by_dmi(host: Host) -> int:
    return sum(int(socket.fields["Core Count"]) for socket in described.real_processors(host))


def _cores_by_topology(host: Host) -> int:
    top = "/sys/devices/system/cpu"
    pairs = {
        tuple(
            host.read(f"{top}/{name}/topology/{part}").strip() for part in ("physical_package_id", "core_id")
        )
        for name in host.names(top)
        if name.startswith("cpu") and name[3:].isdigit()
    }
    if not pairs:
        raise ValueError("no processor below it")
    return len(pairs)
