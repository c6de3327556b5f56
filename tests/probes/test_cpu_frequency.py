"""Rated or maximum frequency, never the clock of this instant nor BogoMIPS."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.probes import cpu
from envcheck.values import Hertz
from tests.conftest import Tree

CPUS = "sys/devices/system/cpu"
IDLE = (
    "processor : 0\nmodel name : Intel(R) Xeon(R) CPU E5-2603 v3 @ 1.60GHz\n"
    "cpu MHz : 1198.585\nbogomips : 3196.08\n\n"
    "processor : 1\nmodel name : Intel(R) Xeon(R) CPU E5-2603 v3 @ 1.60GHz\ncpu MHz : 1200.0\n"
)
UNRATED = "processor : 0\nmodel name : AMD EPYC 7551P\ncpu MHz : {}\nbogomips : 5988.00\n"
MAXIMUM = (
    "Handle 0x0001, DMI type 1, 27 bytes\n\tManufacturer: {}\n\n"
    "Handle 0x0004, DMI type 4, 42 bytes\n\tMax Speed: {}\n"
)


def mhz(host: Host) -> tuple[float, bool]:
    fact = cpu.collect(host).frequency
    assert isinstance(fact, Known), fact
    assert isinstance(fact.value, Hertz)
    return fact.value / 10**6, fact.at_least


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({f"{CPUS}/cpu0/cpufreq/cpuinfo_max_freq": "3000000\n", "proc/cpuinfo": IDLE}, 3000),
        (
            {
                f"{CPUS}/cpufreq/policy0/cpuinfo_max_freq": "1800000\n",
                f"{CPUS}/cpufreq/policy4/cpuinfo_max_freq": "2600000\n",
                f"{CPUS}/cpu0/online": "1\n",
            },
            2600,
        ),
        # CPU 1 is switched off and has no cpufreq.
        ({f"{CPUS}/cpu0/cpufreq/cpuinfo_max_freq": "2101000\n", f"{CPUS}/cpu1/online": "0\n"}, 2101),
        (
            {"sos_commands/processor/lscpu": "Architecture: x86_64\nCPU max MHz: 3000.0000\n"},
            3000,
        ),
        (
            {"sos_commands/processor/lscpu": "架构： x86_64\nCPU MHz： 800,1\nCPU 最大 MHz： 3000,0000\n"},
            3000,
        ),
        ({"dmidecode": MAXIMUM.format("HP", "3500 MHz"), "proc/cpuinfo": IDLE}, 3500),
        ({"proc/cpuinfo": IDLE}, 1600),
        ({"sos_commands/processor/lscpu": "Model name: Intel(R) Xeon(R) CPU L5520 @ 2.27GHz\n"}, 2270),
    ],
)
def test_maximum_or_rating(tree: Tree, files: dict[str, str], expected: float) -> None:
    assert mhz(tree(files)) == (expected, False)


@pytest.mark.parametrize(
    "files",
    [
        {"proc/cpuinfo": UNRATED.format("2793.530")},
        {"sos_commands/processor/lscpu": "Architecture: x86_64\nModel name: A CPU\nCPU MHz: 2793.530\n"},
    ],
)
def test_a_current_clock_is_only_a_lower_bound(tree: Tree, files: dict[str, str]) -> None:
    assert mhz(tree(files)) == (2793.53, True)


def test_the_fastest_core_of_the_instant_counts(tree: Tree) -> None:
    cores = UNRATED.format("1199.0") + "\n" + UNRATED.format("3300.1")
    assert mhz(tree({"proc/cpuinfo": cores})) == (3300.1, True)


def test_bogomips_are_no_frequency(tree: Tree) -> None:
    text = "Architecture: x86_64\n  Model name: A CPU\n    BogoMIPS: 4788.90\n"
    assert isinstance(cpu.collect(tree({"sos_commands/processor/lscpu": text})).frequency, Unknown)


@pytest.mark.parametrize("maker", ["QEMU", "VMware, Inc.", "Red Hat"])
def test_a_virtual_machines_dmi_table_is_made_up(tree: Tree, maker: str) -> None:
    host = tree({"dmidecode": MAXIMUM.format(maker, "30000 MHz"), "proc/cpuinfo": IDLE})
    assert mhz(host) == (1600, False)
