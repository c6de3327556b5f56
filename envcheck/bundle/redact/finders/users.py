"""Names of people where the text says that one stands there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import partial

from envcheck.bundle.redact.finders import Finder, form, told, told_gates, words
from envcheck.bundle.redact.finders.naming import NAME, Naming
from envcheck.bundle.redact.finders.secrets import PASSWORD_OF_URL, URL_START, Secrets
from envcheck.bundle.redact.keep import ACCOUNTS
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span, Text

_SLASH = rb"(?:/|\\+/|\\+|%2[Ff])"
_PACKAGE = b"original"
_NAME = NAME + rb"[$]?"
_FOLDERS = rb"(?:home(?:{0}home)|{1}home))|Users(?:{0}Users)|{1}Users))|users(?:{0}users)|{1}users)))"
# It begins with letters and looks back, for what may begin with anything is sought ten times as long.
_PATHS = re.compile(
    _FOLDERS.replace(b"{0}", rb"(?<=[/\\]").replace(b"{1}", rb"(?<=%2[Ff]") + rb"%s(%s)" % (_SLASH, _NAME)
)
_CHINESE = ("用户名", "用户", "登录名", "账号", "帐号", "账户")
_PLACES = re.compile(
    rb"\b(?:user|username|user_name|user name|login|logname|acct|ruser|owner|luser|as user|for user"
    rb"|of user|invalid user|sudo_user)(?:[\\\"'\v]*\s*[:=]\s*(?:[bru]{1,2}(?=[\"']))?[\\\"'\v]*"
    rb"|(?<=for user) |(?<=of user) |(?<=invalid user) |(?<=as user) )(%s)(?![\w.-]*=)" % _NAME
)
_CHINESE_PLACES = re.compile(rb"%s(%s)(?![\w.-]*=)" % (told(_CHINESE), _NAME))
_IDS = re.compile(rb"\b(?:[ug]id|euid|auid|groups|egid)=[0-9]+\((%s)\)" % _NAME)
_SSH = re.compile(rb" for (%s) from " % _NAME)
_SUDO = re.compile(rb"(?:sudo(?:\[[0-9]+\])?:\s+|su(?:\[[0-9]+\])?: \(to )(%s)(?: :|\))" % _NAME)
_SU = re.compile(rb"su(?:\[[0-9]+\])?: (?:FAILED SU )?\(to %s\) (%s)" % (_NAME, _NAME))
_PASSWD = re.compile(
    rb"(?:^|\n|\\n)(%s):[^:\n]*:(?:[1-9][0-9]{3,5}):[0-9]+:([^:\n]*):[^:\n]*:[^:\n]*" % _NAME
)
_URL = re.compile(rb"%b(?P<user>%b)(?:@[\w.-]+)?:%b@" % (URL_START, _NAME, PASSWORD_OF_URL))
_MAIL = re.compile(
    rb"\b([A-Za-z0-9._%+-]+)@(?=[A-Za-z0-9_-]+\.)"
    rb"(?![\w-]+\.(?:service|socket|target|timer|mount|slice|device|scope|path|swap)(?![\w-]|\.\w))"
)


class Users:
    """Finds them by what is around; accounts of the system and of the product stay."""

    def __init__(self, pseudonyms: Pseudonyms, keep: Collection[bytes] = ()) -> None:
        self._naming = Naming(pseudonyms, ACCOUNTS | frozenset(keep))
        self._of_folders = Naming(pseudonyms, ACCOUNTS | frozenset(keep) | {_PACKAGE})

    def finders(self) -> tuple[Finder, ...]:
        """One for each way of naming people."""
        places = (
            form("usr", r"usr(?![\w/])|usr[ _-]?nm"),
            form("t", r"""(?<!\w)t[\\"'\v]*\s*[:=]"""),
            *words("login", "logname", "owner"),
        )
        folders = (
            form("hom", r"hom[/\\\v](?<=[/\\\v]hom[/\\\v])"),
            form("usrs", r"usrs[/\\\v](?<=[/\\\v]usrs[/\\\v])"),
        )
        return (
            Finder(folders, self.folders),
            Finder(words("id=(", "groups=("), partial(self._names, _IDS)),
            Finder((form(" or ", r" or \S* rom "),), partial(self._names, _SSH)),
            Finder(words("sudo", "(to "), partial(self._names, _SUDO)),
            Finder(words("(to "), partial(self._names, _SU)),
            Finder(places, self.places),
            Finder(told_gates(_CHINESE), partial(self._names, _CHINESE_PLACES)),
            Finder(words(":::"), self.accounts),
            Finder((form("://", r"://[^\s]*@"),), self.urls),
            Finder(words("@"), self.mail),
        )

    def folders(self, text: Text) -> Iterator[Span]:
        """/home/NAME; /home/original is where the product is unpacked."""
        for match in _PATHS.finditer(text.data):
            yield from self._of_folders.span(text.data, *match.span(1), "user")

    def places(self, text: Text) -> Iterator[Span]:
        """user=NAME, for user NAME."""
        for match in _PLACES.finditer(text.lower):
            if match[0].startswith(b"owner") and text.data[match.end() : match.end() + 1] == b" ":
                continue  # words about one
            yield from self._naming.span(text.data, *match.span(1), "user")

    def accounts(self, text: Text) -> Iterator[Span]:
        """NAME:x:1000:1000:Full Name:/home/NAME:/bin/bash."""
        for match in _PASSWD.finditer(text.data):
            yield from self._naming.span(text.data, *match.span(1), "user")
            if match[2] and match[2] != b"REDACTED":
                yield Span(*match.span(2), b"REDACTED", "user")

    def urls(self, text: Text) -> Iterator[Span]:
        """mysql://NAME:x@host."""
        for match in _URL.finditer(text.data):
            yield from self._naming.span(text.data, *match.span("user"), "user")

    def mail(self, text: Text) -> Iterator[Span]:
        """NAME@example.com."""
        for match in _MAIL.finditer(text.data):
            at = match.start()
            if b"//" not in text.data[max(0, at - 3) : at] and not Secrets.in_url(text.data, at):
                yield from self._naming.span(text.data, *match.span(1), "user")

    def _names(self, pattern: re.Pattern[bytes], text: Text) -> Iterator[Span]:
        for match in pattern.finditer(text.data):
            yield from self._naming.span(text.data, *match.span(1), "user")
