"""What services answered, of a record that somebody wrote: told where it is named, else not recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from envcheck.host.base import Failed, NotRecorded, TimedOut
from envcheck.host.belongings import Page, Reached
from envcheck.host.tree import TreeHost
from tests.conftest import Tree

FOLDER = "sos_commands/envcheck"


def written(tree: Tree, **files: Any) -> TreeHost:  # noqa: ANN401
    """A host with these files, given without their `.json`."""
    return tree({f"{FOLDER}/{name}.json": json.dumps(content) for name, content in files.items()})


def test_a_connection_is_told_by_address_and_port(tree: Tree) -> None:
    host = written(tree, connect={"127.0.0.1:80": "open", "[::1]:80": "refused", "auth:80": "no-name"})
    assert host.connect("127.0.0.1", 80) == Reached("open", "127.0.0.1")
    assert host.connect("::1", 80) == Reached("refused", "::1")
    assert host.connect("auth", 80) == Reached("no-name", "")


@pytest.mark.parametrize("place", [("127.0.0.1", 81), ("127.0.0.2", 80), ("::1", 80)])
def test_what_is_not_named_was_not_asked(tree: Tree, place: tuple[str, int]) -> None:
    host = written(tree, connect={"127.0.0.1:80": "open"}, pages={"127.0.0.1:80/a": {}}, greetings={})
    for ask in (host.connect, host.page, host.greeting):
        with pytest.raises(NotRecorded):
            ask(*place)
    with pytest.raises(NotRecorded):
        host.execute("face", "sh", timeout=1)
    with pytest.raises(NotRecorded):
        host.log_tail("/a.log", "face")
    for question in (host.clock, host.gpu_processes, host.processes):
        with pytest.raises(NotRecorded):
            question()


def test_why_there_was_no_answer(tree: Tree) -> None:
    late = {"error": {"kind": "TimedOut", "reason": "no answer in 5 s"}}
    host = written(tree, pages={"h:80/": late}, greetings={"h:80": late}, execute={"face sh": late})
    with pytest.raises(TimedOut, match="no answer in 5 s"):
        host.page("h", 80)
    with pytest.raises(TimedOut):
        host.greeting("h", 80)
    with pytest.raises(TimedOut):
        host.execute("face", "sh", timeout=1)


@pytest.mark.parametrize(
    "files",
    [
        {"connect": {"h:80": "opne"}},
        {"connect": {"h:80": ["open"]}},
        {"connect": ["h:80"]},
        {"connect": {"h:80": {"error": {"kind": "Nonsense", "reason": "x"}}}},
    ],
)
def test_what_means_nothing_is_no_answer(tree: Tree, files: Any) -> None:  # noqa: ANN401
    with pytest.raises(Failed, match=r"sos_commands/envcheck/connect\.json: "):
        written(tree, **files).connect("h", 80)


@pytest.mark.parametrize(
    "page",
    [{"status": 200}, {"body": "x"}, "200", {"status": "ok", "body": ""}, {"status": 1e999, "body": ""}],
)
def test_half_a_page_is_none(tree: Tree, page: Any) -> None:  # noqa: ANN401
    with pytest.raises(Failed):
        written(tree, pages={"h:80/": page}).page("h", 80)


def test_pages_greetings_and_outputs(tree: Tree) -> None:
    host = written(
        tree,
        pages={"[::1]:80/stat": {"status": 404, "body": "gone"}},
        greetings={"h:5535": "0a00"},
        execute={"face sh": {"status": 7, "stdout": "refused"}},
        gpu_processes=[],
    )
    assert host.page("::1", 80, "/stat") == Page(404, "gone")
    assert host.greeting("h", 5535) == b"\n\0"
    assert host.execute("face", "sh", "-c", "curl", timeout=1).status == 7
    assert host.gpu_processes() == ()  # that nothing runs there is known


def test_a_pattern_that_fits_no_log(tree: Tree) -> None:
    host = tree({"var/log/a.log": "x", f"{FOLDER}/absent": "/var/log/*.wf\n"})
    assert host.log_paths("/var/log/*.log") == ("/var/log/a.log",)
    assert host.log_paths("/var/log/*.wf") == ()
    with pytest.raises(NotRecorded):
        host.log_paths("/var/log/*.err")


def test_a_log_inside_a_container(tree: Tree) -> None:
    host = tree({f"{FOLDER}/containers/ab/home/sys_start.log": "up\n", "etc/shadow": "x"})
    assert host.log_tail("/home/sys_start.log", "ab").text == "up\n"
    with pytest.raises(NotRecorded):
        host.log_tail("/home/sys_start.log", "cd")
