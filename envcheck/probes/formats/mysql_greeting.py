"""The first packet that a MySQL or MariaDB server sends: its greeting, or why it will not have us."""

from __future__ import annotations

from envcheck.lazy import regex
from envcheck.record import Record

_HEAD = 4
_ERROR = 0xFF
_PROTOCOLS = (9, 10)
_VERSION = regex(r"[0-9][\x20-\x7e]{0,99}")
_REPLICATION_MARK = "5.5.5-"
"""MariaDB 10 puts it before its version, so that old replicas take it for a MySQL 5.5."""
BLOCKED, NOT_GRANTED = 1129, 1130
_CODE = 2
_STATE = 6
_SAID = 200


class Greeting(Record):
    """What a server says first: its version, or the number and text of an error."""

    version: str
    code: int = 0
    said: str = ""


def parse(packet: bytes) -> Greeting:
    """Read the packet; raises ValueError, in words, for what is none."""
    if len(packet) < _HEAD + 1:
        raise ValueError("it hung up without a greeting" if not packet else "a greeting that is cut short")
    size, body = int.from_bytes(packet[:3], "little"), packet[_HEAD:]
    if packet[3] != 0 or size != len(body):
        raise ValueError(f"no greeting of MySQL: {_shown(packet)}")
    if body[0] == _ERROR:
        return _refusal(body[1:])
    text, end, _ = body[1:].decode("latin-1").partition("\0")
    if body[0] not in _PROTOCOLS or not end or not _VERSION.fullmatch(text):
        raise ValueError(f"no greeting of MySQL: {_shown(packet)}")
    marked = text.startswith(_REPLICATION_MARK) and "MariaDB" in text
    return Greeting(text[len(_REPLICATION_MARK) :] if marked else text)


def _refusal(body: bytes) -> Greeting:
    if len(body) < _CODE:
        raise ValueError("an error of MySQL that is cut short")
    said = body[_CODE + _STATE :] if body[_CODE : _CODE + 1] == b"#" else body[_CODE:]
    return Greeting(
        "", int.from_bytes(body[:_CODE], "little"), said.decode("utf-8", "backslashreplace")[:_SAID]
    )


def _shown(packet: bytes) -> str:
    return (
        packet[:40].decode("ascii", "backslashreplace").split("\n")[0].strip() or "nothing that can be shown"
    )
