"""Passwords by the tool that takes them, and by the sentence that tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envcheck.bundle.redact.finders import Finder, chinese_gates, form, spellings, spelt, words
from envcheck.bundle.redact.finders.secrets import values
from envcheck.bundle.redact.spans import Span, Text

_WORD = rb"""(?P<value>'[^'\n]*'|"[^"\n]*"|[^\s"'\\]+)"""
_PLAIN = rb"""["']?(?P<value>[^\s"'\\]+)"""
_NEXT = rb"""(?: |\\*["'],?\s*\\*["'])"""
"""Between two arguments, also where each stands in quotes, as in a list of JSON."""
_WITH_DIGIT = rb"""(?P<value>(?=[^\s"'\\)\]]*[0-9])(?=[^\s"'\\)\]]*[a-z])[^\s"'\\)\]]{6,})"""
"""What is no word of a sentence."""
_CHINESE = ("密码", "口令")
_TOLD: tuple[tuple[tuple[bytes, ...], re.Pattern[bytes]], ...] = (
    (
        (
            b"mysql",
            b"mariadb",
        ),
        re.compile(rb"\b(?:mysql|mariadb)[\w-]*\b[^\n|;]*?" + _NEXT + rb"-p" + _WORD),
    ),
    (
        (
            b"sshpass",
            b"login",
            b"kinit",
            b"user",
            b"7z",
        ),
        re.compile(
            rb"\b(?:sshpass|docker login|podman login|kinit|useradd|usermod|7za?)\b[^\n|;]*? -p ?" + _WORD
        ),
    ),
    (
        (
            b"redis-cli",
            b"ldap",
            b"smbclient",
        ),
        re.compile(rb"\b(?:redis-cli|ldap[a-z]+|smbclient)\b[^\n|;]*? -[aw] ?" + _WORD),
    ),
    (
        (
            b"smb",
            b"cifs",
            b"rpcclient",
        ),
        re.compile(rb"""\b(?:smb\w+|mount\.cifs|rpcclient)\b[^\n|;]*? -u ?["']?[^\s%"']*%""" + _PLAIN),
    ),
    (
        (
            b"curl",
            b"wget",
        ),
        re.compile(
            rb"""\b(?:curl|wget)\b[^\n|;]*? (?:-u|--user|--proxy-user)[ =]?["']?[^\s:"']*:"""
            rb"""(?P<value>[^\s"'\\]+)"""
        ),
    ),
    ((b"curl",), re.compile(rb"\bcurl\b[^\n|;]*? (?:-b|--cookie)[ =]?" + _WORD)),
    (
        (b"identified",),
        re.compile(rb"""\bidentified (?:with \S+ )?(?:by|as) (?:password )?["']?(?P<value>[^\s"'\\;]+)"""),
    ),
    (
        (b"set password",),
        re.compile(rb"""\bset password\b[^\n;=]{0,100}= ?(?:\w+ ?\()? ?\\*["'](?P<value>[^"'\\\n]+)"""),
    ),
    ((b"pass:",), re.compile(rb"""\b(?:passin|passout) pass:(?P<value>[^\s"'\\]+)""")),
    (
        (
            b"requirepass",
            b"masterauth",
            b"rootpw",
            b"login",
            b"spassword",
            b"auth_pass",
            b"community",
            b"bindpw",
        ),
        re.compile(
            rb"(?:\b(?:requirepass|masterauth|rootpw(?: --\w+){0,3}|login \S+ password|spassword|auth_pass"
            rb"|r[ow]community|snmp community|(?:root)?bindpw)) " + _PLAIN
        ),
    ),
    (
        (b"passwd",),
        re.compile(rb"""\becho (?:-[ne]+ )?["']?(?P<value>[^\s"'\\|]+)["']? ?\| ?(?:sudo )?passwd\b"""),
    ),
    (
        (b"chpasswd",),
        re.compile(
            rb"""\becho (?:-[ne]+ )?["']?[\w.-]+:(?P<value>[^\s"'\\|]+)["']? ?\| ?(?:sudo )?chpasswd\b"""
        ),
    ),
    (
        (b"echo",),
        re.compile(
            rb"""\becho (?:-[ne]+ )?["']?(?P<value>[^\s"'\\|]+)["']? ?\| ?"""
            rb"""(?:sudo (?:-\w+ )*-s|[^\n|]*?--password-stdin)\b"""
        ),
    ),
    (
        (
            b"mongo",
            b"zip",
        ),
        re.compile(rb"\b(?:mongo\w*|unzip|zip)\b[^\n|;]*? -p " + _WORD),
    ),
    ((b"ipmitool",), re.compile(rb"\bipmitool\b[^\n|;]*? -p (?![0-9]{1,5} )" + _WORD)),
    (
        (b"snmp",),
        re.compile(
            rb"\bsnmp(?:walk|get|bulk|set|table|status|trap|df|netstat|test)\w*\b[^\n|;]*? -c ?" + _WORD
        ),
    ),
    ((b"openssl",), re.compile(rb"\bopenssl\b[^\n|;]*? -k " + _WORD)),
    (
        (
            b"sqlplus",
            b"expdp",
            b"impdp",
        ),
        re.compile(rb"""\b(?:sqlplus|expdp|impdp)\b[^\n|;]*? ["']?[\w.$]+/(?P<value>[^\s@/"'\\]+)@"""),
    ),
    ((b"from-literal",), re.compile(rb"""--from-literal[= ]["']?[\w.-]+=""" + _PLAIN)),
    ((b"psk",), re.compile(rb"""\bpsk ["'](?P<value>[^"'\n\\]+)""")),
    ((b"response=",), re.compile(rb"""\bdigest [^\n]*?\bresponse=\\*["']?(?P<value>\w+)""")),
    ((b"password",), re.compile(rb"""\bpassword(?: | ?\( ?)\\*["'](?P<value>[^"'\n\\]+)""")),
    (
        (b"password",),
        re.compile(
            rb"""\bpassword (?:is generated )?(?:for \S+ )?is:? (?P<value>(?=[^\s"'\\]*[0-9])[^\s"'\\]+)"""
        ),
    ),
    (
        (b"temporary password",),
        re.compile(rb"""\btemporary password is generated for \S+ (?P<value>[^\s"'\\]+)"""),
    ),
    (
        (
            b"password",
            b"passwd",
            b"passcode",
            b"passphrase",
        ),
        re.compile(
            rb"""\bpass(?:word|wd|code|phrase)(?: for [^\s:]+:?)?"""
            rb"""(?: (?:is|was|has been|now|generated|set|reset|changed))*"""
            rb"""(?: to| as| ->)*(?:[ \t][\[(]?|[\[(])""" + _WITH_DIGIT
        ),
    ),
    (
        (
            b"password",
            b"passwd",
        ),
        re.compile(rb"(?:^|\n|\\n)[ \t]*pass(?:word|wd)[ \t]+(?P<value>[^\s\"'\\]+)[ \t\r]*(?=\n|\\n|\Z)"),
    ),
    (spellings(_CHINESE), re.compile(rb"(?:%s)[ \t]+(?P<value>(?=[!-~]*[0-9])[!-~]{4,})" % spelt(_CHINESE))),
    ((b"key=",), re.compile(rb"[?&]key=(?P<value>[\w.~-]{20,})")),
    ((b"hooks.slack.com",), re.compile(rb"hooks\.slack\.com/services/(?P<value>[\w/-]{20,})")),
    (
        (
            b"ak",
            b"sk",
            b"token",
            b"bduss",
        ),
        re.compile(
            rb"""(?<![a-z0-9])(?:ak|sk|[sp]token|bduss)\\*["']?[ \t]*[:=][ \t]*u?\\*["']?"""
            rb"""(?P<value>[\w+/=~-]{16,})"""
        ),
    ),
    (
        (b"[",),
        re.compile(
            rb"""(?:authorization|cookie|-token|-key|-auth)\\*["']:\s*\[\s*(?P<quote>\\*["'])(?P<value>(?:(?!(?P=quote))[^\n])+)"""
        ),
    ),
)
"""What such a line holds, one of it, and how the secret stands in it."""
_PATTERNS = tuple(pattern for _, pattern in _TOLD)
_COMMANDS = tuple(
    form(name, f"{name}.*[ \"']-")
    for name in ("mysql", "mri", "sshpss", "login", "kinit", "usr", "ris-li", "sm", "mongo", "zip", "opnssl")
)
_WORDS = (
    *("identified", "requirepass", "masterauth", "rootpw", "spassword", "passin pass:", "passout pass:"),
    *("curl", "wget", "password", "passcode", "passphrase", "auth_pass", "rocommunity", "rwcommunity"),
    *("snmp community", "passwd", "bindpw", "--from-literal", "response=", "hooks.slack.com"),
    *("sqlplus", "expdp", "impdp", "rpcclient", "mount.cifs", "?key=", "&key="),
)


class Commands:
    """Finds them in command lines, statements and messages."""

    def finders(self) -> tuple[Finder, ...]:
        """One for most, and one for each that is told by what its skeleton does not show."""
        lists = form("", r"""(?:uthoriztion|ooki|-tokn|-ky|-uth)\\*["']:\s*\[""")
        return (
            Finder((*_COMMANDS, *words(*_WORDS), *chinese_gates(_CHINESE), lists), self.told),
            Finder((form("lp", "lp.* -"),), self.told, needs=b"ldap"),
            Finder((form("z", "z.* -p"),), self.told, needs=b"7z"),
            Finder((form("ipmitool", "ipmitool.* -p"), form("snmp", "snmp.* -")), self.told),
            Finder((form("psk ", r"""psk ["']"""),), self.told),
            Finder((form("k", r"""(?<![g-z])s?k[\\"']*[ \t]*[:=]"""),), self.told),
            Finder((form("tokn", r"""(?<![g-z])[sp]tokn[\\"']*[ \t]*[:=]"""),), self.told),
            Finder((form("uss", r"""uss[\\"']*[ \t]*[:=]"""),), self.told, needs=b"bduss"),
            Finder((form("ho ", r"ho .*\|.*-"),), self.told, needs=b"echo"),
        )

    def told(self, text: Text) -> Iterator[Span]:
        """`mysql -px`, `docker login -p x`, `curl -u user:x`, `identified by 'x'`, `password set to x`."""
        lower = text.lower
        for held, pattern in _TOLD:
            if any(word in lower for word in held):
                yield from values(pattern, lower, text.data)
