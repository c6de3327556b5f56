"""What the names of logs tell."""

from __future__ import annotations

import pytest

from envcheck.problems.scan import names
from envcheck.problems.scan.times import time_of


def test_rotated_logs_come_in_the_order_of_their_writing() -> None:
    shuffled = ["a.log", "a.log.2.gz", "b-20260102.gz", "a.log.10.xz", "b", "a.log.1", "b-20251231.bz2"]
    assert sorted(shuffled, key=names.in_time_order) == [
        "a.log.10.xz",
        "a.log.2.gz",
        "a.log.1",
        "a.log",
        "b-20251231.bz2",
        "b-20260102.gz",
        "b",
    ]


@pytest.mark.parametrize(
    ("path", "bare", "kind"),
    [
        ("/x/service.log.wf.3.gz", "/x/service.log.wf", "file"),
        ("var/log/messages-20260102", "var/log/messages", "file"),
        ("var/log/dmesg.0", "var/log/dmesg", "kernel"),
        ("logs/kernel.log", "logs/kernel.log", "kernel"),
        ("sos_commands/kernel/dmesg_-T", "sos_commands/kernel/dmesg_-T", "kernel"),
        ("logs/containers/face/output.log", "logs/containers/face/output.log", "container"),
        ("1f2e-json.log.1", "1f2e-json.log", "container"),
    ],
)
def test_what_a_name_tells(path: str, bare: str, kind: str) -> None:
    assert (names.bare(path), names.kind(path)) == (bare, kind)


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("2026-11-22T03:10:58.123456789Z stderr F gone", "2026-11-22T03:10:58.123456789Z"),
        ("[2026-11-22 03:10:58,120] ERROR gone", "2026-11-22 03:10:58,120"),
        ("2026/11/22 03:10:58 [error] 7#7: *1 gone", "2026/11/22 03:10:58"),
        ('10.0.0.1 - - [22/Nov/2026:03:10:58 +0800] "GET / HTTP/1.1"', "22/Nov/2026:03:10:58 +0800"),
        ("Nov  2 03:10:58 host kernel: gone", "Nov  2 03:10:58"),
        ("[Sun Nov 22 03:10:58 2026] NVRM: Xid", "Sun Nov 22 03:10:58 2026"),
        ("WARNING: 11-22 03:10:58:  face.cpp:12 * 77 gone", "11-22 03:10:58"),
        ("E1122 03:10:58.123456    1 main.cc:7] gone", "E1122 03:10:58.123456"),
        ("[   12.345678] NVRM: Xid", "[   12.345678]"),
        ("261122  3:10:58 [ERROR] mysqld gone", "261122  3:10:58"),
        ('{"log":"gone 2001","stream":"stderr","time":"2026-11-22T03:10:58.1Z"}', "2026-11-22T03:10:58.1Z"),
        ('time="2026-11-22T03:10:58+08:00" level=error msg=gone', "2026-11-22T03:10:58+08:00"),
        ("gone without a time 12:00", None),
    ],
)
def test_the_time_as_the_line_has_it(line: str, time: str | None) -> None:
    assert time_of(line) == time
