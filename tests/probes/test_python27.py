"""A Python 2.7 for the installers: one that runs, not merely one that is on the path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host, Output, TimedOut
from envcheck.host.live import LiveHost
from envcheck.host.tree import TreeHost
from envcheck.probes import python27

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]
SHIM = Output("", "pyenv: python2.7: command not found\n", 127)
WHOLE = "envcheck 2.7.5 -"


def interpreter(host: Host) -> python27.Python27:
    found = python27.collect(host).interpreter
    assert isinstance(found, Known), found
    return found.value


def test_plain_python_is_the_one(scripted: Scripted) -> None:
    script = {"run python2.7": WHOLE, "run python": WHOLE}
    assert str(interpreter(scripted(script))) == "python2.7 2.7.5"


def test_plain_python_that_is_another(scripted: Scripted) -> None:
    found = interpreter(scripted({"run python2": WHOLE, "run python": "envcheck 3.11.2 urllib2"}))
    assert found.works
    assert (found.command, found.plain) == ("python2", "3.11.2")
    assert str(found) == "python2 2.7.5; `python` is not 2.7: call the installer with python2"


def test_no_plain_python(scripted: Scripted) -> None:
    found = interpreter(scripted({"run python2.7": WHOLE}))
    assert (found.works, found.plain) == (True, "")
    assert "call the installer with python2.7" in str(found)


def test_shim_is_no_python(scripted: Scripted) -> None:
    found = interpreter(scripted({"run python2.7": SHIM, "run python": "envcheck 3.9.2 urllib2"}))
    assert not found.works
    assert str(found) == "no Python 2.7 that runs; `python` is 3.9.2"
    talkative = Output("Python 2.7.18\nno, not really\n", "", 0)
    assert not interpreter(scripted({"run python2.7": talkative})).works
    assert str(interpreter(scripted({}))) == "no Python 2.7 that runs"


def test_python_that_dies_after_its_answer(scripted: Scripted) -> None:
    assert not interpreter(scripted({"run python2.7": Output(WHOLE, "", 139)})).works


def test_missing_modules_are_named(scripted: Scripted) -> None:
    found = interpreter(scripted({"run python2.7": "envcheck 2.7.18 json,urllib2"}))
    assert not found.works
    assert str(found) == "python2.7 2.7.18 can't import json, urllib2"


def test_whole_one_is_preferred(scripted: Scripted) -> None:
    found = interpreter(scripted({"run python2.7": "envcheck 2.7.18 json", "run python": WHOLE}))
    assert (found.works, found.command) == (True, "python")


def test_two_point_six_is_not_two_point_seven(scripted: Scripted) -> None:
    assert (
        str(interpreter(scripted({"run python": "envcheck 2.6.6 -"})))
        == "no Python 2.7 that runs; `python` is 2.6.6"
    )


def test_candidate_that_hangs_may_be_one(scripted: Scripted) -> None:
    hanging = {"run python2.7": TimedOut("python2.7: no answer in 10 s")}
    assert python27.collect(scripted(hanging)).interpreter == Unknown("python2.7: no answer in 10 s")
    assert interpreter(scripted({**hanging, "run python2": WHOLE})).command == "python2"


def test_python_is_not_run_twice_where_the_links_agree(scripted: Scripted) -> None:
    linked = {f"resolve /usr/bin/{name}": "/usr/bin/python2.7" for name in ("python", "python2.7")}
    host = scripted({"run python2.7": WHOLE, "which python": "", **linked})
    assert str(interpreter(host)) == "python2.7 2.7.5"


def test_real_interpreters_and_wrappers(tmp_path: Path) -> None:
    """What runs here is Python 3: it answers, finds urllib2 missing, and is not 2.7."""
    (tmp_path / "python").symlink_to(sys.executable)
    (tmp_path / "python2.7").write_text("#!/bin/sh\necho 'python2.7: not found' >&2\nexit 127\n")
    (tmp_path / "python2.7").chmod(0o755)
    host = LiveHost(search_path=str(tmp_path), environ={})
    found = interpreter(host)
    assert (found.works, found.plain) == (False, "{}.{}.{}".format(*sys.version_info))


VERSION = "sos_commands/envcheck/"


@pytest.mark.parametrize(
    ("outputs", "works", "command", "plain"),
    [
        ({"python2.7_-V": "Python 2.7.5\n", "python_-V": "Python 2.7.5\n"}, True, "python2.7", "2.7.5"),
        ({"python2_--version": "Python 2.7.18\n", "python_-V": "Python 3.8.10\n"}, True, "python2", "3.8.10"),
        (
            {"python2.7_-V": "pyenv: python2.7: command not found\n", "absent": "python2\npython\n"},
            False,
            "",
            "",
        ),
    ],
)
def test_recorded_versions(
    tree: Tree, outputs: Mapping[str, str], works: bool, command: str, plain: str
) -> None:
    record = {VERSION + "absent": "python2.7\npython2\npython\n"}
    record.update({VERSION + name: text for name, text in outputs.items()})
    if "absent" not in outputs:
        record[VERSION + "absent"] = "\n".join(
            name
            for name in ("python2.7", "python2", "python")
            if not any(o.startswith(name + "_") for o in outputs)
        )
    found = interpreter(tree(record))
    assert (found.works, found.command, found.plain) == (works, command, plain)


def rpms(*lines: str) -> dict[str, str]:
    return {"etc/redhat-release": "CentOS Linux release 7", "installed-rpms": "\n".join((*lines, ""))}


def debs(*names: str) -> dict[str, str]:
    return {
        "etc/os-release": "ID=ubuntu\n",
        "installed-debs": "".join(f"ii  {name}  amd64  x\n" for name in ("bash 5.0-6", *names)),
    }


def test_recorded_rpm(tree: Tree) -> None:
    found = interpreter(tree(rpms("python-2.7.5-89.el7.x86_64", "python-libs-2.7.5-89.el7.x86_64")))
    assert str(found) == "python2.7 2.7.5"


def test_recorded_debs(tree: Tree) -> None:
    found = interpreter(
        tree(debs("python2.7 2.7.18-1", "python2.7-minimal 2.7.18-1", "python-is-python3 3.8.2-4"))
    )
    assert (found.works, found.version, found.plain) == (True, "2.7.18", "3.8.2")


def test_debians_minimal_python_is_not_whole(tree: Tree) -> None:
    found = interpreter(tree(debs("python2.7-minimal 2.7.18-1")))
    assert not found.works
    assert "can't import json" in str(found)
    assert interpreter(tree(debs("python2.7-minimal 2.7.18-1", "libpython2.7-stdlib 2.7.18-1"))).works


def test_recorded_packages_without_it(tree: Tree) -> None:
    assert not interpreter(tree(debs("python3 3.8.2-0"))).works


def test_record_that_says_nothing(tree: Tree) -> None:
    assert isinstance(python27.collect(tree({"etc/hostname": "x"})).interpreter, Unknown)
