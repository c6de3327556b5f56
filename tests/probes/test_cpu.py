"""Architecture, userland and cores: of what runs, not of what the CPU could run."""

from __future__ import annotations

from typing import TypeVar

import pytest

from envcheck.facts import Fact, Known, Unknown
from envcheck.probes import cpu
from tests.conftest import Tree

T = TypeVar("T")
ELF64 = b"\x7fELF\x02\x01\x01" + b"\0" * 13
ELF32 = b"\x7fELF\x01\x01\x01" + b"\0" * 13
UNAME = "Linux x86_64 4.4.0-31-generic #50-Ubuntu SMP Wed Jul 13 00:07:12 UTC 2016 {0} {0} {0} GNU/Linux\n"


def value(fact: Fact[T]) -> T:
    assert isinstance(fact, Known), fact
    return fact.value


def threads(*places: tuple[int, int], model: str = "Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz") -> str:
    """/proc/cpuinfo of one logical processor for each (socket, core)."""
    return "\n".join(
        f"processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: {model}\ncpu MHz\t\t: 1200.000\n"
        f"physical id\t: {socket}\ncore id\t\t: {core}\nflags\t\t: fpu ht lm vmx\nbogomips\t: 4200.00\n"
        for number, (socket, core) in enumerate(places)
    )


@pytest.mark.parametrize(
    ("files", "architecture"),
    [
        ({"proc/sys/kernel/arch": "x86_64\n"}, "x86_64"),
        ({"uname": UNAME.format("x86_64")}, "x86_64"),
        ({"uname": UNAME.format("aarch64")}, "aarch64"),
        ({"uname": UNAME.format("i686")}, "i686"),
        ({"sos_commands/envcheck/uname_-m": "amd64\n"}, "x86_64"),
        ({"sos_commands/processor/lscpu": "Architecture:   x86_64\nModel name:  A CPU\n"}, "x86_64"),
        ({"sos_commands/processor/lscpu": "架构：   aarch64\n型号名称：  A CPU\n"}, "aarch64"),
        ({"sos_commands/host/hostnamectl": "  Kernel: Linux 3.10\n  Architecture: x86-64\n"}, "x86_64"),
        ({"proc/sys/kernel/osrelease": "3.10.0-327.el7.x86_64\n"}, "x86_64"),
        ({"proc/cpuinfo": "vendor_id       : IBM/S390\n# processors    : 2\n"}, "s390x"),
        ({"etc/SuSE-release": "SUSE Linux Enterprise Server 12 (s390x)\nVERSION = 12\n"}, "s390x"),
    ],
)
def test_architecture_is_that_of_the_running_kernel(
    tree: Tree, files: dict[str, str], architecture: str
) -> None:
    assert value(cpu.collect(tree(files)).architecture) == architecture


def test_architecture_is_not_guessed_from_what_the_cpu_could_run(tree: Tree) -> None:
    fact = cpu.collect(tree({"proc/cpuinfo": threads((0, 0))})).architecture
    assert isinstance(fact, Unknown)


def test_a_uname_cut_short_is_no_architecture(tree: Tree) -> None:
    # Here the host is called x86_64.
    fact = cpu.collect(tree({"uname": "Linux x86_64 4.4.0-31-generic #50-Ubuntu\n"})).architecture
    assert isinstance(fact, Unknown)


@pytest.mark.parametrize(
    ("files", "bits"),
    [
        ({"bin": "-> usr/bin", "usr/bin/sh": "-> dash", "usr/bin/dash": ELF64}, 64),
        ({"bin/sh": ELF32}, 32),
        ({"bin/sh": "#!/not/a/binary\n", "sbin/init": ELF64}, 64),
        ({"sos_commands/envcheck/getconf_LONG_BIT": "32\n"}, 32),
        ({"installed-rpms": "bash-completion-2.1-8.el7.noarch\nbash-4.2.46-34.el7.x86_64  Mon Sep 30\n"}, 64),
        ({"installed-debs": "ii  bash   4.3-14ubuntu1   amd64   GNU Bourne Again SHell\n"}, 64),
        ({"installed-debs": "ii  bash   4.3-14ubuntu1   i386    GNU Bourne Again SHell\n"}, 32),
        ({"lib64/ld-linux-x86-64.so.2": ELF64}, 64),
        ({"etc/redhat-release": "CentOS Linux release 7.2.1511 (Core) \n"}, 64),
        ({"etc/os-release": 'ID="sles"\nPRETTY_NAME="SUSE Linux Enterprise Server 12 SP1"\n'}, 64),
    ],
)
def test_userland_is_that_of_the_hosts_own_programs(
    tree: Tree, files: dict[str, str | bytes], bits: int
) -> None:
    assert value(cpu.collect(tree({"uname": UNAME.format("x86_64"), **files})).userland_bits) == bits


@pytest.mark.parametrize(
    "files",
    [
        {"uname": UNAME.format("x86_64")},
        {"sos_commands/processor/lscpu": "Architecture: x86_64\nCPU op-mode(s): 32-bit, 64-bit\n"},
        {"etc/redhat-release": "CentOS Linux release 7.9.2009 (AltArch)\n"},
        {"etc/redhat-release": "CentOS release 6.5 (Final)\n"},
        {"etc/os-release": 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 16.04.1 LTS"\n'},
    ],
)
def test_a_64_bit_kernel_or_cpu_proves_no_64_bit_userland(tree: Tree, files: dict[str, str]) -> None:
    assert isinstance(cpu.collect(tree(files)).userland_bits, Unknown)


def test_threads_are_not_cores(tree: Tree) -> None:
    two_sockets = threads((0, 0), (0, 1), (0, 0), (0, 1), (1, 0), (1, 1), (1, 0), (1, 1))
    assert value(cpu.collect(tree({"proc/cpuinfo": two_sockets})).physical_cores) == 4


@pytest.mark.parametrize(
    "files",
    [
        {
            "sos_commands/processor/lscpu": "Architecture: x86_64\nThread(s) per core: 2\n"
            "Core(s) per socket: 8\nSocket(s): 2\n"
        },
        {"sos_commands/processor/lscpu": "架构： x86_64\n每个核的线程数： 2\n每个座的核数： 8\n座： 2\n"},
        {
            f"sys/devices/system/cpu/cpu{number}/topology/{name}": text
            for number in range(32)
            for name, text in (
                ("core_id", f"{number % 8}\n"),
                ("physical_package_id", f"{number // 8 % 2}\n"),
            )
        },
        {
            "dmidecode": "Handle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: HP\n\n"
            + 2 * "Handle 0x0004, DMI type 4, 42 bytes\n\tStatus: Populated, Enabled\n\tCore Count: 8\n\n"
            + "Handle 0x0006, DMI type 4, 42 bytes\n\tStatus: Unpopulated\n\tCore Count: 8\n"
        },
    ],
    ids=["lscpu", "lscpu-zh", "sysfs", "dmi"],
)
def test_cores_of_all_sockets_count(tree: Tree, files: dict[str, str]) -> None:
    assert value(cpu.collect(tree(files)).physical_cores) == 16


def test_made_up_dmi_tables_of_virtual_machines_tell_no_cores(tree: Tree) -> None:
    table = (
        "Handle 0x0001, DMI type 1, 27 bytes\n\tManufacturer: VMware, Inc.\n\tProduct Name: VMware7,1\n\n"
        + 128 * "Handle 0x0004, DMI type 4, 42 bytes\n\tStatus: Populated, Enabled\n\tCore Count: 1\n"
    )
    assert isinstance(cpu.collect(tree({"dmidecode": table})).physical_cores, Unknown)


@pytest.mark.parametrize(
    "files",
    [
        {"proc/cpuinfo": threads((0, 0), model="Intel(R) Xeon(R) CPU           X5570  @ 2.93GHz")},
        {"sos_commands/processor/lscpu": "型号名称：     Intel(R) Xeon(R) CPU  X5570 @ 2.93GHz\n"},
    ],
)
def test_model_is_named_without_padding(tree: Tree, files: dict[str, str]) -> None:
    assert value(cpu.collect(tree(files)).model) == "Intel(R) Xeon(R) CPU X5570 @ 2.93GHz"
