"""Users, processes, libraries and archives of a recorded host."""

from __future__ import annotations

import io
import tarfile

import pytest

from envcheck.host.base import Absent, Failed, NotRecorded
from tests.conftest import Tree

PASSWD = "root:x:0:0:root:/root:/bin/bash\nidl-face:x:1001:1002::/home/idl-face:/bin/bash\n"
GROUP = "root:x:0:\nface:x:1002:\ndocker:x:990:idl-face,other\n"
PS = "sos_commands/process/ps_auxwww"
HEADING = "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
INIT = "root         1  0.0  0.1 125000  3900 ?        Ss   Nov01   0:10 /usr/lib/systemd/systemd --system\n"


def test_users_and_groups(tree: Tree) -> None:
    host = tree({"etc/passwd": PASSWD, "etc/group": GROUP})
    found = host.account("idl-face")
    assert (found.uid, found.home, found.groups) == (1001, "/home/idl-face", ("face", "docker"))
    assert (host.user_name(1001), host.group_name(1002)) == ("idl-face", "face")
    with pytest.raises(Absent):
        host.account("other")
    with pytest.raises(NotRecorded):
        host.user_name(5)


@pytest.mark.parametrize("files", [{}, {"etc/passwd": PASSWD, "etc/nsswitch.conf": "passwd: files sss\n"}])
def test_a_user_may_be_in_a_directory(tree: Tree, files: dict[str, str]) -> None:
    with pytest.raises(NotRecorded):
        tree(files).account("other")


def test_a_directory_for_other_things_has_no_users(tree: Tree) -> None:
    with pytest.raises(Absent):
        tree({"etc/passwd": PASSWD, "etc/nsswitch.conf": "passwd: files\ngroup: sss\n"}).account("other")


def test_users_of_getent(tree: Tree) -> None:
    line = "ldap-face:*:70001:70000::/home/ldap-face:/bin/sh\n"
    assert tree({"sos_commands/x/getent_passwd": line}).account("ldap-face").uid == 70001


def test_processes_of_ps(tree: Tree) -> None:
    lines = (
        "root         2  0.0  0.0      0     0 ?        S    Nov01   0:00 [kthreadd]\n"
        "mysql     4242  1.0  2.0 999999 99999 ?        Sl   Nov01   9:59 /usr/libexec/mysqld --port=3306\n"
        "mysql     4243  0.0  0.0      0     0 ?        Z    Nov01   0:00 [mysqld] <defunct>\n"
        "mysql     4100  0.0  0.0 113000  1500 ?        Ss   Nov01   0:00 /bin/sh /usr/bin/mysqld_safe\n"
        "root      4300  0.0  0.0 113000  1500 pts/0    S+   Nov01   0:00 grep mysqld\n"
    )
    found = tree({PS: HEADING + INIT + lines}).processes()
    assert [(each.pid, each.name, each.user) for each in found] == [
        (1, "systemd", "root"),
        (4242, "mysqld", "mysql"),
        (4100, "mysqld_safe", "mysql"),
        (4300, "grep", "root"),
    ]
    assert found[1].program == "/usr/libexec/mysqld"
    assert found[3].program is None


def test_without_a_containers_keeper_nothing_is_in_one(tree: Tree) -> None:
    shim = "root      900  0.0  0.0 113000  1500 ?        Sl   Nov01   0:00 /usr/bin/containerd-shim -id ab\n"
    assert [each.container for each in tree({PS: HEADING + INIT}).processes()] == [""]
    assert {each.container for each in tree({PS: HEADING + INIT + shim}).processes()} == {None}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  PID TTY          TIME CMD\n 4711 pts/0    00:00:00 bash\n",
        "no heading\n1 2 3\n",
        HEADING,
        "PID\n1\n",
    ],
)
def test_what_does_not_list_all_processes(tree: Tree, text: str) -> None:
    with pytest.raises(NotRecorded):
        tree({PS: text}).processes()


def test_symbol_versions_kept_as_an_answer(tree: Tree) -> None:
    host = tree(
        {
            "sos_commands/envcheck/symbol_versions.json": '{"/lib64/libstdc++.so.6": ["GLIBCXX_3.4"]}',
            "lib64/other.so": "text",
        }
    )
    assert host.symbol_versions("/lib64/libstdc++.so.6") == ("GLIBCXX_3.4",)
    with pytest.raises(Failed, match="ELF"):
        host.symbol_versions("/lib64/other.so")
    with pytest.raises(NotRecorded):
        host.symbol_versions("/lib64/none.so")


STAT = "sos_commands/envcheck/stat.json"
MOUNTS = "/dev/sda1 / xfs {} 0 0\n"
ROOM = '[{"mount_point": "/", "total": 100, "free": %d}]'
FREE = "sos_commands/envcheck/filesystem.json"


@pytest.mark.parametrize(
    ("mode", "options", "free", "said"),
    [
        ("1777", "rw,relatime", 10, ""),
        ("1777", "ro,relatime", 10, "its file system is mounted read-only"),
        ("1777", "rw", 0, "no space is left"),
    ],
)
def test_what_is_in_the_way_of_writing(tree: Tree, mode: str, options: str, free: int, said: str) -> None:
    status = f'{{"/tmp": {{"mode": "{mode}", "kind": "directory"}}}}'
    files = {"tmp/x": "", STAT: status, "proc/mounts": MOUNTS.format(options), FREE: ROOM % free}
    assert tree(files).obstacle("/tmp") == said


def test_a_mount_table_of_the_command(tree: Tree) -> None:
    table = "/dev/sda1 on / type xfs (rw)\ntmpfs on /tmp type tmpfs (ro,nosuid) [label]\n"
    files = {
        "tmp/x": "",
        STAT: '{"/tmp": {"mode": "1777"}}',
        "sos_commands/filesys/mount_-l": table,
        FREE: ROOM % 1,
    }
    assert tree(files).obstacle("/tmp") == "its file system is mounted read-only"


@pytest.mark.parametrize("lacking", ["proc/mounts", FREE])
def test_writing_is_not_known_without(tree: Tree, lacking: str) -> None:
    files = {
        "tmp/x": "",
        STAT: '{"/tmp": {"mode": "1777"}}',
        "proc/mounts": MOUNTS.format("rw"),
        FREE: ROOM % 1,
    }
    del files[lacking]
    with pytest.raises(NotRecorded):
        tree(files).obstacle("/tmp")


def test_a_folder_and_an_archive(tree: Tree) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("./secfile_10.0.0.5"), io.BytesIO(b""))
    host = tree(
        {
            "home/a/refs.txt": "x",
            "home/out": "-> /etc",
            "etc/shadow": "secret",
            "home/f.tar.gz": buffer.getvalue(),
        }
    )
    found = host.contents("/home", "*/refs.txt", timeout=5)
    assert ("a/refs.txt", "file", 1) in [each[:3] for each in found.members]
    assert ("out", "link", 0) in [each[:3] for each in found.members]
    assert found.texts == {"a/refs.txt": "x"}
    assert [each[:3] for each in host.contents("/home/f.tar.gz", timeout=5).members] == [
        ("secfile_10.0.0.5", "file", 0)
    ]
