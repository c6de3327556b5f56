"""Names of people and machines where the text says that one stands there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import partial

from envcheck.bundle.redact.finders import Finder, form, words
from envcheck.bundle.redact.keep import ACCOUNTS
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span, Text

_SLASH = rb"(?:/|\\+/|\\+|%2[Ff])"
_NAME = rb"[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?"
_PATHS = re.compile(rb"%s(?:export/home|home|Users|users)%s(%s)" % (_SLASH, _SLASH, _NAME))
_PLACES = re.compile(
    rb"\b(?:user|username|user_name|user name|login|logname|acct|ruser|owner|luser|as user|for user|of user"
    rb"|invalid user|sudo_user)(?:[\\\"']*\s*[:=]\s*[\\\"']*"
    rb"|(?<=for user) |(?<=of user) |(?<=invalid user) |(?<=as user) )(%s)" % _NAME
)
_IDS = re.compile(rb"\b(?:[ug]id|euid|auid|groups|egid)=[0-9]+\((%s)\)" % _NAME)
_SSH = re.compile(rb" for (%s) from " % _NAME)
_SUDO = re.compile(rb"(?:sudo(?:\[[0-9]+\])?:\s+|su(?:\[[0-9]+\])?: \(to )(%s)(?: :|\))" % _NAME)
_PASSWD = re.compile(
    rb"(?:^|\n|\\n)(%s):[^:\n]*:(?:[1-9][0-9]{3,5}):[0-9]+:([^:\n]*):[^:\n]*:[^:\n]*" % _NAME
)
_MAIL = re.compile(rb"\b([A-Za-z0-9._%%+-]+)@(?=[A-Za-z0-9-]+\.)")
_HOST_NAMES = re.compile(
    rb"(?:\bhostname|\bnodename|\bhost_name|_hostname|static hostname|transient hostname|\bfqdn"
    rb"|computer name)[\\\"']*\s*[:=]\s*[\\\"']*(%s)" % _NAME
)
_UNAME = re.compile(rb"\bLinux (%s) [0-9]+\.[0-9]+\.[0-9]\S* #" % _NAME)
_NO_NAMES = frozenset(b"true false yes no n/a null none lost+found".split())


class Users:
    """Finds them by what is around; accounts of the system and of the product stay."""

    def __init__(self, pseudonyms: Pseudonyms, keep: Collection[bytes] = ()) -> None:
        self._pseudonyms = pseudonyms
        self._keep = ACCOUNTS | _NO_NAMES | frozenset(keep)

    def finders(self) -> tuple[Finder, ...]:
        """One for each way of naming people, one for machines."""
        places = (
            form("usr", r"usr(?![\w/])|usr[ _-]?nm"),
            form("t", r"""(?<!\w)t[\\"']*\s*[:=]"""),
            *words("login", "logname", "owner"),
        )
        folders = (
            form("hom", r"hom[/\\\v](?<=[/\\\v]hom[/\\\v])"),
            form("usrs", r"usrs[/\\\v](?<=[/\\\v]usrs[/\\\v])"),
        )
        return (
            Finder(folders, partial(self._names, _PATHS)),
            Finder(words("id=(", "groups=("), partial(self._names, _IDS)),
            Finder((form(" or ", r" or \S* rom "),), partial(self._names, _SSH)),
            Finder(words("sudo", "(to "), partial(self._names, _SUDO)),
            Finder(places, self.places),
            Finder(words(":::"), self.accounts),
            Finder(words("@"), self.mail),
            Finder(
                words("hostname", "nodename", "fqdn", "host_name", "computer name", "Linux "), self.machines
            ),
        )

    def places(self, text: Text) -> Iterator[Span]:
        """user=NAME, for user NAME."""
        for match in _PLACES.finditer(text.lower):
            yield from self._name(text.data, *match.span(1), "user")

    def accounts(self, text: Text) -> Iterator[Span]:
        """NAME:x:1000:1000:Full Name:/home/NAME:/bin/bash."""
        for match in _PASSWD.finditer(text.data):
            yield from self._name(text.data, *match.span(1), "user")
            if match[2] and match[2] != b"REDACTED":
                yield Span(*match.span(2), b"REDACTED", "user")

    def mail(self, text: Text) -> Iterator[Span]:
        """NAME@example.com."""
        for match in _MAIL.finditer(text.data):
            if b"//" not in text.data[max(0, match.start() - 3) : match.start()]:
                yield from self._name(text.data, *match.span(1), "user")

    def machines(self, text: Text) -> Iterator[Span]:
        """Hostname: NAME; Linux NAME 3.10.0-… #1."""
        for match in _HOST_NAMES.finditer(text.lower):
            yield from self._name(text.data, *match.span(1), "host")
        for match in _UNAME.finditer(text.data):
            yield from self._name(text.data, *match.span(1), "host")

    def _names(self, pattern: re.Pattern[bytes], text: Text) -> Iterator[Span]:
        for match in pattern.finditer(text.data):
            yield from self._name(text.data, *match.span(1), "user")

    def _name(self, data: bytes, start: int, end: int, kind: str) -> Iterator[Span]:
        name = data[start:end].rstrip(b".-")
        if kind == "host":
            name = name.split(b".")[0]
        if name.lower() in self._keep or name.isdigit() or name.lower().startswith(b"localhost"):
            return
        new = self._pseudonyms.named(kind, name)
        if new != name:
            yield Span(start, start + len(name), new, kind)
