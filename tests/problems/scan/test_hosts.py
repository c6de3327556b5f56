"""Which logs of a host are read where none is named."""

from __future__ import annotations

import gzip
from pathlib import Path

from envcheck.problems.scan.files import PassedOver
from envcheck.problems.scan.hosts import of_machine
from envcheck.problems.scan.lines import breaks
from envcheck.problems.scan.names import is_here
from envcheck.problems.scan.source import Source
from envcheck.rulebook.model import LogNames
from tests.conftest import Tree

MODULE = LogNames(files=("/home/work/service.log.wf",), containers=("face*",))


def test_the_logs_of_the_modules_rotated_ones_first_and_what_every_host_has(tree: Tree) -> None:
    host = tree(
        {
            "home/work/service.log.wf": "new\n",
            "home/work/service.log.wf.1.gz": gzip.compress(b"old\n"),
            "home/work/other.log": "no\n",
            "sos_commands/kernel/dmesg": "kernel\n",
        }
    )
    sources = [each for each in of_machine(host, [MODULE]) if isinstance(each, Source)]
    read = [(each.name, each.kind, b"".join(each.pieces())) for each in sources]
    assert ("kernel.log", "kernel", b"kernel\n") in read
    files = [each for each in read if each[1] == "file"]
    assert files == [
        ("/home/work/service.log.wf.1.gz", "file", b"old\n"),
        ("/home/work/service.log.wf", "file", b"new\n"),
    ]


def test_a_log_of_the_host_is_read_again_to_number_its_lines(tree: Tree) -> None:
    host = tree({"home/work/service.log.wf": "one\ntwo\nthree\n"})
    [source] = [each for each in of_machine(host, [MODULE]) if isinstance(each, Source)]
    assert source.part is not None
    assert breaks(source.part, 0, 4) == 1
    assert breaks(source.part, 2, 10) == 2


def test_what_the_host_does_not_answer_is_said(tree: Tree) -> None:
    passed = [
        each
        for each in of_machine(tree({"proc/version": "Linux\n"}), [MODULE])
        if isinstance(each, PassedOver)
    ]
    assert {each.name for each in passed} >= {"kernel.log", "containers"}


def test_a_named_log_is_this_machines_where_it_keeps_its_own(tmp_path: Path) -> None:
    assert is_here("/var/log/messages", list)
    assert is_here("/home/work/service.log.wf.1", lambda: [MODULE])
    assert not is_here("/home/work/other.log", lambda: [MODULE])
    assert not is_here(str(tmp_path / "messages"), lambda: [MODULE])
