"""Secrets that stand on other lines than their names: keys, blocks of YAML, values of Kubernetes.

They are looked for in whole blocks of text, before its lines are sorted by what may be found in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from envcheck.bundle.redact.finders.secrets import REDACTED, STEM, is_none
from envcheck.bundle.redact.spans import Span, chosen

_KEY = re.compile(
    rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    rb"((?:.{0,65536}?(?=-----END [A-Z0-9 ]*PRIVATE KEY)|(?:(?:\r?\n|(?:\\+r)?\\+n)[A-Za-z0-9+/=:, -]*)*))",
    re.DOTALL,
)
_PUTTY = re.compile(rb"Private-Lines: [0-9]+((?:(?:\r?\n|(?:\\+r)?\\+n)[A-Za-z0-9+/=]+)+)")
_NEW_LINE = rb"(?:\r?\n|(?:\\+r)?\\+n)"
_TAGS = rb"(?:!{1,2}[\w/.-]+ |&\w+ ){0,2}"
_BLOCK = re.compile(rb":[ \t]*%s([|>][-+0-9]*)?[ \t]*%s([ \t]+)(?=\S)" % (_TAGS, _NEW_LINE))
_NAME = re.compile(rb"""(?:^|[\s{,n])\\*["']?[\w.-]*?%s[\w.-]*\\*["']?[ \t]*\Z""" % STEM)
_NO_SCALAR = re.compile(rb"""(?:-[ \t]|[\w.'"/-]+[ \t]*:(?:\s|\\+n|\Z)|[{\[#])""")
_QUOTED = re.compile(rb"""(\\*["'])((?:(?!\1)[^\n])*)(?=\1)""")
_BARE = re.compile(rb"""(?:[^\s"'<>,}\\]|\\(?!n))(?:[^\n"<>\\]|\\(?!n))*""")
_VALUE = re.compile(rb"""[vV]alue(?:\\*["'])?(?:[ \t]*[:=][ \t]*|>)""")
_OF_NAME = rb"""(?:name|key)(?:\\*["'])?(?:\s*[:=]\s*|>)(?:\\*["'])?[\w.-]*%s[\w.-]*(?:\\*["'])?""" % STEM
_GAP = rb"(?:[,\s]|\\+[nt])*"
_NAMED = re.compile(
    _OF_NAME + rb"""(?:</(?:name|key)>)?"""
    rb"""(?:%s\\*["']\w{1,20}\\*["']\s*:\s*\\*["'][\w.-]{0,40}\\*["'])?%s(?:\\*["'])?<?\Z""" % (_GAP, _GAP)
)
_NAMED_BEHIND = re.compile(rb"""(?:\\*["'])?[ \t]*(?:,|\r?\n|\\+n)%s(?:\\*["'])?%s""" % (_GAP, _OF_NAME))
_FIRST = re.compile(rb"""(?:-[ \t]+|\{(?:\s|\\+[nt])*)\\*["']?\Z""")
_ARGUMENT = re.compile(
    rb"""["'](?:(?:mysql|mariadb)[\w-]*["'],(?:\s*["'][^"'\n]*["'],){0,12}?\s*["']-p([^"'\n]+)"""
    rb"""|--?[\w-]*(?:password|passwd|passphrase|requirepass|token|secret)["'],\s*\n\s*["']([^"'\n]+))"""
)
_SECRET = re.compile(rb"""\bkind(?:\\*["'])?\s*:\s*(?:\\*["'])?Secret(?:List)?\b""")
_DATA = re.compile(
    rb"""^([ \t]*)(?:- )?(?:data|stringData):[ \t]*\r?\n((?:\1[ \t]+\S.*(?:\n|\Z))+)""", re.MULTILINE
)
_DATA_JSON = re.compile(rb"""(?:data|stringData)\\*["']\s*:\s*\{([^{}]*)\}""")
_ITEM = re.compile(
    rb"""^[ \t]+["']?[\w.-]+["']?:[ \t]*(?![|>][-+0-9]*[ \t]*$)(\S.*?)[ \t\r]*$""", re.MULTILINE
)
_ITEM_BODY = re.compile(rb"""^[ \t]+["']?[\w.-]+["']?:[ \t]*[|>][-+0-9]*[ \t]*\n""", re.MULTILINE)
_ITEM_JSON = re.compile(rb""":\s*(\\*["'])((?:(?!\1).)*)(?=\1)""", re.DOTALL)
_LOOK_BACK = 160
_KEY_OR_PAIR = 200


def spans(data: bytes) -> list[Span]:
    """All of them in a block of text."""
    fit = (find for there, find in _FINDERS if there(data))
    return chosen(span for find in fit for span in find(data))


def _keys(data: bytes) -> Iterator[Span]:
    for match in _KEY.finditer(data):
        if match[1] != REDACTED:
            yield Span(*match.span(1), REDACTED, "private-key")


def _putty(data: bytes) -> Iterator[Span]:
    for match in _PUTTY.finditer(data):
        yield Span(*match.span(1), b" " + REDACTED, "private-key")


def _blocks(data: bytes) -> Iterator[Span]:
    """`password: |` and the lines below it; `"password":` and the value on the next line."""
    for match in _BLOCK.finditer(data):
        at = match.start()
        line = data.rfind(b"\n", max(0, at - _LOOK_BACK), at) + 1
        before = data[max(line, at - _LOOK_BACK) : at]
        if not _NAME.search(before.lower()) and not _is_value_of_one(data, at):
            continue
        start = match.end()
        if match[1]:
            end = _end_of_block(data, start, match[2])
        elif _NO_SCALAR.match(data, start):
            continue
        else:
            start, end = _scalar(data, start)
        if not is_none(data[start:end]):
            yield Span(start, end, REDACTED, "secret")


def _is_value_of_one(data: bytes, at: int) -> bool:
    """Whether it is the colon of a `value:` below `name: DB_PASSWORD`."""
    before = data[max(0, at - _KEY_OR_PAIR) : at].lower()
    return before.endswith(b"value") and _NAMED.search(before.removesuffix(b"value")) is not None


def _end_of_block(data: bytes, start: int, indent: bytes) -> int:
    """Behind the last line that is indented as far as the first one."""
    lines = re.compile(rb"[^\n\\]*(?:(?:\r?\n|\\+n)(?:%s|[ \t]*(?=\r?\n))[^\n\\]*)*" % re.escape(indent))
    match = lines.match(data, start)
    return match.end() if match else start


def _scalar(data: bytes, start: int) -> tuple[int, int]:
    match = _QUOTED.match(data, start)
    if match:
        return match.span(2)
    bare = _BARE.match(data, start)
    return bare.span() if bare else (start, start)


def _pairs(data: bytes) -> Iterator[Span]:
    """`name: DB_PASSWORD` and `value: x`, one way or the other round, in YAML, JSON, XML."""
    for match in _VALUE.finditer(data):
        before = data[max(0, match.start() - _KEY_OR_PAIR) : match.start()].lower()
        start, end = _scalar(data, match.end())
        behind = data[end : end + _KEY_OR_PAIR].lower()
        named = _NAMED.search(before) or (_FIRST.search(before) and _NAMED_BEHIND.match(behind))
        if named and not is_none(data[start:end]):
            yield Span(start, end, REDACTED, "secret")


def _arguments(data: bytes) -> Iterator[Span]:
    """`"mysql",` and on a later line `"-px"`, as an engine shows a container's command."""
    for match in _ARGUMENT.finditer(data):
        start, end = match.span(match.lastindex or 1)
        if not is_none(data[start:end]):
            yield Span(start, end, REDACTED, "secret")


def _of_kubernetes(data: bytes) -> Iterator[Span]:
    """Each value of a Secret, which is not named like one: base64, or plain in stringData."""
    if not _SECRET.search(data):
        return
    for part in _DATA.finditer(data):
        yield from _items(_ITEM, 1, data, *part.span(2))
        for match in _ITEM_BODY.finditer(data, *part.span(2)):
            indent = data[match.end() :][: len(data[match.end() :]) - len(data[match.end() :].lstrip(b" \t"))]
            start = match.end() + len(indent)
            yield Span(start, _end_of_block(data, start, indent), REDACTED, "secret")
    for part in _DATA_JSON.finditer(data):
        yield from _items(_ITEM_JSON, 2, data, *part.span(1))


def _items(pattern: re.Pattern[bytes], group: int, data: bytes, start: int, end: int) -> Iterator[Span]:
    for match in pattern.finditer(data, start, end):
        if not is_none(match[group]):
            yield Span(*match.span(group), REDACTED, "secret")


def _breaks_off(data: bytes) -> bool:
    """Whether a line ends as one does whose value is on the next."""
    # The few ways in which lines end are looked through, not the whole text six times.
    ends = {line[-3:] for line in data.split(b"\n")}
    if any(end.rstrip(b"\r").endswith(_OPEN) for end in ends):
        return True
    return b"\\n" in data and any(mark + b"\\n" in data for mark in _OPEN)


_OPEN = (b":", b": ", b"|", b">", b"-", b"+")
_FINDERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Iterator[Span]]], ...] = (
    (lambda data: b"PRIVATE KEY" in data, _keys),
    (lambda data: b"Private-Lines" in data, _putty),
    (_breaks_off, _blocks),
    (lambda data: b"alue" in data, _pairs),
    (lambda data: (b'"' in data and b'"-' in data) or (b"'" in data and b"'-" in data), _arguments),
    (lambda data: b"Secret" in data, _of_kubernetes),
)
"""What must be there, for an answer at once where nothing is."""
