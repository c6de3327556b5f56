"""Text as machines write it: wrapped, coloured, escaped, recoded, torn. Both engines see through it."""

from __future__ import annotations

import json

import pytest

from envcheck.problems.scan.scanner import Scanner
from envcheck.problems.scan.source import Source
from tests.problems.scan.looking import ENGINES, Make, lines, look, near, pattern, signature

FULL = signature("no space left on device", "设备上没有空间")
both = pytest.mark.parametrize("make", ENGINES)

UGLY = {
    "plain": "write: no space left on device\n",
    "capitals": "write: No Space LEFT on Device\n",
    "wrapped": "ERROR: no space left\n       on device, giving up\n",
    "wrapped after blanks": "ERROR: no space left    \n   on device\n",
    "wrapped by CRLF": "ERROR: no space\r\n\tleft on device\r\n",
    "columns": "no  space\tleft   on device\n",
    "colours": "no space \x1b[01;31m\x1b[Kleft\x1b[m\x1b[K on device\n",
    "a coloured letter": "no sp\x1b[1ma\x1b[0mce left on device\n",
    "a title": "no \x1b]0;installing\x07space left on device\n",
    "NULs": "no sp\0ace\0 left\0\0\0 on device\n",
    "docker's JSON": json.dumps({"log": "write: no space left\non device\n", "stream": "stderr"}) + "\n",
    "JSON in JSON": json.dumps({"log": json.dumps({"msg": "no space left\n\ton device"})}) + "\n",
    "a colour in JSON": json.dumps({"log": "no space \x1b[31mleft on device\x1b[0m"}) + "\n",
    "Chinese": "rsync: 写入失败：设备上没有空间 (28)\n",
    "Chinese in JSON": json.dumps({"log": "写入失败：设备上没有空间"}) + "\n",
    "no end of line": "no space left on device",
}


@both
@pytest.mark.parametrize("text", UGLY.values(), ids=UGLY.keys())
def test_is_found_in_its_line(make: Make, text: str) -> None:
    assert lines(look(f"one\ntwo\n{text}", FULL, make=make), FULL.problem) == [3]


@both
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# grep -c 'no space left on device' /var/log/messages\n0\n", 0),
        ("$ journalctl --grep='no space left on device'\n", 0),
        ("sudo: root : COMMAND=/bin/grep -i no space left on device /x\n", 0),
        ("messages:12:write: no space left on device\n", 1),  # what it printed is the log's own
        ("grep: write error: no space left on device\n", 1),
        ("ps | grep x | tee /y: no space left on device\n", 1),
    ],
)
def test_the_command_that_looks_for_it_is_not_taken_for_it(make: Make, text: str, count: int) -> None:
    assert len(lines(look(text, FULL, make=make), FULL.problem)) == count


@both
def test_invalid_and_recoded_bytes_hide_nothing(make: Make) -> None:
    text = b"\xff\xfe\x80 no space left on device\n" + "设备上没有空间\n".encode("gb18030")
    found = look(b"x\n" + text, FULL, make=make)[FULL.problem]
    assert [place.line for place in found.places] == [2, 3]
    assert "设备上没有空间" in found.places[1].text


@both
@pytest.mark.parametrize(
    "text",
    [
        "no space\n\nleft on device",
        "no space left on\x20" + "\n" * 3 + "device",
        "nospace left on device",
        "no, space left on device",
    ],
)
def test_other_text_is_not_taken_for_it(make: Make, text: str) -> None:
    assert look(text, FULL, make=make) == {}


@both
def test_a_line_of_a_megabyte_counts_once_and_is_shown_in_part(make: Make) -> None:
    text = "first\n" + ("x" * 700 + " no space left on device ") * 1500 + "\nlast: no space left on device\n"
    found = look(text, FULL, make=make, piece=100_000)[FULL.problem]
    assert found.count == 2
    assert [place.line for place in found.places] == [2, 3]
    assert "no space left" in found.places[0].text
    assert len(found.places[0].text) < 1000


@both
def test_quotation_marks_of_any_kind(make: Make) -> None:
    wanted = signature("version `GLIBC_2.14' not found")
    for text in (
        "version ‘GLIBC_2.14’ not found",
        'version "GLIBC_2.14" not found',
        r"version \"GLIBC_2.14\" not found",
    ):
        assert lines(look(text, wanted, make=make), wanted.problem) == [1]


@both
def test_what_must_stand_near_and_what_must_not(make: Make) -> None:
    wanted = signature("permission denied", near=near("docker", lines=2), excludes=near("publickey"))
    log = [
        "docker: starting",
        "sh: permission denied",
        "permission denied (publickey)",
        *"abc",
        "permission denied",
    ]
    assert lines(look("\n".join(log), wanted, make=make), wanted.problem) == [2]


@both
def test_what_a_group_catches_is_counted(make: Make) -> None:
    wanted = pattern(r"NVRM: Xid \([0-9a-f:.]{4,20}\): (\d{1,3}),")
    log = (
        "NVRM: Xid (0000:03:00): 79, gone\nNVRM: Xid (0000:03:00): 79, gone\nNVRM: Xid (0000:04:00): 13, x\n"
    )
    assert look(log, wanted, make=make)[wanted.problem].caught == {"79": 2, "13": 1}


def test_a_line_that_shows_a_problem_twice_counts_once_and_as_the_sure_one() -> None:
    sure = signature("avc: denied", problem="selinux")
    hint = signature("denied", problem="selinux", certainty="hint")
    scanner = Scanner((hint, sure))
    scanner.scan(Source("log", "file", lambda: iter([b"avc: denied, denied\ndenied\n"])))
    assert {number: found.count for number, found in scanner.found.items()} == {0: 1, 1: 1}
    assert scanner.found[1].places[0].line == 1


def test_a_signature_speaks_of_its_files_only() -> None:
    wanted = signature("out of memory", files=("kernel", "*.wf"))
    assert look("out of memory\n", wanted, name="dmesg", kind="kernel")
    assert look("out of memory\n", wanted, name="/a/b/service.log.wf")
    assert not look("out of memory\n", wanted, name="/a/b/service.log")
