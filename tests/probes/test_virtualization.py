"""Physical only on positive evidence; one sign of a VM or container decides."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.probes import virtualization
from tests.conftest import Tree

DMI = "sys/class/dmi/id"
FLAGGED = {"proc/cpuinfo": "processor : 0\nflags : fpu ht lm hypervisor\n"}
PLAIN = {"proc/cpuinfo": "processor : 0\nflags : fpu ht lm vmx\n"}
SERVER = {f"{DMI}/sys_vendor": "HP\n", f"{DMI}/product_name": "ProLiant DL380p Gen8\n"}
HOST_BRIDGE = "0000\t80861237\t0\n"


def system(vendor: str, product: str) -> dict[str, str]:
    return {f"{DMI}/sys_vendor": f"{vendor}\n", f"{DMI}/product_name": f"{product}\n"}


def docker_info(system: str, kernel: str) -> dict[str, str]:
    text = f"Server:\n Server Version: 27.2.0\n Kernel Version: {kernel}\n Operating System: {system}\n"
    return {"sos_commands/docker/docker_info": text}


def kind(host: Host) -> str:
    found = virtualization.collect(host)
    assert isinstance(found.system, Known), found.system
    assert found.physical == Known(found.system.value.physical, found.system.source)
    assert found.kind == Known(found.system.value.kind, found.system.source)
    assert found.system.value.physical == (found.system.value.kind == "none")
    return found.system.value.kind


@pytest.mark.parametrize(
    ("vendor", "product", "expected"),
    [
        ("QEMU", "Standard PC (i440FX + PIIX, 1996)", "kvm"),
        ("Red Hat", "RHEV Hypervisor", "kvm"),
        ("Red Hat", "KVM", "kvm"),
        ("OpenStack Foundation", "OpenStack Nova", "kvm"),
        ("VMware, Inc.", "VMware Virtual Platform", "vmware"),
        ("innotek GmbH", "VirtualBox", "virtualbox"),
        ("Microsoft Corporation", "Virtual Machine", "hyper-v"),
        ("Xen", "HVM domU", "xen-domu"),
        ("Parallels Software International Inc.", "Parallels Virtual Platform", "parallels"),
        ("Amazon EC2", "m5.large", "kvm"),
        ("Alibaba Cloud", "Alibaba Cloud ECS", "kvm"),
        ("Tencent Cloud", "CVM", "kvm"),
        ("Baidu Cloud", "Baidu Cloud BCC", "kvm"),
        ("Huawei Technologies Co., Ltd.", "FusionCompute", "kvm"),
        ("JD.com", "JDCloud Iaas Jvirt", "kvm"),
        ("Yandex", "xeon-gold-6230", "kvm"),
        ("H3C", "H3C CAS", "kvm"),
    ],
)
@pytest.mark.parametrize("cpu", [FLAGGED, {}], ids=["flag", "DMI alone"])
def test_virtual_machines_by_dmi(
    tree: Tree, vendor: str, product: str, expected: str, cpu: dict[str, str]
) -> None:
    assert kind(tree({**system(vendor, product), **cpu})) == expected


@pytest.mark.parametrize(
    "told",
    [
        {f"{DMI}/product_version": "pc-i440fx-7.2\n"},
        {f"{DMI}/product_version": "pc-q35-rhel8.6.0\n"},
        {f"{DMI}/product_version": "1.0\n", f"{DMI}/product_family": "Virtual Machine\n"},
    ],
)
def test_a_cloud_that_gave_it_names_of_its_own_is_known_by_the_board(
    tree: Tree, told: dict[str, str]
) -> None:
    assert kind(tree({**system("Our Own Cloud", "Compute g2"), **told})) in {"kvm", "vm"}
    plain = {f"{DMI}/product_version": "Not Specified\n", f"{DMI}/product_family": "ProLiant\n"}
    assert kind(tree({**system("HP", "ProLiant DL380p Gen8"), **plain})) == "none"


def test_the_board_is_told_by_dmidecode_too(tree: Tree) -> None:
    table = (
        "# dmidecode 3.2\nHandle 0x0100, DMI type 1, 27 bytes\nSystem Information\n"
        "\tManufacturer: Our Own Cloud\n\tProduct Name: Compute g2\n\tVersion: pc-i440fx-2.1\n"
    )
    assert kind(tree({"dmidecode": table})) == "kvm"


@pytest.mark.parametrize(
    ("vendor", "product"),
    [
        ("HP", "ProLiant DL380p Gen8"),
        ("Microsoft Corporation", "Surface Book"),
        ("Amazon EC2", "m5.metal"),
        ("Alibaba Cloud", "Alibaba Cloud ECS"),  # bare metal bears the same name
        ("Huawei", "RH2288H V3"),
    ],
)
def test_physical_machines_by_dmi(tree: Tree, vendor: str, product: str) -> None:
    found = virtualization.collect(tree({**system(vendor, product), **PLAIN})).system
    assert isinstance(found, Known)
    assert str(found.value) == f"physical (DMI: {vendor} {product})"


def test_only_the_system_of_dmidecode_counts(tree: Tree) -> None:
    table = (
        "# dmidecode 2.11\nHandle 0x0000, DMI type 0, 24 bytes\nBIOS Information\n\tVendor: HP\n\n"
        "Handle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: HP\n"
        "\tProduct Name: ProLiant DL380p Gen8\n\n"
        "Handle 0x0401, DMI type 4, 32 bytes\nProcessor Information\n\tManufacturer: Bochs\n"
    )
    assert kind(tree({"sos_commands/hardware/dmidecode": table})) == "none"


def test_old_dmidecode_indents_everything(tree: Tree) -> None:
    table = (
        "# dmidecode 2.2\nHandle 0x0100\n\tDMI type 1, 27 bytes.\n\tSystem Information\n"
        "\t\tManufacturer: VMware, Inc.\n\t\tProduct Name: VMware Virtual Platform\n"
    )
    assert kind(tree({"dmidecode": table})) == "vmware"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"proc/bus/pci/devices": HOST_BRIDGE + "0010\t80eebeef\tb\n"}, "virtualbox"),
        ({"proc/bus/pci/devices": HOST_BRIDGE + "0018\t1af41000\tb\n"}, "kvm"),
        (
            {
                "sys/bus/pci/devices/0000:00:0f.0/vendor": "0x15ad\n",
                "sys/bus/pci/devices/0000:00:0f.0/device": "0x0405\n",
            },
            "vmware",
        ),
        (
            {"lspci": "00:03.0 Unassigned class [ff80]: XenSource, Inc. Xen Platform Device (rev 01)\n"},
            "xen-domu",
        ),
        ({"sos_commands/pci/lspci_-nnvv": "00:02.0 VGA [0300]: InnoTek [80ee:beef]\n"}, "virtualbox"),
        ({"lspci": "00:08.0 VGA [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353]\n"}, "hyper-v"),
    ],
)
def test_virtual_machines_by_pci_though_no_flag_is_set(
    tree: Tree, files: dict[str, str], expected: str
) -> None:
    assert kind(tree({**files, **PLAIN})) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (FLAGGED, "vm"),  # bare KVM without SMBIOS
        ({**FLAGGED, "proc/bus/pci/devices": HOST_BRIDGE}, "vm"),
        ({"sos_commands/processor/lscpu": "Architecture: x86_64\nHypervisor vendor: KVM\n"}, "kvm"),
        (
            {"sos_commands/processor/lscpu": "架构： x86_64\n超管理器厂商： VMware\n虚拟化类型： 完全\n"},
            "vmware",
        ),
        ({"sys/hypervisor/type": "xen\n", "sys/hypervisor/uuid": "3c9d2f60-0001\n"}, "xen-domu"),
        ({"proc/xen/capabilities": "\n"}, "xen-domu"),
        ({"proc/xen/xenbus": "x\n", **SERVER}, "xen-domu"),
        ({"proc/sysinfo": "Manufacturer: IBM\nVM00 Control Program: KVM/Linux       \n"}, "kvm"),
        ({"proc/sysinfo": "Manufacturer: IBM\nVM00 Control Program: z/VM    6.4.0   \n"}, "zvm"),
        ({"proc/device-tree/hypervisor/compatible": "linux,kvm\0"}, "kvm"),
        ({"proc/cpuinfo": "processor : 0\n\nmodel : IBM pSeries (emulated by qemu)\nprocessor : 1\n"}, "kvm"),
        ({"sos_commands/virt/virt-what": "kvm\n"}, "kvm"),
        ({"sos_commands/virt/virt-what": "xen\nxen-hvm\naws\n"}, "xen-domu"),
        ({"sos_commands/virt/virt-what": "xen\nxen-dom0\naws\n"}, "aws"),  # somebody else's machine
        (docker_info("Boot2Docker 1.10.1 (TCL 6.4.1)", "4.1.17-boot2docker"), "vm"),
        (docker_info("Docker Desktop", "6.10.4-linuxkit"), "vm"),
        ({"sos_commands/nvidia/nvidia-smi_-L": "GPU 0: GRID T4-8C (UUID: GPU-0a1b)\n"}, "vm"),
        ({"sos_commands/virt/systemd-detect-virt": "oracle\n"}, "virtualbox"),
        (
            {"sos_commands/host/hostnamectl": "  Chassis: vm\n  Virtualization: kvm\n  Kernel: Linux 3.10\n"},
            "kvm",
        ),
        ({"sos_commands/host/hostnamectl": "  Chassis: vm\n  Kernel: Linux 3.10\n"}, "vm"),
    ],
)
def test_virtual_machines_by_other_signs(tree: Tree, files: dict[str, str], expected: str) -> None:
    assert kind(tree(files)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({".dockerenv": ""}, "docker"),
        ({"run/.containerenv": 'engine="podman-4.9.4"\n'}, "podman"),
        ({"run/systemd/container": "lxc\n"}, "lxc"),
        ({"proc/1/environ": "HOME=/\0container=lxc\0TERM=linux\0"}, "lxc"),
        ({"proc/1/cgroup": "11:cpu,cpuacct:/docker/0a1b2c\n1:name=systemd:/docker/0a1b2c\n"}, "docker"),
        ({"proc/1/cgroup": "4:cpuset:/lxc.payload.c1/init.scope\n"}, "lxc"),
        (
            {"proc/1/cgroup": "0::/kubepods.slice/kubepods-besteffort.slice/cri-containerd-0a.scope\n"},
            "container",
        ),
        ({"proc/vz/veinfo": "1\n"}, "openvz"),
        ({"proc/mounts": "lxcfs /proc/cpuinfo fuse.lxcfs rw,nosuid 0 0\n"}, "lxc"),
        ({"mount": "lxcfs on /proc/uptime type fuse.lxcfs (rw,nosuid)\n"}, "lxc"),
    ],
)
def test_a_container_is_not_the_host_though_it_shows_its_dmi(
    tree: Tree, files: dict[str, str], expected: str
) -> None:
    assert kind(tree({**files, **SERVER, **PLAIN})) == expected


@pytest.mark.parametrize(
    "files",
    [
        {"proc/1/cgroup": "12:pids:/init.scope\n10:rdma:/\n"},
        {"proc/mounts": "lxcfs /var/lib/lxcfs fuse.lxcfs rw,nosuid 0 0\n/dev/sda1 / ext4 rw 0 0\n"},
        {"proc/vz/veinfo": "1\n", "proc/bc/0/resources": "0\n"},
        {"sos_commands/processor/lscpu": "Architecture: x86_64\nVirtualization: VT-x\nFlags: fpu vmx\n"},
        {"proc/bus/pci/devices": HOST_BRIDGE, "run/systemd/container": "\n"},
    ],
    ids=["cgroups of init", "host of LXD", "host of OpenVZ", "VT-x is a feature", "no virtual device"],
)
def test_a_server_that_hosts_others_is_physical(tree: Tree, files: dict[str, str]) -> None:
    assert kind(tree({**SERVER, **PLAIN, **files})) == "none"


@pytest.mark.parametrize(
    "files",
    [
        {"proc/xen/capabilities": "control_d\n"},
        {"sys/hypervisor/type": "xen\n", "sys/hypervisor/uuid": "00000000-0000-0000-0000-000000000000\n"},
        {
            "sos_commands/processor/lscpu": "Architecture: x86_64\nHypervisor vendor: Xen\n"
            "Virtualization type: none\nFlags: fpu hypervisor\n"
        },
        {"sos_commands/virt/virt-what": "xen\nxen-dom0\n"},
        # The Hyper-V role: a hypervisor below, yet the hardware is its own.
        {
            "sos_commands/processor/lscpu": "Architecture: x86_64\nHypervisor vendor: Microsoft\n"
            "Virtualization type: full\nFlags: fpu hypervisor\n"
        },
    ],
    ids=["capabilities", "zero uuid", "lscpu", "virt-what", "Hyper-V role"],
)
def test_a_privileged_host_beside_its_hypervisor_is_physical(tree: Tree, files: dict[str, str]) -> None:
    assert kind(tree({**SERVER, **FLAGGED, **files})) == "none"


def test_dom0_inside_a_virtual_machine_is_virtual(tree: Tree) -> None:
    host = tree({"proc/xen/capabilities": "control_d\n", **system("VMware, Inc.", "VMware7,1"), **FLAGGED})
    assert kind(host) == "vmware"


def test_a_flagged_server_is_no_hyper_v_host_without_a_sign_of_it(tree: Tree) -> None:
    lscpu = "Architecture: x86_64\nHypervisor vendor: KVM\nVirtualization type: full\n"
    assert kind(tree({**SERVER, **FLAGGED, "sos_commands/processor/lscpu": lscpu})) == "vm"


@pytest.mark.parametrize(
    "files",
    [
        {**PLAIN, "proc/bus/pci/devices": HOST_BRIDGE},
        {"sos_commands/virt/virt-what": ""},
        {"sos_commands/virt/systemd-detect-virt": "none\n"},
        {"sos_commands/host/hostnamectl": "  Chassis: server\n  Kernel: Linux 3.10\n"},
        {"proc/sysinfo": "Manufacturer: IBM\nLPAR Number:          4\n"},
    ],
    ids=["no flag and no device", "virt-what", "systemd", "hostnamectl", "LPAR"],
)
def test_physical_without_dmi(tree: Tree, files: dict[str, str]) -> None:
    assert kind(tree(files)) == "none"


@pytest.mark.parametrize(
    "files",
    [
        {},
        PLAIN,  # old VirtualBox sets no flag
        {"proc/bus/pci/devices": HOST_BRIDGE},
        {"dmidecode": "# dmidecode 3.2\n/dev/mem: Permission denied\n"},
        {"sos_commands/virt/virt-what": "xen\nxen-dom0\nkvm\n"},
        {"sos_commands/virt/virt-what": "virt-what: this script must be run as root\n"},
        {"proc/1/cgroup": "0::/init.scope\n"},
    ],
    ids=["nothing", "flag alone", "bus alone", "no dmi", "contradiction", "not root", "cgroups alone"],
)
def test_too_little_is_no_physical_machine(tree: Tree, files: dict[str, str]) -> None:
    found = virtualization.collect(tree(files))
    assert isinstance(found.physical, Unknown)
    assert isinstance(found.system, Unknown)


@pytest.mark.parametrize(
    "files",
    [
        {"proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft\n"},
        {"uname": "Linux pc 5.15.90.1-microsoft-standard-WSL2 #1 SMP Fri Jan 27 2023 x86_64 GNU/Linux\n"},
        {"proc/version": "Linux version 5.10.16.3-microsoft-standard-WSL2 (oe-user@oe-host)\n"},
        {"proc/sys/kernel/osrelease": "6.1.0-own\n", "proc/sys/fs/binfmt_misc/WSLInterop": "enabled\n"},
        {"sos_commands/host/hostnamectl": "  Kernel: Linux 5.15.90.1-microsoft-standard-WSL2\n"},
    ],
    ids=["WSL1", "uname", "version", "own kernel", "hostnamectl"],
)
def test_wsl(tree: Tree, files: dict[str, str]) -> None:
    host = tree({**files, **FLAGGED})
    found = virtualization.collect(host)
    assert isinstance(found.wsl, Known)
    assert found.wsl.value is True
    assert kind(host) == "wsl"


@pytest.mark.parametrize(
    "files",
    [
        {"proc/sys/kernel/osrelease": "3.10.0-957.el7.x86_64\n"},
        {"uname": "Linux microsoft-host 4.15.0-1063-azure #68 SMP x86_64 GNU/Linux\n"},
    ],
)
def test_a_known_kernel_without_the_mark_is_not_wsl(tree: Tree, files: dict[str, str]) -> None:
    found = virtualization.collect(tree(files)).wsl
    assert isinstance(found, Known)
    assert found.value is False


def test_docker_of_windows_shows_wsl(tree: Tree) -> None:
    kernel = "5.15.153.1-microsoft-standard-WSL2"
    found = virtualization.collect(tree(docker_info("Docker Desktop", kernel)))
    assert found.wsl == Known(True, "docker info")
    assert found.kind == Known("wsl", f"docker info: kernel {kernel}")


def test_docker_in_a_machine_of_its_own_does_not_tell_of_a_server(tree: Tree) -> None:
    info = docker_info("Docker Desktop", "6.10.4-linuxkit")
    assert kind(tree({**info, **SERVER, **PLAIN})) == "none"


def test_the_kernel_of_dockers_own_machine_is_not_the_hosts(tree: Tree) -> None:
    info = docker_info("Docker Desktop", "6.10.4-linuxkit")
    assert isinstance(virtualization.collect(tree(info)).wsl, Unknown)


def test_without_a_kernel_release_wsl_is_unknown(tree: Tree) -> None:
    assert isinstance(virtualization.collect(tree({})).wsl, Unknown)
