"""What a record does not hold is unknown, unless it shows that it is absent."""

from __future__ import annotations

import pytest

from envcheck.host.base import Absent, NotRecorded, Unreadable
from envcheck.host.tree import TreeHost
from tests.conftest import Tree

LISTED = "sos_commands/envcheck/absent"
EL7 = "bash-4.2.46-34.el7.x86_64   Tue 1 Jan\ngcc-4.8.5-44.el7.x86_64   x\ntar-1.26-35.el7.x86_64\n"
DEBIAN = """Desired=Unknown/Install/Remove/Purge/Hold
||/ Name           Version      Architecture Description
+++-==============-============-============-=================================
ii  gcc            4:9.3.0-1    amd64        an error: or timeout: in words
rc  tar            1.30+dfsg-7  amd64        GNU version of the tar archiving utility
hi  unzip:amd64    6.0-25       amd64        De-archiver
"""


def answer(host: TreeHost, command: str) -> str | type[Unreadable]:
    try:
        return host.which(command)
    except Unreadable as error:
        return type(error)


def test_a_listed_path_and_what_is_below_it_are_absent(tree: Tree) -> None:
    host = tree({LISTED: "# known\n/etc/docker/\n  /var/run/docker.sock\n\nlspci\n", "etc/x": ""})
    for path in ("/etc/docker", "/etc/docker/daemon.json", "/var/run/docker.sock", "//etc/./docker"):
        with pytest.raises(Absent, match="is not there"):
            host.read(path)
    assert host.exists("/etc/docker/daemon.json") is False
    for path in ("/etc/dockerfile", "/etc", "/var/run"):
        with pytest.raises(Unreadable) as caught:
            host.read(path)
        assert not isinstance(caught.value, Absent)


def test_a_listed_path_is_absent_also_where_a_link_leads_to_it(tree: Tree) -> None:
    host = tree({LISTED: "/run/docker.sock\n", "var/run": "-> ../run"})
    assert host.exists("/var/run/docker.sock") is False


def test_no_daemon_json_in_the_folder_of_docker(tree: Tree) -> None:
    assert tree({"etc/docker/key.json": "{}"}).exists("/etc/docker/daemon.json") is False


def test_nothing_of_docker_recorded_does_not_say_so(tree: Tree) -> None:
    with pytest.raises(NotRecorded):
        tree({"etc/hosts": ""}).exists("/etc/docker/daemon.json")


def test_a_daemon_json_whose_target_is_not_recorded_is_unknown(tree: Tree) -> None:
    host = tree({"etc/docker/daemon.json": "-> /opt/daemon.json"})
    with pytest.raises(NotRecorded):
        host.read("/etc/docker/daemon.json")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nodev\tsysfs\nnodev\tproc\n\text4\n", Absent),
        ("nodev\tsysfs\nnodev\tselinuxfs\n", NotRecorded),
        ("", NotRecorded),
    ],
)
def test_the_kernels_file_systems_decide_on_selinux(tree: Tree, text: str, kind: type[Unreadable]) -> None:
    with pytest.raises(kind):
        tree({"proc/filesystems": text}).read("/sys/fs/selinux/enforce")


def test_packages_of_an_rpm_host_tell_its_commands(tree: Tree) -> None:
    host = tree({"installed-rpms": EL7})
    assert answer(host, "tar") == "/usr/bin/tar"
    assert answer(host, "gcc") == "/usr/bin/gcc"
    assert answer(host, "unzip") is Absent
    assert answer(host, "python2.7") is Absent
    assert answer(host, "lspci") is NotRecorded
    with pytest.raises(Absent, match="no package brings it"):
        host.run("unzip", "-v")


@pytest.mark.parametrize(
    ("package", "command", "there"),
    [
        ("python-2.7.5-90.el7.x86_64", "python2.7", True),
        ("python-2.6.6-68.el6.x86_64", "python2.7", False),
        ("python-2.6.6-68.el6.x86_64", "python", True),
        ("python2-2.7.18-1.module_el8.x86_64", "python2.7", True),
        ("python2-2.7.18-1.module_el8.x86_64", "python", False),
        ("python-base-2.7.13-28.el12.x86_64", "python2.7", True),
        ("python-libs-2.7.5-90.el7.x86_64", "python2.7", False),
        ("tar-doc-1.26-35.el7.noarch", "tar", False),
    ],
)
def test_which_package_brings_which_command(tree: Tree, package: str, command: str, there: bool) -> None:
    host = tree({"sos_commands/rpm/rpm_-qa": f"bash-4-1.x86_64\n{package}\n"})
    assert answer(host, command) == (f"/usr/bin/{command}" if there else Absent)


def test_packages_of_a_debian_host_tell_its_commands(tree: Tree) -> None:
    host = tree({"sos_commands/dpkg/dpkg_-l": DEBIAN})
    assert answer(host, "gcc") == "/usr/bin/gcc"
    assert answer(host, "unzip") == "/usr/bin/unzip"
    assert answer(host, "tar") is Absent  # removed, only its configuration is left


@pytest.mark.parametrize(
    "text", ["", "error: rpmdb: BDB0113 failed\nbash-4-1.x86_64\n", "bash: rpm: command not found\n"]
)
def test_a_list_that_broke_off_proves_nothing(tree: Tree, text: str) -> None:
    assert answer(tree({"installed-rpms": text}), "unzip") is NotRecorded


def test_a_file_of_the_tree_is_the_command(tree: Tree) -> None:
    host = tree({"usr/bin/unzip": "", "bin/tar": "-> ../opt/tar", "sbin/lspci/x": ""})
    assert answer(host, "unzip") == "/usr/bin/unzip"
    assert answer(host, "tar") is NotRecorded
    assert answer(host, "lspci") is NotRecorded


def test_a_recorded_output_shows_its_command(tree: Tree) -> None:
    host = tree({"sos_commands/envcheck/tar_--version": "tar (GNU tar) 1.26\n", "sos_commands/x/gcc_-v": ""})
    assert answer(host, "tar") == "/usr/bin/tar"
    assert answer(host, "gcc") is NotRecorded


@pytest.mark.parametrize(
    "text",
    [
        "bash: lspci: command not found\n",
        "-bash: lspci: command not found",
        "/bin/sh: 1: lspci: not found\n",
        "/bin/sh: line 1: lspci: command not found",
        "bash: lspci: 未找到命令\n",
        "bash: /usr/sbin/lspci: No such file or directory\n",
        "zsh: command not found: lspci",
        "timeout: failed to run command ‘lspci’: No such file or directory\n",
        "timeout: failed to run command `lspci': No such file or directory\n",
    ],
)
def test_an_output_that_says_no_such_command(tree: Tree, text: str) -> None:
    host = tree({"sos_commands/pci/lspci_-nnvv": text})
    with pytest.raises(Absent, match="lspci is not installed"):
        host.run("lspci", "-nnvv")
    with pytest.raises(Absent):
        host.run("lspci", "-t")
    assert answer(host, "lspci") is Absent


@pytest.mark.parametrize(
    "text",
    [
        "lspci: Unable to load libkmod resources: error -12\n",
        "lspci: cannot open x: No such file or directory\n",
        "bash: other: command not found\n",
        "00:00.0 Host bridge\nbash: lspci: command not found\n",
    ],
)
def test_other_outputs_are_the_commands_own(tree: Tree, text: str) -> None:
    assert tree({"sos_commands/pci/lspci_-nnvv": text}).run("lspci", "-nnvv").stdout == text


def test_a_listed_command_is_absent_a_longer_name_is_not(tree: Tree) -> None:
    host = tree({LISTED: "python2\n", "usr/bin/python2": ""})
    assert answer(host, "python2") is Absent
    with pytest.raises(Absent):
        host.run("python2", "-V")
    with pytest.raises(NotRecorded, match=r"`python2\.7 -V` is not in this record"):
        host.run("python2.7", "-V")
