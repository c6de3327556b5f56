"""Passwords, tokens and keys by what they are called. What they were is kept nowhere, not even in the map."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envcheck.bundle.redact.finders import Finder, chinese_gates, form, skeleton, spelt, words
from envcheck.bundle.redact.spans import BLANK, Span, Text

REDACTED = b"REDACTED"
"""What stands for a secret."""

_NAMES = (
    # A condition on what stands before comes behind: only what begins with letters is found fast.
    *(
        "pass(?<!bypass)(?<!compass)(?![a-z])",
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "psk",
        "secret",
    ),
    *("pwd(?<![a-z]pwd)", "pw(?<![a-z]pw)(?![a-z])", "token", "credentials?", "signature", "authorization"),
    *(
        f"{word}[_.-]?key"
        for word in (
            *("api", "access", "private", "account", "encryption", "shared", "secret", "master", "signing"),
            *("hmac", "aes", "ssh"),
        )
    ),
    *("key[_-]?data", "auth(?<![a-z]auth)", "oauth(?<![a-z]oauth)", "sig(?<![a-z]sig)", "sign(?<![a-z]sign)"),
    *(
        "cookie",
        "sess(?:ion)?[_-]?id",
        "accesskeyid",
        "community(?<![a-z]community)",
        "licen[cs]e[_-]?(?:key|code)",
        *("auth[_-]?code", "activation[_-]?code", "verification[_-]?code"),
    ),
)
_WORDS = ("密码", "密 码", "密\u3000码", "口令", "密钥", "令牌", "授权码", "激活码", "鉴权码")
STEM = rb"(?:%s)(?:[_.-]?(?:hash|value|text|data|base64|key|id|enc|[0-9]{1,2}))?" % b"|".join(
    [*(name.encode() for name in _NAMES), spelt(_WORDS)]
)
"""What a secret is called, in small letters."""
_QUOTED = (
    rb"""(?:[bru]{1,2}(?=["']))?(?P<quote>[\\\v]*["'])"""
    rb"""(?P<inside>(?:(?!(?P=quote))(?:\\.|[^\n])|(?<=[^=:,(\s])'')*)(?:(?P=quote)|\Z)"""
)
_BARE = rb"""(?P<bare>(?:(?![,;&]\s*[\w.-]+\s*[=:])(?:[^\s"'\\<>]|\\u[0-9a-f]{4}))+)"""
_IS, _COLON, _CLOSING = map(spelt, ("是为", "：", "”"))
_BLANKS = rb"(?:[ \t\v]|\+(?=\v)|\xc2\xa0|\xe2\x80\x8b|\xe3\x80\x80)*"
"""Also those of Chinese texts, and what is left of a terminal's colours and of other escapes."""
_JSON_VALUE = re.compile(rb"[^\s,}\]\"'\\]*")
_KEYED = re.compile(
    STEM + rb"""(?P<close>[\\\v]*["']?)(?:%s)?"""
    rb"%s(?::=|=>|->|[:=]|(?:%s)?(?:%s)|(?:%s):?|%%3[ad]|\\u003[ad]|>(?=[^\s<])|><!\[cdata\[|\|(?=[ ]))"
    rb"%s(?:%s|%s)" % (_CLOSING, _BLANKS, _IS, _COLON, _IS, _BLANKS, _QUOTED, _BARE)
)
_OPTION = re.compile(
    rb"""(?<![\w-])--?[a-z0-9-]*(?:pass(?:word|wd|phrase)?|pwd|token|secret|api-?key|access-?key)"""
    rb"""(?![a-z0-9-]*(?:file|stdin|path|store|ttl|name))[a-z0-9-]*(?:\\*["'],\s*\\*["']|[ ]+["']?)"""
    rb"""(?P<value>[^\s"'\\-][^\s"'\\]*)"""
)
# A password may hold `@`, `:` and `/`: it ends at the last `@`. But the path of a web address may hold one
# as well: there it ends at the last one before what is a server for sure (a name with dots or a port, an
# address), else before the path. A port with a path behind it is no password.
_SERVER = (
    rb"(?=(?:\[[0-9a-fA-F:.]+\]|(?:[0-9]+\.){3}[0-9]+|(?:[\w-]+\.)+(?!png|jpe?g|gif|svg|js|css)[a-zA-Z][\w-]*"
    rb"|[\w-]+(?=:[0-9])|localhost)(?::[0-9]{1,5})?(?:[^\w.:@-]|\Z))"
)
_ANY = rb"""(?:(?!://)[^\s"'<>\\]){0,256}"""
_NO_PORT = rb"(?![0-9]{1,5}[/?#])"
_LAST = rb"%b%b(?=@[\w\[])" % (_NO_PORT, _ANY)
_NO_PATH = rb"""[^\s/"'<>]*(?=@[\w\[])"""
URL_START = rb"://(?:(?P<web>(?<=http://)|(?<=https://)|(?<=ssh://)|(?<=git://)|(?<=docker://))|)"
PASSWORD_OF_URL = rb"(?(web)(?:%b%b(?=@%b)|%b(?![^\s\"'<>\\]*@[^\s\"'<>\\]*@)|%b)|(?:%b|%b))" % (
    _NO_PORT,
    _ANY,
    _SERVER,
    _NO_PATH,
    _LAST,
    _LAST,
    _NO_PATH,
)
"""Behind URL_START and the user."""
_URL = re.compile(URL_START + rb"""(?P<user>[^\s/:"'<>]*)(?::(?P<value>%b))?@(?=[\w\[])""" % PASSWORD_OF_URL)
_BEARER = re.compile(rb"\b(?:bearer|basic|negotiate|token) (?P<value>[a-z0-9._~+/=-]{16,})")
_FORMS = re.compile(
    rb"(?P<value>\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|\b(?:AKIA|ASIA|AKID|LTAI)[A-Za-z0-9]{12,}"
    rb"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abps]-[\w-]{10,}|\bhvs\.[\w-]{20,}|\$(?:1|2[aby]|5|6|y|apr1)\$[./\w$=,]{12,}"
    rb"|\bsk-[\w-]{24,}|\bAIza[\w-]{30,}|\bnpm_\w{30,}|\bpypi-AgE[\w-]{20,}|\bgrub\.pbkdf2\.[\w.]{20,}"
    rb"|eyJhdXRocyI6[\w+/=-]*|LS0tLS1CRUdJTi[A-Za-z0-9+/=]+)"
)
_FORMS_GATES = (
    *words(
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "xoxs-",
        "hvs.",
    ),
    *words("$1$", "$y$", "$apr1$", "LS0tLS1CRUdJTi", "npm_", "pypi-AgE", "grub.pbkdf2."),
    form("sk-", r"(?<!\w)sk-"),
)
_SCHEMES = (b"bearer", b"basic", b"negotiate", b"token")
_STEMS = (
    *(b"pass", b"pwd", b"psk", b"secret", b"token", b"credential", b"key", b"signature", b"authorization"),
    *(b"licence", b"license", b"auth", b"sig", b"sign", b"cookie", b"sess", b"community"),
    *(b"activation", b"verification"),
)
_SCHEME = re.compile(rb"(?:bearer|basic|digest|token|negotiate|aws4-hmac-sha256|apikey)\b", re.IGNORECASE)
_TO_THE_END = re.compile(rb"""[^\n\v"'\\]*""")
_NOT_ONE = re.compile(
    rb"(?:redacted|[|>][-+0-9]*|[a-z]*dsa/sha.*|rsa/sha.*|null|nil|none|true|false|yes|no|\*+|\(.*|\[.*|\{.*|\$\{.*|\$\(.*|%[a-z]|<.*|required|invalid"
    rb"|expired|incorrect|missing|wrong|is|was|not|disabled|enabled|unknown|absent|denied|empty|failed|failure|error|ok|done|success\w*)[.,;)]*\Z"
)
_LINE_START = re.compile(rb"(?:^|\n|\\n)[ \t]*(?:-[ \t]+|export[ \t]+|set[ \t]+)?[\w.\"'-]*\Z")
_LONGEST_KEY = 80
_LONGEST_URL = 400


class Secrets:
    """Finds them by what the text calls them, by the tool that takes them, by their form."""

    def finders(self) -> tuple[Finder, ...]:
        """One for all that is called by name, one for each other way."""
        end = r"""[\w.-]*[\\\v]*["']?[ \t\v+]*(?:[:=>%|]|->|\\u|[\x80-\xff])"""
        keys = [form(stem, stem + end) for stem in (skeleton(each).decode() for each in _STEMS)]
        schemes = [skeleton(each).decode() for each in _SCHEMES]
        options = [
            form(stem, stem + r"""[g-z-]*(?:\\*["',]| )""") for stem in ("pss", "pw", "tokn", "srt", "ky")
        ]
        return (
            Finder((*keys, *chinese_gates(_WORDS)), self.keyed),
            Finder(tuple(options), self.options),
            Finder((form("://", r"://[^\s]*@"),), self.urls),
            Finder(tuple(form(f"{stem} ", rf"(?<!\w){stem} ") for stem in schemes), self.bearers),
            Finder(_FORMS_GATES, self.forms),
            *(
                Finder(words(start), self.forms, needs=start.encode())
                for start in ("eyj", "akia", "asia", "akid", "ltai", "aiza")
            ),
        )

    def keyed(self, text: Text) -> Iterator[Span]:
        """`password = x`, `"auth": "x"`, `X-Amz-Signature=x`, `<token>x<`."""
        for match in _KEYED.finditer(text.lower):
            span = self._of_key(text.data, match)
            if span:
                yield span

    @staticmethod
    def _of_key(data: bytes, match: re.Match[bytes]) -> Span | None:
        if match["quote"] is not None:
            start, end = match.span("inside")
            return None if is_none(data[start:end]) else Span(start, end, REDACTED, "secret")
        start, end = match.span("bare")
        if (_SCHEME.match(data, start) and data[end : end + 1] == b" ") or (
            match["close"] == b""
            and _LINE_START.search(data, max(0, match.start() - _LONGEST_KEY), match.start())
        ):
            end = max(end, _end_of(data, start))
        if match["close"]:
            end = _end(_JSON_VALUE, data, start)
        value = data[start:end]
        if is_none(value) or (value.isdigit() and match[0].startswith((b"token", b"sig", b"auth", b"key"))):
            return None
        # A number or bare word behind a key in quotes is JSON, which has to stay JSON.
        quote = match["close"].strip(BLANK)
        return Span(start, end, quote + REDACTED + quote, "secret")

    def options(self, text: Text) -> Iterator[Span]:
        """`--password x`, `"--token", "x"`."""
        return values(_OPTION, text.lower, text.data)

    def urls(self, text: Text) -> Iterator[Span]:
        """`https://user:x@host`."""
        for match in _URL.finditer(text.data):
            if match["value"]:
                yield from _value(text.data, *match.span("value"))
            elif len(match["user"]) >= 20:  # noqa: PLR2004 - a token in the place of a name
                yield from _value(text.data, *match.span("user"))

    @staticmethod
    def in_url(data: bytes, at: int) -> bool:
        """Whether a password of an URL stands at a place."""
        start = data.rfind(b"://", max(0, at - _LONGEST_URL), at)
        match = _URL.match(data, start) if start >= 0 else None
        return match is not None and match.start("value") <= at < match.end("value")

    def bearers(self, text: Text) -> Iterator[Span]:
        """`Bearer x`."""
        return values(_BEARER, text.lower, text.data)

    def forms(self, text: Text) -> Iterator[Span]:
        """JSON web tokens, keys of clouds, password hashes, keys in base64."""
        return values(_FORMS, text.data, text.data)


def values(pattern: re.Pattern[bytes], where: bytes, data: bytes) -> Iterator[Span]:
    """Spans of what a pattern calls `value` in one text, and of the same place in another."""
    for match in pattern.finditer(where):
        yield from _value(data, *match.span("value"))


def _value(data: bytes, start: int, end: int) -> Iterator[Span]:
    if data[start : start + 1] in (b"'", b'"') and data[end - 1 : end] == data[start : start + 1]:
        start, end = start + 1, end - 1
    if not is_none(data[start:end]):
        yield Span(start, end, REDACTED, "secret")


def is_none(value: bytes) -> bool:
    """Whether it stands where a secret would, and is none: `null`, `******`, a word of a message."""
    return not value.strip() or _NOT_ONE.match(value.strip().lower()) is not None


def _end_of(data: bytes, start: int) -> int:
    """Where the rest of the line ends, blanks at its end left out."""
    return start + len(data[start : _end(_TO_THE_END, data, start)].rstrip())


def _end(pattern: re.Pattern[bytes], data: bytes, start: int) -> int:
    match = pattern.match(data, start)
    return match.end() if match else start
