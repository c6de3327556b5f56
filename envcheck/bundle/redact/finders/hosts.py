"""Names of hosts where the text says that one stands there: others' too, and ours of one or two letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from envcheck.bundle.redact.finders import Finder, form, told, told_gates, words
from envcheck.bundle.redact.finders.naming import NAME, Naming
from envcheck.bundle.redact.keep import ACCOUNTS, WORDS
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.public import is_public
from envcheck.bundle.redact.spans import Span, Text

_IS = rb"[\\\"'\v]*\s*[:=]\s*(?:[bru]{1,2}(?=[\"']))?[\\\"'\v]*"
_CHINESE = ("主机名", "主机", "计算机名", "节点名", "节点")
_KEYED = re.compile(rb"(?:(?:\b|_)hostname|\bnodename|\bhost_name|\bfqdn|computer name)%s(%s)" % (_IS, NAME))
_CHINESE_KEYED = re.compile(rb"%s(%s)" % (told(_CHINESE), NAME))
_NODE = re.compile(rb"\bnode(?:=\\*\"|\\*\":[ ]?\\*\"| \\*\")(?!v?[0-9.]+[\\\"])(%s)(?=\\*\")" % NAME)
_SHARES = (
    re.compile(
        rb"(?<![\w.:/-])(%s):/\S*\s+(?:on \S+ type |/\S*\s+)?(?:nfs4?|ceph|glusterfs|fuse\.\w+)\b" % NAME
    ),
    re.compile(rb"(?<![\w.:/-])//(%s)/\S*\s+(?:on \S+ type |/\S*\s+)?(?:cifs|smb3)\b" % NAME),
    re.compile(rb"\bnfs: server (%s) (?:not responding|ok)\b" % NAME),
    re.compile(rb" - (?:nfs4?|ceph) (%s):/" % NAME),
)
_DIRECTORY = re.compile(rb"\bdc=[\w-]+(?:,\s?dc=[\w-]+)+")
_OPTION = re.compile(rb"(?<![\w-])[rl]?host=[\\\"']*(%s)(?![\w/])" % NAME)
_UNAME = re.compile(rb"\blinux (%s) [0-9]+\.[0-9]+\.[0-9]\S* #" % NAME)
_ENGINE = re.compile(
    rb"(?:^|\n|\\n) Name: (%s)(?=[\r\n\\]|\Z)"
    rb"|\\*\"Name\\*\": ?\\*\"(%s)\\*\", ?\\*\"(?:Labels|ExperimentalBuild|NoProxy)\\*\"" % (NAME, NAME)
)
_PROMPT = re.compile(
    rb"(?:^|\n|\\n|\[|[0-9]m)([A-Za-z_][A-Za-z0-9_.-]*)@(%s)(?:[: ][^\s\]#$@\\]{0,120}\]?|\])[#$](?=\s|\\|\Z)"
    % NAME
)
_HOSTS_LINE = re.compile(
    rb"(?:^|\n|\\n)[ \t]*(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)((?:[ \t]+\w[\w.-]*)+)"
    rb"[ \t\r]*(?=#|\n|\\|\Z)"
)
_WORD = re.compile(rb"[\w-]+(?=\.|\s|\Z)")


class Hosts:
    """Finds them by what is around."""

    def __init__(self, pseudonyms: Pseudonyms, known: Known) -> None:
        self._known = known
        self._pseudonyms = pseudonyms
        self._by_key = Naming(pseudonyms, ACCOUNTS)
        self._by_option = Naming(pseudonyms, WORDS)
        self._by_kernel = Naming(pseudonyms, [b"version"])
        self._sure = Naming(pseudonyms)

    def finders(self) -> tuple[Finder, ...]:
        """One for each place where a name stands."""
        keys = words("hostname", "nodename", "fqdn", "host_name", "computer name")
        return (
            Finder(keys, partial(self._names, _KEYED, self._by_key)),
            Finder(told_gates(_CHINESE), partial(self._names, _CHINESE_KEYED, self._by_key)),
            Finder(
                (form("no", r"no(?:=\\*\"|\\*\":[ ]?\\*\"| \\*\")"),),
                partial(self._names, _NODE, self._by_option),
            ),
            *(
                Finder(words(kind), self.shares, needs=kind.encode())
                for kind in ("nfs", "cifs", "ceph", "gluster", "fuse.", "smb3")
            ),
            Finder((form("=", r"=[\w-]*,\s?="),), self.directories, needs=b"dc="),
            Finder(words("host="), partial(self._names, _OPTION, self._by_option)),
            Finder(words("linux "), partial(self._names, _UNAME, self._by_kernel)),
            Finder(words(" name: ", '"name":', '"name\\'), self.engines),
            Finder((form("@", r"@[^\n]*[#$]"),), self.prompts),
        )

    def engines(self, text: Text) -> Iterator[Span]:
        """What docker calls the host."""
        for match in _ENGINE.finditer(text.data):
            yield from self._by_key.span(text.data, *match.span(match.lastindex or 1), "host")

    def shares(self, text: Text) -> Iterator[Span]:
        """NAME:/export on /mnt type nfs4; nfs: server NAME not responding."""
        for pattern in _SHARES:
            yield from self._names(pattern, self._by_option, text)

    def directories(self, text: Text) -> Iterator[Span]:
        """dc=acme,dc=com, the domain as a directory's base."""
        for match in _DIRECTORY.finditer(text.lower):
            labels = [part.strip()[len(b"dc=") :] for part in match[0].split(b",")]
            if not is_public(labels):
                first, _, last = self._pseudonyms.named("domain", b".".join(labels)).partition(b".")
                new = b"dc=" + first + (b",dc=" + last if last else b"")
                if new != match[0]:
                    yield Span(*match.span(), new, "domain")

    def prompts(self, text: Text) -> Iterator[Span]:
        """[root@NAME ~]#, USER@NAME:~$."""
        for match in _PROMPT.finditer(text.data):
            yield from self._by_key.span(text.data, *match.span(1), "user")
            yield from self._sure.span(text.data, *match.span(2), "host")

    def own(self) -> Finder:
        """For our names that are common words or too short to be replaced wherever they stand."""
        if not self._known.common:
            return Finder((), lambda _: iter(()))
        names = b"|".join(map(re.escape, sorted(self._known.common, key=lambda name: (-len(name), name))))
        pattern = re.compile(
            rb"(?:(?:\b|_)(?:[rl]?host|(?:host|node)_?name|fqdn|computer name)%s|@|://|\bset hostname to <?"
            rb"|\[\"name\"\], ?\"value\": ?\"|\benvcheck-|(?:^|\n|\\n)(?=[\w-]+ login:))"
            rb"(%s)(?=[\s\"'\\/:,;>\])}]|\.[a-z]|\Z|-[0-9]{8}-)" % (_IS, names)
        )
        places = words("host", "node_name", "nodename", "fqdn", "computer name", "@", "://", '["name"]')
        lines = form("", r"(?:^|\v\v)[ \t]*[:.]+[ \t]")
        return Finder((*places, *words("envcheck-", " login:"), lines), partial(self._own, pattern))

    def _own(self, pattern: re.Pattern[bytes], text: Text) -> Iterator[Span]:
        for match in pattern.finditer(text.lower):
            yield from self._sure.span(text.data, *match.span(1), "host")
        for match in _HOSTS_LINE.finditer(text.lower):
            for word in _WORD.finditer(text.lower, *match.span(1)):
                if word[0] in self._known.common:
                    yield from self._sure.span(text.data, *word.span(), "host")

    @staticmethod
    def _names(pattern: re.Pattern[bytes], naming: Naming, text: Text) -> Iterator[Span]:
        for match in pattern.finditer(text.lower):
            yield from naming.span(text.data, *match.span(1), "host")
