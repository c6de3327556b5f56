"""Which files of a written host tell a fact: the least that its probe can answer from.

By the fact, else by its probe. ` + ` joins files that are needed together; a word in capitals
stands for a name of the host's own. Other sources of a probe do as well, this one is short to
write. Where a record lacks something that is to be absent rather than unknown, its name goes
into `sos_commands/envcheck/absent`, one a line.
"""

from __future__ import annotations

from collections.abc import Mapping

_ITSELF = "the file itself, at the path that is asked about"

_E = "sos_commands/envcheck/"
_ENGINE = (
    f"{_E}docker_containers_json_all_1.json + {_E}docker_containers_CONTAINER_json.json + {_E}clock.json"
)
_RAW = "sos_commands/kubernetes/kubectl_get_--raw_"
_BY_KUBECTL = f"{_RAW}.api.v1.namespaces.*"
"""What services answered is written as envcheck/host/tree_services.py says."""

RECORDS: Mapping[str, str] = {
    "account": "etc/passwd + etc/group",
    "answering": f"{_E}connect.json",
    "containers": _ENGINE,
    "cpu.architecture": "sos_commands/kernel/uname_-a",
    "cpu.userland_bits": "sos_commands/envcheck/getconf_LONG_BIT",
    "cpu.model": "proc/cpuinfo",
    "cpu.physical_cores": "proc/cpuinfo",
    "cpu.frequency": "sos_commands/processor/lscpu",
    "database.answer": f"{_E}greetings.json + {_E}connect.json",
    "deployment_package": "the package itself, at the path that is asked about",
    "disk": "sos_commands/block/lsblk_pairs",
    "docker": "sos_commands/docker/docker_version",
    "docker_config": "sos_commands/docker/docker_version + etc/docker/daemon.json",
    "docker_storage": "sos_commands/docker/docker_info + sos_commands/filesys/df_-al_-x_autofs",
    "docker_storage.storage": "sos_commands/docker/docker_info",
    "docker_storage.root": "sos_commands/docker/docker_info",
    "endpoint": f"{_E}connect.json",
    "face_cluster": _BY_KUBECTL,
    "face_cluster.controllers": f"{_BY_KUBECTL} + {_RAW}.apis.apps.v1.namespaces.*",
    "fingerprint_archive": _ITSELF,
    "gcc": "sos_commands/envcheck/gcc_--version",
    "gpu.present": "sos_commands/pci/lspci_-nnvv",
    "gpu.pci": "sos_commands/pci/lspci_-nnvv",
    "gpu.cards": "sos_commands/pci/lspci_-nnvv + sos_commands/nvidia/nvidia-smi_-q",
    "gpu_processes": f"sos_commands/kernel/lsmod + {_E}gpu_processes.json + {_E}processes.json + {_ENGINE}",
    "identity.board": "sos_commands/hardware/dmidecode",
    "identity.system_uuid": "sos_commands/hardware/dmidecode",
    "identity.installation": "etc/machine-id",
    "inside_container": f"{_E}execute.json",
    "kernel": "proc/sys/kernel/osrelease",
    "kernel_source": "proc/sys/kernel/osrelease + usr/src/kernels/RELEASE/Makefile",
    "kubernetes": "sos_commands/kubernetes/kubectl_get_nodes",
    "libc": "sos_commands/envcheck/ldd_--version",
    "libstdcxx": "sos_commands/libraries/ldconfig_-p_-N_-X + sos_commands/envcheck/symbol_versions.json",
    "license_server.answer": f"{_E}connect.json + {_E}pages.json",
    "memory": "proc/meminfo",
    "modules": "sos_commands/kernel/lsmod",
    "network": "sos_commands/networking/ip_-o_addr",
    "nvidia": "sos_commands/pci/lspci_-nnvv + sos_commands/kernel/lsmod + sos_commands/nvidia/nvidia-smi",
    "nvidia_docker": "installed-rpms + sos_commands/docker/docker_info",
    "os_release": "etc/os-release",
    "packages": "etc/os-release + installed-rpms + sos_commands/docker/docker_info",
    "packages.manager": "etc/os-release",
    "packages.el7": "etc/os-release",
    "path.status": "sos_commands/envcheck/stat.json",
    "path.writing": "sos_commands/envcheck/stat.json + proc/mounts + sos_commands/filesys/df_-al_-x_autofs",
    "path.space": "sos_commands/filesys/df_-al_-x_autofs",
    "port_ranges.ephemeral": "proc/sys/net/ipv4/ip_local_port_range"
    " + proc/sys/net/ipv4/ip_local_reserved_ports",
    "port_ranges.node_ports": "sos_commands/process/ps_auxwww",
    "ports": "proc/net/tcp + proc/net/tcp6",
    "processes": "sos_commands/process/ps_auxwww",
    "program": "sos_commands/process/ps_auxwww",
    "python27": "sos_commands/envcheck/python2.7_-V + sos_commands/envcheck/python2_-V"
    " + sos_commands/envcheck/python_-V",
    "selinux.mode": "sos_commands/selinux/sestatus_-b",
    "selinux.config": "etc/selinux/config",
    "selinux.lasting": "sos_commands/selinux/sestatus_-b + etc/selinux/config",
    "service_conf": _ITSELF,
    "service_logs": f"the logs themselves + {_E}processes.json + {_E}clock.json + {_E}connect.json"
    f"; of containers {_E}containers/CONTAINER/LOG + {_ENGINE}",
    "sysctl": "proc/sys/net/ipv4/NAME, or where the setting lies below proc/sys",
    "tools.tar": "sos_commands/envcheck/tar_--version",
    "tools.unzip": "usr/bin/unzip",
    "user": "sos_commands/envcheck/id_-u",
    "virtualization": "sos_commands/hardware/dmidecode",
    "virtualization.wsl": "proc/sys/kernel/osrelease",
    "web": f"{_E}connect.json + {_E}pages.json",
}


SAMPLES: Mapping[str, str] = {
    "sos_commands/block/lsblk_pairs": 'NAME="sda" KNAME="sda" PKNAME="" SIZE="512110190592" TYPE="disk" '
    'RM="0" TRAN="sata" MODEL="SAMSUNG MZ7"',
    f"{_E}clock.json": '{"now": 1795348800, "offset": 28800}',
    f"{_E}connect.json": '{"127.0.0.1:8000": "open", "127.0.0.1:8300": "open", "10.0.0.5:8887": "refused"}',
    f"{_E}getconf_LONG_BIT": "64",
    f"{_E}gpu_processes.json": "[4711]",
    f"{_E}id_-u": "0",
    f"{_E}pages.json": '{"10.0.0.5:8887/": {"status": 200, "body": "baidu-rpc"}, '
    '"127.0.0.1:8000/stat": {"status": 200, "body": "ok"}}',
    f"{_E}processes.json": '[{"pid": 4711, "name": "face_server", "started": 1795340000, "container": ""}]',
    f"{_E}stat.json": '{"/srv/app": {"kind": "directory", "mode": "0755", "uid": 0, "gid": 0, "size": 4096}}',
    f"{_E}symbol_versions.json": '{"/lib64/libstdc++.so.6": ["GLIBCXX_3.4.19", "CXXABI_1.3.7"]}',
}
"""What stands in those files whose form is our own, or of a command with long options."""


def samples_of(record: str) -> Mapping[str, str]:
    """What may stand in those files of a `record` that are not simply what a command prints."""
    return {part: SAMPLES[part] for part in record.split(" + ") if part in SAMPLES}


def record_of(fact: str) -> str:
    """The files that tell a fact, `probe.field`; empty where nobody wrote them down."""
    return RECORDS.get(fact) or RECORDS.get(fact.partition(".")[0], "")
