"""A user whom a rule names."""

from __future__ import annotations

from envcheck.facts import Known, Unknown
from envcheck.host.base import TimedOut
from envcheck.host.belongings import Account
from envcheck.probes import account
from tests.probes.conftest import Scripted


def test_a_user_with_groups(scripted: Scripted) -> None:
    host = scripted(
        {"account idl-face": Account("idl-face", 1001, 1001, "/home/idl-face", "/bin/sh", ("a", "b"))}
    )
    found = account.collect(host, account.Settings("idl-face")).user
    assert isinstance(found, Known)
    assert found.value.present
    assert str(found.value) == "idl-face (uid 1001, groups a, b)"


def test_no_such_user(scripted: Scripted) -> None:
    found = account.collect(scripted({}), account.Settings("idl-face")).user
    assert isinstance(found, Known)
    assert (found.value.present, str(found.value)) == (False, "there is no user idl-face")


def test_a_directory_that_does_not_answer(scripted: Scripted) -> None:
    host = scripted({"account idl-face": TimedOut("user idl-face: no answer in 5 s")})
    assert account.collect(host, account.Settings("idl-face")).user == Unknown(
        "user idl-face: no answer in 5 s"
    )
