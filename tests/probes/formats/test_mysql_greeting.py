"""The first packet of a database server."""

from __future__ import annotations

import pytest

from envcheck.probes.formats import mysql_greeting
from envcheck.probes.formats.mysql_greeting import Greeting

REST = (
    b"\x07\0\0\0abcdefgh\0\xff\xf7\x21\x02\0\x7f\x80\x15"
    + b"\0" * 10
    + b"ijklmnopqrst\0mysql_native_password\0"
)


def packet(body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + b"\0" + body


@pytest.mark.parametrize(
    ("sent", "version"),
    [
        (b"5.6.24-log", "5.6.24-log"),
        (b"8.0.36", "8.0.36"),
        (b"5.5.5-10.6.12-MariaDB-0ubuntu0", "10.6.12-MariaDB-0ubuntu0"),
        (b"11.8.2-MariaDB", "11.8.2-MariaDB"),
    ],
)
def test_versions(sent: bytes, version: str) -> None:
    assert mysql_greeting.parse(packet(b"\x0a" + sent + b"\0" + REST)) == Greeting(version)


def test_a_host_that_is_shut_out() -> None:
    said = b"Host '10.0.0.7' is blocked because of many connection errors"
    found = mysql_greeting.parse(packet(b"\xff\x69\x04" + said))
    assert (found.code, found.said) == (mysql_greeting.BLOCKED, said.decode())


def test_an_error_with_its_state() -> None:
    found = mysql_greeting.parse(packet(b"\xff\x10\x04#08004Too many connections"))
    assert found == Greeting("", 1040, "Too many connections")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x0a",
        b"SSH-2.0-OpenSSH_8.0\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        packet(b"\x0aabc\0" + REST),
        packet(b"\x0a5.6.24"),
        packet(b"\x0b5.6.24\0" + REST),
        packet(b"\xff\x69"),
        packet(b"\x0a5.6.24\0" + REST)[:-3],
        packet(b"\x0a5\x1b[31m\0" + REST),
    ],
)
def test_what_is_no_greeting(content: bytes) -> None:
    with pytest.raises(ValueError):
        mysql_greeting.parse(content)
