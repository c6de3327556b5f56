"""Users and groups: of this machine through NSS (so those of LDAP too), of a record from its files."""

from __future__ import annotations

import re

from envcheck.host.base import Absent
from envcheck.host.belongings import Account
from envcheck.lazy import regex

_PASSWD_FIELDS = 7
_GROUP_FIELDS = 4
_NOT_LOCAL = regex(r"^passwd:.*\b(?:sss|ldap|winbind|nis|nisplus|compat)\b", re.MULTILINE)


def account(name: str) -> Account:
    """The account of this machine by that name. Raises Absent."""
    import os
    import pwd

    try:
        found = pwd.getpwnam(name)
    except (KeyError, ValueError):
        raise Absent(f"there is no user {name}") from None
    ids = dict.fromkeys((found.pw_gid, *os.getgrouplist(found.pw_name, found.pw_gid)))
    groups = tuple(map(_group_or_number, ids))
    return Account(found.pw_name, found.pw_uid, found.pw_gid, found.pw_dir, found.pw_shell, groups)


def user_name(uid: int) -> str:
    """Who has that number. Raises Absent."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        raise Absent(f"no user has the number {uid}") from None


def group_name(gid: int) -> str:
    """Which group has that number. Raises Absent."""
    import grp

    try:
        return grp.getgrgid(gid).gr_name
    except (KeyError, OverflowError):
        raise Absent(f"no group has the number {gid}") from None


def _group_or_number(gid: int) -> str:
    try:
        return group_name(gid)
    except Absent:
        return str(gid)


def accounts(passwd: str, group: str) -> dict[str, Account]:
    """The accounts of /etc/passwd by name, with their groups out of /etc/group."""
    names = groups(group)
    members: dict[str, list[str]] = {}
    for line in group.splitlines():
        fields = line.split(":")
        if len(fields) == _GROUP_FIELDS:
            for user in fields[3].split(","):
                members.setdefault(user.strip(), []).append(fields[0])
    found: dict[str, Account] = {}
    for line in passwd.splitlines():
        fields = line.split(":")
        if len(fields) == _PASSWD_FIELDS and fields[2].isdecimal() and fields[3].isdecimal():
            name, uid, gid = fields[0], int(fields[2]), int(fields[3])
            its = dict.fromkeys((names.get(gid, str(gid)), *members.get(name, ())))
            found.setdefault(name, Account(name, uid, gid, fields[5], fields[6], tuple(its)))
    return found


def groups(group: str) -> dict[int, str]:
    """The names of the groups of /etc/group by number."""
    found: dict[int, str] = {}
    for line in group.splitlines():
        fields = line.split(":")
        if len(fields) == _GROUP_FIELDS and fields[2].isdecimal():
            found.setdefault(int(fields[2]), fields[0])
    return found


def may_be_elsewhere(nsswitch: str) -> bool:
    """Whether users that /etc/passwd lacks may be in a directory of the network."""
    return bool(_NOT_LOCAL.search(nsswitch))
