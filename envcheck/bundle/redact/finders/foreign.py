"""Domain names that nobody told us of: a customer's licence server, registry, proxy, partner.

A name is one by its top-level domain, and by where it stands:

    anywhere       one that ends in a top-level domain that ends nothing else (`public.SURE`), also
                   as the first part of a file's name: `acme.com.cn.conf`
    in a place     one that ends in another top-level domain (`public.LIKELY`), before a port or a `/`
                   that is no folder's, behind an address and words such as host, proxy, registry, lookup
    URL, e-mail    any, whatever it ends in

What stays: the domains of `public.PUBLIC` and `SHARED`; dotted names of programs (`com.acme.Foo`,
`java.net`), which do not end in a top-level domain or begin as packages do; and units of systemd.

`a.b.acmebank.com.cn` becomes `host-x….host-x….domain-x….test`: what belongs to one owner stays together.
`proxy.lan` becomes `host-x….lan`. The same label of a host is the same pseudonym as elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from envcheck.bundle.redact.finders import Finder, Gate, form, skeleton
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.public import (
    AMBIGUOUS_ALONE,
    CODE,
    FILES,
    INTERNAL,
    LIKELY,
    NEVER_CODE,
    SECOND,
    SURE,
    UNITS,
    is_public,
)
from envcheck.bundle.redact.spans import Span, Text

_AFTER = (
    rb"(?=[^a-z0-9.-]|\.(?![a-z0-9])|-(?![a-z0-9])|\Z|[.-](?:[a-z0-9_-]{1,64}[.]){0,4}(?:%s)(?![a-z0-9]))"
    % FILES
)
_SURE = re.compile(rb"\.(?:%s)" % b"|".join(sorted(SURE)) + _AFTER)
_LIKELY = re.compile(rb"\.(?:%s)" % b"|".join(sorted(LIKELY | AMBIGUOUS_ALONE)) + _AFTER)
_PLACED = re.compile(
    rb"(?:://(?:[^\s/\"'<>@]*@)?|@(?<=[a-z0-9._%+-]@))((?:[a-z0-9_-]+\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}))"
    rb"(?![a-z0-9_-]|\.[a-z0-9])"
)
_BEHIND = re.compile(rb":[0-9]{2,5}(?![0-9.])|/")
_BEFORE = re.compile(
    rb"(?:host|server|proxy|registry|mirror|domain|endpoint|url|addr|relay|search|site|fqdn|upstream|peer|broker)"
    rb"[a-z_-]*[\"'\\]*\s*[:=]\s*[\"'\\<\[(]*\Z"
    rb"|\b(?:lookup|resolv\w+|connect\w*|dial\w*|ping|host|server|proxy|registry|mirror|upstream|peer|search)"
    rb"(?: host| to| tcp)?:? [\"'<\[(]*\Z"
    rb"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}[ \t]+\Z"
)
_ESCAPE = re.compile(rb"\\(?:[nrtbf]|u[0-9a-f]{4}|x[0-9a-f]{2})|%[0-9a-f]{2}|[\[;][0-9]{1,3}m")
_ADDRESS = re.compile(rb"(?:[a-z0-9]{1,8}[-_])?[0-9]{1,3}(?:[-_][0-9]{1,3}){3}\Z")
_IN_NAME = b"abcdefghijklmnopqrstuvwxyz0123456789._-"
_LONGEST = 253
_LOOK_BACK = 40
_PRIVATE_LABELS = 2
_MOST = 500
_REMEMBERED = 50_000


class Foreign:
    """Finds them, and says what stands for them."""

    def __init__(self, pseudonyms: Pseudonyms, known: Known) -> None:
        self._pseudonyms = pseudonyms
        self._known = known
        self._met: set[bytes] = set()
        """Domains that a place proved to be such, where their ends are only likely."""
        self._found: dict[tuple[bytes, bool], tuple[Span, ...]] = {}
        """Name, and whether its place proves it → its spans, from its own beginning."""
        self._domains = 0

    def finders(self) -> tuple[Finder, ...]:
        """One for names anywhere, one for URLs and e-mail, one for each end that is only likely."""
        told = [tld for tld in sorted(SURE) if skeleton(tld)]
        silent = [tld for tld in sorted(SURE) if not skeleton(tld)]
        return (
            Finder(tuple(map(_gate, told)), self.anywhere),
            *(Finder((_gate(tld),), self.anywhere, needs=b"." + tld) for tld in silent),
            Finder((form("://", r"://[^\s]*\."), form("@", r"@[g-z_-]*\.")), self.placed),
            *(
                Finder((_gate(tld),), self.likely, needs=b"." + tld)
                for tld in sorted(LIKELY | AMBIGUOUS_ALONE)
            ),
        )

    def anywhere(self, text: Text) -> Iterator[Span]:
        """license.acmebank.com.cn."""
        for match in _SURE.finditer(text.lower):
            start = _start(text.lower, match.start())
            yield from self._spans(text.data, start, match.end(), proven=False)

    def likely(self, text: Text) -> Iterator[Span]:
        """registry.acme.io:5000, lookup db.acme.cloud."""
        for match in _LIKELY.finditer(text.lower):
            start = _start(text.lower, match.start())
            labels = text.lower[start : match.end()].split(b".")
            if len(labels) < _PRIVATE_LABELS or not labels[0]:
                continue
            if labels[-1] in SURE and len(labels) > _PRIVATE_LABELS:
                continue  # found anywhere
            domain = b".".join(labels[-_owned(labels) :])
            if domain not in self._met:
                if not _has_place(text.lower, start, match.end()):
                    continue
                if len(self._met) < _MOST:
                    self._met.add(domain)
            yield from self._spans(text.data, start, match.end(), proven=True)

    def placed(self, text: Text) -> Iterator[Span]:
        """http://proxy.acme.whatever:3128, lisi@corp-secret.cn."""
        for start, end, _ in _in_places(text.lower):
            yield from self._spans(text.data, start, end, proven=True)

    def learn(self, text: bytes) -> Iterable[bytes]:
        """The domains that places in a text prove: so that they are replaced elsewhere too."""
        lower = text.lower()
        if b"://" not in lower and b"@" not in lower:
            return
        for _, _, labels in _in_places(lower):
            if labels[-1] not in SURE and not is_public(labels):
                yield b".".join(labels[-_owned(labels) :])

    def _spans(self, data: bytes, start: int, end: int, *, proven: bool) -> Iterator[Span]:
        """Of a name. They are remembered: a log names few domains, and each of them often."""
        if len(self._known.domains) != self._domains or len(self._found) > _REMEMBERED:
            self._found.clear()
            self._domains = len(self._known.domains)
        name = data[start:end]
        found = self._found.get((name, proven))
        if found is None:
            labels = name.lower().split(b".")
            stays = len(labels) < _PRIVATE_LABELS or not labels[0] or (not proven and _is_code(name, labels))
            found = self._found[name, proven] = () if stays else tuple(self._of_name(name, labels))
        for at, until, new, kind in found:
            yield Span(start + at, start + until, new, kind)

    def _of_name(self, name: bytes, labels: list[bytes]) -> Iterator[Span]:
        if is_public(labels) or labels[-1] == b"test" or labels[0].startswith(b"localhost"):
            return
        owned = self._of_known(labels) or _owned(labels)
        if not owned:
            return
        at = 0
        for label in labels[: len(labels) - owned]:
            old = name[at : at + len(label)]
            # An address in a name is another's to find: it is to be the address' pseudonym.
            if label and not label.isdigit() and not _ADDRESS.match(label):
                new = self._pseudonyms.named("host", old)
                if new != old:
                    yield Span(at, at + len(label), new, "host")
            at += len(label) + 1
        if owned > 1:  # else of a kind that nobody owns: the name before it was a host's
            owner = b".".join(labels[-owned:])
            yield Span(at, len(name), self._pseudonyms.named("domain", owner), "domain")

    def _of_known(self, labels: list[bytes]) -> int:
        """How many labels a domain of ours takes up, if it ends in one."""
        domains = self._known.domains
        return next(
            (len(labels) - at for at in range(len(labels) - 1) if b".".join(labels[at:]) in domains), 0
        )


def _gate(tld: bytes) -> Gate:
    """For lines in which a label may end so: no other letter than a hexadecimal digit's follows."""
    left = skeleton(tld).decode()
    return form(f".{left}", rf"\.{left}(?![g-z])")


def _start(lower: bytes, end: int) -> int:
    """Where the name begins whose last label ends before `end`; `end` where none does."""
    before = lower[max(0, end - _LONGEST) : end]
    name = before[len(before.rstrip(_IN_NAME)) :]
    name = name[name.rfind(b"..") + 2 :] if b".." in name else name
    name = name.lstrip(b".-_")
    start = end - len(name)
    # The end of an escape is no part of it; it is found in the text without escapes.
    if start and name and lower[start - 1 : start] in b"\\%[;" and _ESCAPE.match(lower, start - 1, end):
        return end
    return start


def _is_code(name: bytes, labels: list[bytes]) -> bool:
    """Whether it is a dotted name of a program, as far as it can be told."""
    last = labels[-1]
    if len(labels) == _PRIVATE_LABELS and last in AMBIGUOUS_ALONE:
        return True
    if name[-len(last) :].istitle():
        return True
    return last not in NEVER_CODE and labels[0] in CODE


def _has_place(lower: bytes, start: int, end: int) -> bool:
    before = lower[max(0, start - _LOOK_BACK) : start]
    if _BEHIND.match(lower, end) and before[-1:] not in (b"/", b"\\", b"$", b"{"):
        return True
    return _BEFORE.search(before[before.rfind(b"\n") + 1 :]) is not None


def _in_places(lower: bytes) -> Iterator[tuple[int, int, list[bytes]]]:
    for match in _PLACED.finditer(lower):
        labels = match[1].split(b".")
        if labels[-1] not in UNITS:
            yield (*match.span(1), labels)


def _owned(labels: list[bytes]) -> int:
    """How many of the last labels are one owner's; 1 where there is none, 0 where it is no name."""
    last = labels[-1]
    if last in INTERNAL and len(labels) == _PRIVATE_LABELS:
        return 1
    if len(last) == 2 and labels[-2] in SECOND:  # noqa: PLR2004 - a country's
        return 3 if len(labels) > _PRIVATE_LABELS else 0
    return 2
