"""Outputs of commands are found where sos puts them."""

from __future__ import annotations

import pytest

from envcheck.host import outputs
from envcheck.host.base import Failed, NotRecorded, Output
from envcheck.host.sos_names import file_name
from tests.conftest import Tree


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("docker info", "docker_info"),
        ("ip -o addr", "ip_-o_addr"),
        ("gcc --version", "gcc_--version"),
        ("python2.7 -V", "python2.7_-V"),
        ("/usr/sbin/dmidecode", "dmidecode"),
        ("/bin/ls -l /etc/x", "ls_-l_.etc.x"),
        ("docker info --format {{json .}}", "docker_info_--format_json"),
        ("lsblk -o NAME,SIZE", "lsblk_-o_NAME_SIZE"),
    ],
)
def test_names_as_sos_makes_them(line: str, name: str) -> None:
    assert file_name(line.split(" ")) == name


def test_an_output_is_found_in_any_folder(tree: Tree) -> None:
    host = tree(
        {"sos_commands/odd/deeper/sestatus_-b": "SELinux status: disabled\n", "sos_commands/lsmod": "m\n"}
    )
    assert host.run("sestatus", "-b") == Output("SELinux status: disabled\n", status=None)
    assert host.run("lsmod").stdout == "m\n"


def test_an_empty_output_is_an_output(tree: Tree) -> None:
    host = tree({"sos_commands/kernel/lsmod": ""})
    assert host.run("lsmod").stdout == ""


def test_of_two_outputs_the_one_that_says_something(tree: Tree) -> None:
    host = tree({"sos_commands/a/lscpu": "\n", "sos_commands/b/lscpu": "Architecture: x\n"})
    assert host.run("lscpu").stdout == "Architecture: x\n"


def test_files_at_the_root_stand_for_the_commands_of_sos(tree: Tree) -> None:
    host = tree(
        {
            "uname": "Linux h 3.10\n",
            "dmidecode": "SMBIOS\n",
            "lspci": "-> sos_commands/pci/l",
            "ip_addr": "1: lo\n",
        }
    )
    assert host.run("uname", "-a").stdout == "Linux h 3.10\n"
    assert host.run("dmidecode").stdout == "SMBIOS\n"
    assert host.run("ip", "-o", "addr").stdout == "1: lo\n"
    for argv in (("uname", "-r"), ("dmidecode", "-t", "1")):
        with pytest.raises(NotRecorded):
            host.run(*argv)


def test_links_at_the_root_are_followed(tree: Tree) -> None:
    host = tree({"lspci": "-> sos_commands/pci/list", "sos_commands/pci/list": "00:00.0\n"})
    assert host.run("lspci", "-nnvv").stdout == "00:00.0\n"


def test_recorded_by_name_and_by_path(tree: Tree) -> None:
    host = tree(
        {
            "sos_commands/nvidia/nvidia-smi_-q_-d_MEMORY": "m",
            "sos_commands/nvidia/nvidia-smi": "t",
            "sos_commands/xfs/xfs_info_.home": "h",
            "sos_commands/other/xfs_info_.home": "o",
            "installed-rpms": "bash-4-1.x86_64\n",
            "etc/nvidia-smi": "not a command's output",
        }
    )
    assert host.recorded("nvidia-smi_-q_-d_*") == {"nvidia-smi_-q_-d_MEMORY": "m"}
    assert host.recorded("nvidia-smi*") == {"nvidia-smi_-q_-d_MEMORY": "m", "nvidia-smi": "t"}
    assert host.recorded("xfs/xfs_info_*") == {"xfs_info_.home": "h"}
    assert sorted(host.recorded("xfs_info_*").values()) == ["h", "o"]
    assert list(host.recorded("installed-*", "none")) == ["installed-rpms"]
    assert host.recorded("nvidia-smi", "nvidia-smi_*") == {"nvidia-smi_-q_-d_MEMORY": "m", "nvidia-smi": "t"}
    assert sorted(host.recorded("nvidia-smi_-q*", "xfs_info_?home").values()) == ["h", "m", "o"]
    assert host.recorded("nvidia?smi_*") == {"nvidia-smi_-q_-d_MEMORY": "m"}


def test_an_output_too_large_is_refused_not_cut(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "MAX_SIZE", 10)
    host = tree(
        {"sos_commands/networking/ss_-peaonmi": "LISTEN 0.0.0.0:8300\n", "sos_commands/networking/ss": "x"}
    )
    with pytest.raises(Failed, match="larger"):
        host.run("ss", "-peaonmi")
    assert host.recorded("ss*") == {"ss": "x"}
