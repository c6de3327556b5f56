"""What tools print in the zh_CN locale says the same as in English."""

from __future__ import annotations

from typing import TypeVar

import pytest

from envcheck.facts import Fact, Known, Unknown
from envcheck.probes import cpu, docker_storage, memory, network, ports, tools, virtualization
from envcheck.values import Hertz
from tests.conftest import Tree

T = TypeVar("T")

LSCPU_2_23 = """\
架构：          x86_64
CPU 运行模式：    32-bit, 64-bit
字节序：        Little Endian
CPU:             32
在线 CPU 列表：  0-31
每个核的线程数：2
每个座的核数：  8
座：            2
NUMA 节点：     2
厂商 ID：       GenuineIntel
CPU 系列：      6
型号：          79
型号名称：      Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz
步进：          1
CPU MHz：             1200.421
CPU max MHz:           3000.0000
CPU min MHz:           1200.0000
BogoMIPS：      4195.08
虚拟化：        VT-x
NUMA 节点0 CPU：    0-7,16-23
Flags:                 fpu vme de pse tsc msr lm vmx
"""
LSCPU_2_38 = """\
架构：                                   x86_64
CPU 运行模式：                           32-bit, 64-bit
Address sizes:                           46 bits physical, 48 bits virtual
字节序：                                 Little Endian
CPU:                                     4
在线 CPU 列表：                          0-3
厂商 ID：                                GenuineIntel
型号名称：                               Intel(R) Xeon(R) Gold 6230 CPU
每个核的线程数：                         1
每个座的核数：                           2
座：                                     2
CPU 最大 MHz：                           3900.0000
CPU 最小 MHz：                           800.0000
标记：                                   fpu vme de hypervisor lm
{}"""
GUEST = "超管理器厂商：                           KVM\n虚拟化类型：                             完全\n"
DOM0 = "超管理器厂商：                           Xen\n虚拟化类型：                             无\n"


def value(fact: Fact[T]) -> T:
    assert isinstance(fact, Known), fact
    return fact.value


def lscpu(text: str) -> dict[str, str]:
    return {"sos_commands/processor/lscpu": text}


@pytest.mark.parametrize(
    ("text", "model", "cores", "maximum"),
    [
        (LSCPU_2_23, "Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz", 16, 3_000_000_000),
        (LSCPU_2_38.format(""), "Intel(R) Xeon(R) Gold 6230 CPU", 4, 3_900_000_000),
    ],
    ids=["CentOS 7", "Debian 12"],
)
def test_lscpu(tree: Tree, text: str, model: str, cores: int, maximum: int) -> None:
    found = cpu.collect(tree(lscpu(text)))
    assert value(found.architecture) == "x86_64"
    assert value(found.model) == model
    assert value(found.physical_cores) == cores
    assert value(found.frequency) == Hertz(maximum)
    assert isinstance(found.userland_bits, Unknown)  # its modes tell what the CPU could run


@pytest.mark.parametrize(("more", "kind"), [(GUEST, "kvm"), (DOM0, "none"), ("", "vm")])
def test_lscpu_of_virtual_machines(tree: Tree, more: str, kind: str) -> None:
    found = virtualization.collect(tree(lscpu(LSCPU_2_38.format(more))))
    assert value(found.kind) == kind


def test_vt_x_is_a_feature_in_chinese_too(tree: Tree) -> None:
    assert isinstance(virtualization.collect(tree(lscpu(LSCPU_2_23))).physical, Unknown)


@pytest.mark.parametrize(
    ("name", "header", "row", "free"),
    [
        (
            "df",
            "文件系统                   1K的块     已用     可用 已用% 挂载点",
            "9 1 41943040 1%",
            40 << 30,
        ),
        (
            "df",
            "文件系统                   1K-块      已用     可用 已用% 挂载点",
            "9 1 41943040 1%",
            40 << 30,
        ),
        (
            "df_-P",
            "文件系统                 1024-块    已用     可用 容量% 挂载点",
            "9 1 41943040 1%",
            40 << 30,
        ),
        (
            "df_-B_2MB",
            "文件系统            2MB的块    已用     可用 已用% 挂载点",
            "9 1 20001 1%",
            40 * 10**9,
        ),
        ("df_-h", "文件系统                 大小  已用  可用 已用% 挂载点", "50G 1G 41G 1%", 40 << 30),
        ("df_-hT", "文件系统    类型        容量  已用  可用 已用% 挂载点", "xfs 50G 1G 41G 1%", 40 << 30),
    ],
)
def test_df(tree: Tree, name: str, header: str, row: str, free: int) -> None:
    text = f"{header}\n/dev/mapper/centos-root {row} /\ntmpfs {row} /dev/shm\n"
    found = docker_storage.collect(tree({f"sos_commands/filesys/{name}": text})).images_space
    assert value(found) == free


def test_df_of_inodes_is_no_space(tree: Tree) -> None:
    header = "文件系统                   Inodes  已用(I) 可用(I) 已用(I)% 挂载点"
    text = f"{header}\n/dev/sda1 1000 1 900000000 1% /\n"
    found = docker_storage.collect(tree({"sos_commands/filesys/df_-i": text}))
    assert isinstance(found.images_space, Unknown)


def test_free(tree: Tree) -> None:
    text = (
        "               total        used        free      shared  buff/cache   available\n"
        "内存：      32780012      843276    18877968       12776     5423196    23886756\n"
        "交换：             0           0           0\n"
    )
    assert value(memory.collect(tree({"sos_commands/memory/free": text})).total) == 32780012 * 1024


@pytest.mark.parametrize(
    "said",
    [
        "bash: gcc: 未找到命令",
        "bash: 行 1: gcc: 未找到命令",
        "bash: 第 1 行：gcc：未找到命令",
        "sh: 1: gcc: not found",
        "timeout: failed to run command 'gcc': 没有那个文件或目录",
    ],
)
def test_a_command_that_a_shell_did_not_find(tree: Tree, said: str) -> None:
    assert value(tools.collect(tree({"sos_commands/devel/gcc_--version": f"{said}\n"})).gcc_present) is False


NETSTAT = """\
激活Internet连接 ({})
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 0.0.0.0:8300            0.0.0.0:*               LISTEN      4711/nginx
"""


@pytest.mark.parametrize("which", ["仅服务器", "服务器和已建立连接的"])
def test_netstat(tree: Tree, which: str) -> None:
    found = ports.collect(tree({"sos_commands/networking/netstat_-tlnp": NETSTAT.format(which)})).busy
    assert [str(port) for port in value(found)] == ["8300 by nginx (pid 4711) on 0.0.0.0"]


def test_netstat_without_listeners_says_nothing_of_free_ports(tree: Tree) -> None:
    text = NETSTAT.format("w/o 服务器").replace("LISTEN     ", "ESTABLISHED")
    found = ports.collect(tree({"sos_commands/networking/netstat_-anp": text})).busy
    assert isinstance(found, Unknown)


def test_ifconfig(tree: Tree) -> None:
    text = (
        "eth0      Link encap:以太网  硬件地址 52:54:00:0a:0b:0c\n"
        "          inet 地址:10.0.0.5  广播:10.0.0.255  掩码:255.255.255.0\n"
        "          UP BROADCAST RUNNING MULTICAST  MTU:1500  跃点数:1\n\n"
        "lo        Link encap:本地环回\n          inet 地址:127.0.0.1  掩码:255.0.0.0\n"
        "          UP LOOPBACK RUNNING  MTU:65536  跃点数:1\n"
    )
    found = value(network.collect(tree({"sos_commands/networking/ifconfig_-a": text})).interfaces)
    assert str(found[0]) == "eth0 (wired, up, 10.0.0.5)"
