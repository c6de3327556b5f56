"""A path: what is there, whose it is, whether it may be written to."""

from __future__ import annotations

from pathlib import Path

from envcheck.facts import Known, Unknown
from envcheck.host.base import Denied, Filesystem
from envcheck.host.live import LiveHost
from envcheck.probes import path
from tests.conftest import Tree
from tests.probes.conftest import Scripted

STAT = "sos_commands/envcheck/stat.json"
PASSWD = "mysql:x:27:27::/var/lib/mysql:/sbin/nologin\n"


def status(found: path.Path) -> path.Status:
    assert isinstance(found.status, Known), found.status
    return found.status.value


def test_mode_and_owner(tree: Tree) -> None:
    kept = '{"/var/log/mariadb": {"mode": "1777", "uid": 27, "gid": 27, "kind": "directory"}}'
    files = {STAT: kept, "etc/passwd": PASSWD, "etc/group": "mysql:x:27:\n", "var/log/mariadb/x": ""}
    found = status(path.collect(tree(files), path.Settings("/var/log/mariadb")))
    assert (found.state, found.permissions, found.owner, found.group) == (
        "directory",
        "777",
        "mysql",
        "mysql",
    )
    assert str(found) == "/var/log/mariadb: directory, 1777, mysql:mysql"


def test_an_owner_without_a_name(scripted: Scripted) -> None:
    found = status(path.collect(scripted({"stat /x": ""}), path.Settings("/x")))
    assert (found.owner, found.group) == ("0", "0")
    found = status(path.collect(scripted({"stat /x": "", "user 0": Denied("no")}), path.Settings("/x")))
    assert found.owner is None


def test_absent_is_an_answer_and_not_recorded_is_none(tree: Tree) -> None:
    host = tree({"sos_commands/envcheck/absent": "/home/facesvc\n"})
    assert str(status(path.collect(host, path.Settings("/home/facesvc")))) == "/home/facesvc is not there"
    assert isinstance(path.collect(host, path.Settings("/home/x")).status, Unknown)


def test_writing_and_space(scripted: Scripted) -> None:
    found = path.collect(scripted({"obstacle /tmp": "", "filesystem /tmp": 5 * 10**9}), path.Settings("/tmp"))
    assert isinstance(found.writing, Known)
    assert isinstance(found.space, Known)
    assert (found.writing.value.possible, str(found.writing.value)) == (True, "/tmp may be written to")
    assert str(found.space.value) == "5 GB free on /"
    full = path.collect(scripted({"obstacle /tmp": "no space is left"}), path.Settings("/tmp")).writing
    assert isinstance(full, Known)
    assert (full.value.possible, str(full.value)) == (False, "/tmp: no space is left")


def test_this_machine(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir(mode=0o700)
    (tmp_path / "d").chmod(0o1750)
    found = path.collect(LiveHost(), path.Settings(str(tmp_path / "d")))
    assert (status(found).permissions, status(found).mode) == ("750", "1750")
    assert isinstance(found.space, Known)
    assert isinstance(LiveHost().filesystem(str(tmp_path)), Filesystem)
