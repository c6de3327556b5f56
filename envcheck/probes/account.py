"""A user whom a rule names, with his groups."""

from __future__ import annotations

from typing import Annotated, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Absent, Host
from envcheck.record import Record


class Settings(Record):
    """Who is meant."""

    user: str


class User(Record):
    """A user, of this machine or of a directory that it asks. Nothing more is known of an absent one."""

    present: bool
    name: str
    uid: Optional[int] = None
    home: Optional[str] = None
    groups: Optional[tuple[str, ...]] = None

    def __str__(self) -> str:
        if not self.present:
            return f"there is no user {self.name}"
        return f"{self.name} (uid {self.uid}, groups {', '.join(self.groups or ())})"


class Account(Record):
    """Asked with `user`: of a rule `account[idl-face].user`."""

    user: Annotated[
        Fact[User],
        doc(
            "whether there is such a user, with number, home and groups",
            zh="是否有该用户，及其编号、主目录和所属组",
            sources="NSS (so LDAP too); of a record /etc/passwd and /etc/group",
            example="idl-face (uid 1001, groups idl-face)",
        ),
    ]


def collect(host: Host, settings: Settings) -> Account:
    """Ask for the user."""
    return Account(first(("user database", lambda: _user(host, settings.user))))


def _user(host: Host, name: str) -> User:
    try:
        found = host.account(name)
    except Absent:
        return User(False, name)
    return User(True, name, found.uid, found.home, found.groups)
