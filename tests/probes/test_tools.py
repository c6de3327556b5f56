"""tar and unzip: there or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.host.tree import TreeHost
from envcheck.probes import tools

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]


def test_live_presence(scripted: Scripted) -> None:
    facts = tools.collect(scripted({"which tar": ""}))
    assert facts.tar == Known(True, "trusted path (tar)")
    assert facts.unzip == Known(False, "trusted path (unzip)")


def known(fact: Any) -> Any:  # noqa: ANN401
    assert isinstance(fact, Known), fact
    return fact.value


def test_recorded_outputs(tree: Tree) -> None:
    record = {
        "sos_commands/envcheck/tar_--version": "tar (GNU tar) 1.26\n",
        "sos_commands/envcheck/absent": "unzip\n",
    }
    facts = tools.collect(tree(record))
    assert (known(facts.tar), known(facts.unzip)) == (True, False)


def test_recorded_packages(tree: Tree) -> None:
    rpms = "tar-1.26-35.el7.x86_64\n"
    facts = tools.collect(tree({"etc/redhat-release": "CentOS Linux release 7", "installed-rpms": rpms}))
    assert (known(facts.tar), known(facts.unzip)) == (True, False)


def test_record_that_says_nothing(tree: Tree) -> None:
    facts = tools.collect(tree({"etc/hostname": "x"}))
    assert all(isinstance(fact, Unknown) for fact in facts)
