"""/etc/services: the names that netstat and ss print for port numbers."""

from __future__ import annotations

import re

from envcheck.lazy import regex

_ENTRY = regex(r"^(?P<name>[^#\s]\S*)\s+(?P<number>\d+)/tcp(?P<aliases>[^#\n]*)", re.MULTILINE)

COMMON = {
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "domain": 53,
    "http": 80,
    "xfer": 82,
    "kerberos": 88,
    "pop3": 110,
    "sunrpc": 111,
    "imap": 143,
    "imap2": 143,
    "ldap": 389,
    "https": 443,
    "submission": 587,
    "ipp": 631,
    "ldaps": 636,
    "imaps": 993,
    "pop3s": 995,
    "nfs": 2049,
    "mysql": 3306,
    "ms-wbt-server": 3389,
    "postgresql": 5432,
    "postgres": 5432,
    "amqp": 5672,
    "x11": 6000,
    "irdmi": 8000,
    "webcache": 8080,
    "http-alt": 8080,
    "tmi": 8300,
    "pcsync-https": 8443,
}
"""What distributions agree on, for a record without /etc/services."""


def tcp(text: str) -> dict[str, int]:
    """Port numbers of the TCP services by name and alias."""
    return {
        name: int(entry["number"])
        for entry in _ENTRY.finditer(text)
        for name in (entry["name"], *entry["aliases"].split())
    }
