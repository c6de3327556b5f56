"""Processes as rules see them."""

from __future__ import annotations

from envcheck.facts import Known, Unknown
from envcheck.host.base import Denied
from envcheck.host.belongings import Process
from envcheck.probes import processes
from tests.probes.conftest import Scripted

ID = "ab" * 32


def test_what_is_known_of_each(scripted: Scripted) -> None:
    listed = [
        Process(7, "mysqld", "mysql", "/usr/sbin/mysqld", "/usr/sbin/mysqld", 1.0, ""),
        Process(8, "mysqld", "", "mysqld", None, None, ID),
        Process(9, "x", "root", "x", None, None, None),
    ]
    found = processes.collect(scripted({"processes": listed})).running
    assert isinstance(found, Known)
    assert [str(each) for each in found.value] == [
        "mysqld (pid 7, user mysql)",
        "mysqld (pid 8, user ?, container abababababab)",
        "x (pid 9, user root)",
    ]
    assert [each.contained for each in found.value] == [False, True, None]


def test_hidden_ones_are_unknown(scripted: Scripted) -> None:
    assert processes.collect(scripted({"processes": Denied("hidden")})).running == Unknown(
        "hidden", denied=True
    )
