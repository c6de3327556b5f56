"""Names of hosts of one or two letters, or that are common words: only where a name must stand."""

from __future__ import annotations

import pytest

from envcheck.bundle.redact import Redactor

NAMED = [
    "host={}", "rhost={} x", '  "host": "{}",', "Linux {} 3.10.0-327.el7.x86_64 #1 SMP", "[root@{} ~]# docker ps", "root@{}:/var# ls",
    "10.1.2.3 {} {}.x.com\n", "10.1.2.3\tweb1 {}\n", "Nov  2 10:00:00 {} sshd[4]: x", "2026-11-21T00:20:09+08:00 {} kernel: x",
    " Static hostname: {}", '"Name":"{}","Labels":[]', '{{"ask": ["name"], "value": "{}"}}', "{}\n", "mysql://{}:3306/", "\n{} login: ",
    "ssh root@{} ls", "Set hostname to <{}>.", "hostname: {}", "kernel.hostname = {}", "nodename {} x: nodename={}",
]  # fmt: skip
ORDINARY = [
    "the {0} is {0} and my.{0} /var/lib/{0}/{0} {0}=3 ls{0} {0}.service",
    "{0}: started",
    "10.1.2.3 - - {0}",
    '"name": "{0}"',
    "Name: {0}",
]


@pytest.mark.parametrize("member", ["", "host/etc/x"])
@pytest.mark.parametrize("name", ["db", "s", "web", "Vm"])
@pytest.mark.parametrize("text", NAMED)
def test_replaced_where_a_name_stands(text: str, name: str, member: str) -> None:
    redactor = Redactor({"host": [name], "address": ["10.1.2.3"]})
    pseudonym = redactor.text(name.encode(), "etc/hostname").decode()
    filled = text.replace("{{", "{").replace("}}", "}").replace("{}", "\0").replace("\0", name)
    found = redactor.text(filled.encode(), member).decode()
    assert pseudonym.startswith("host-x")
    wanted = text.count("{}") if "nodename " not in text else 1
    assert found.count(pseudonym) == wanted, found


@pytest.mark.parametrize("member", ["", "host/etc/x"])
@pytest.mark.parametrize("text", ORDINARY)
def test_elsewhere_the_word_stays(text: str, member: str) -> None:
    line = text.format("db").encode()
    assert Redactor({"host": ["db"]}).text(line, member).replace(b"240.0.0.3", b"10.1.2.3")[-9:] == line[-9:]
    assert b"host-x" not in Redactor({"host": ["db"]}).text(line, member)


def test_known_in_a_later_run() -> None:
    dumped = Redactor({"host": ["db"]}).dump_map()
    assert b"=db" not in Redactor.load_map(dumped).text(b"host=db")


OTHERS = [
    " Name: otherhost7\n ID: x\n",
    '"Name":"otherhost7","Labels":[]',
    r"{\"Name\":\"otherhost7\",\"Labels\":null}",
    "[root@otherhost7 ~]# docker ps",
    "liqiang@otherhost7:~$ ls",
    "rhost=otherhost7",
    "pam_unix(sshd:auth): authentication failure; rhost=otherhost7  user=root",
]


@pytest.mark.parametrize("text", OTHERS)
def test_others(text: str) -> None:
    found = Redactor().text(text.encode())
    assert b"otherhost7" not in found
    assert b"liqiang" not in found


@pytest.mark.parametrize(
    "text",
    [
        "getty@tty1.service loaded", "host=mysql", "owner='an unknown owner'", '{"name":"web","labels":{}}', "Linux version 3.10.0 #1",
        "docker run --host=unix:///x", "0: lo: <LOOPBACK>", "# user@ $", "Signature   : RSA/SHA256, Key ID 24c6a8a7f4a80eb5",
    ],
)  # fmt: skip
def test_what_names_no_host_stays(text: str) -> None:
    assert Redactor().text(text.encode()).decode() == text
