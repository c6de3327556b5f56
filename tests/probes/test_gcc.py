"""gcc: there or not, and which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host, Output
from envcheck.host.tree import TreeHost
from envcheck.probes import gcc
from envcheck.values import Version

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("gcc (GCC) 4.8.5 20150623 (Red Hat 4.8.5-44)\nCopyright (C) 2015\n", "4.8.5"),
        ("gcc (Ubuntu 9.4.0-1ubuntu1~20.04.2) 9.4.0\n", "9.4.0"),
        ("gcc-4.7 (SUSE Linux) 4.7.2 20130108 [gcc-4_7-branch revision 195012]\n", "4.7.2"),
        ("gcc (crosstool-NG 1.24.0.133_b0863d8) 9.3.0\n", "9.3.0"),
        ("x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14) 12.2.0\n", "12.2.0"),
    ],
)
def test_gcc_version_is_not_the_vendors_package(scripted: Scripted, text: str, version: str) -> None:
    assert gcc.collect(scripted({"run gcc --version": text})).version == Known(
        Version(version), "gcc --version"
    )


def test_gcc_that_does_not_run(scripted: Scripted) -> None:
    facts = gcc.collect(scripted({"run gcc": Output("", "gcc: error while loading shared libraries", 127)}))
    assert isinstance(facts.version, Unknown)
    assert facts.present == Known(True, "trusted path (gcc)")


def test_no_gcc(scripted: Scripted) -> None:
    facts = gcc.collect(scripted({}))
    assert facts.version == Unknown("gcc is not installed")
    assert facts.present == Known(False, "trusted path (gcc)")


def known(fact: Any) -> Any:  # noqa: ANN401
    assert isinstance(fact, Known), fact
    return fact.value


def test_recorded_output(tree: Tree) -> None:
    facts = gcc.collect(tree({"sos_commands/envcheck/gcc_--version": "gcc (GCC) 4.8.2\n"}))
    assert (known(facts.present), str(known(facts.version))) == (True, "4.8.2")


def test_recorded_package(tree: Tree) -> None:
    rpms = "gcc-4.8.5-44.el7.x86_64\ntar-1.26-35.el7.x86_64\n"
    facts = gcc.collect(tree({"etc/redhat-release": "CentOS Linux release 7", "installed-rpms": rpms}))
    assert (known(facts.present), str(known(facts.version))) == (True, "4.8.5")


def test_record_that_says_nothing(tree: Tree) -> None:
    assert all(isinstance(fact, Unknown) for fact in gcc.collect(tree({"etc/hostname": "x"})))
