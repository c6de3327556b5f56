"""Packages in the way of docker-ce, and leftovers of nvidia-docker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Denied, Host, Output
from envcheck.host.tree import TreeHost
from envcheck.probes import packages

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]

CENTOS7 = 'NAME="CentOS Linux"\nVERSION_ID="7"\nID="centos"\nID_LIKE="rhel fedora"\n'
CONFLICTING = (
    "audit-libs-2.8.5-4.el7.x86_64",
    "libsemanage-2.5-14.el7.x86_64",
    "policycoreutils-2.5-34.el7.x86_64",
)
FITTING = (
    "audit-libs-2.7.6-3.el7.x86_64",
    "libsemanage-2.5-8.el7.x86_64",
    "policycoreutils-2.5-17.1.el7.x86_64",
)


def el7(*lines: str, **files: str) -> dict[str, str]:
    return {
        "etc/os-release": CENTOS7,
        "installed-rpms": "\n".join(("bash-4.2.46-34.el7.x86_64", *lines, "")),
        **files,
    }


def value(fact: Any) -> Any:  # noqa: ANN401
    assert isinstance(fact, Known), fact
    return fact.value


def test_newer_dependencies_conflict(tree: Tree) -> None:
    found = value(packages.collect(tree(el7(*CONFLICTING))).conflicts)
    assert found == (
        "audit-libs 2.8.5-4.el7 is newer than 2.7.6-3.el7",
        "libsemanage 2.5-14.el7 is newer than 2.5-8.el7",
        "policycoreutils 2.5-34.el7 is newer than 2.5-17.1.el7",
    )


def test_the_kits_own_versions_do_not(tree: Tree) -> None:
    assert value(packages.collect(tree(el7(*FITTING))).conflicts) == ()


def test_installed_docker_ce_settles_it(tree: Tree) -> None:
    facts = packages.collect(tree(el7(*CONFLICTING, "docker-ce-17.12.1.ce-1.el7.centos.x86_64")))
    assert value(facts.docker_ce) is True
    assert value(facts.conflicts) == ()


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (CENTOS7, True),
        ('ID="rhel"\nVERSION_ID="7.6"\n', True),
        ('ID="rhel"\nVERSION_ID="8.4"\n', False),
        ('ID="ubuntu"\nVERSION_ID="7"\n', False),
        ('ID="centos"\nVERSION_ID="70"\n', False),
    ],
)
def test_el7(tree: Tree, release: str, expected: bool) -> None:
    facts = packages.collect(tree({"etc/os-release": release}))
    assert value(facts.el7) is expected
    if not expected:
        assert value(facts.conflicts) == ()


def test_el7_by_redhat_release(tree: Tree) -> None:
    assert value(packages.collect(tree({"etc/redhat-release": "CentOS Linux release 7.2.1511"})).el7) is True


def test_unknown_release_is_unknown(tree: Tree) -> None:
    facts = packages.collect(tree({"etc/hostname": "x"}))
    for fact in (facts.el7, facts.conflicts, facts.manager, facts.docker_ce, facts.leftovers):
        assert isinstance(fact, Unknown)


def test_host_without_any_release_file_is_no_el7(scripted: Scripted) -> None:
    facts = packages.collect(scripted({}))
    assert value(facts.el7) is False
    assert value(facts.manager) == "none"
    assert isinstance(facts.docker_ce, Unknown)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"read /etc/os-release": "ID=debian\n", "stat /var/lib/rpm": 1}, "dpkg"),
        ({"read /etc/os-release": "ID=ubuntu\nID_LIKE=debian\n"}, "dpkg"),
        ({"read /etc/os-release": 'ID="sles_sap"\n'}, "rpm"),
        ({"read /etc/os-release": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n'}, "rpm"),
        ({"read /etc/os-release": "ID=kylin\n", "stat /var/lib/rpm": 1}, "rpm"),
        ({"read /etc/os-release": "ID=kylin\n", "stat /var/lib/dpkg/status": 1}, "dpkg"),
        ({"read /usr/lib/os-release": "ID=fedora\n"}, "rpm"),
    ],
)
def test_manager_is_the_distributions_own(
    scripted: Scripted, files: Mapping[str, Any], expected: str
) -> None:
    assert value(packages.collect(scripted(files)).manager) == expected


def test_live_list(scripted: Scripted) -> None:
    listing = "\n".join(line.replace("-2.", " (none):2.", 1).replace(".x86", " x86") for line in CONFLICTING)
    host = scripted({"read /etc/os-release": CENTOS7, "run rpm": listing})
    assert len(value(packages.collect(host).conflicts)) == 3


def test_live_list_that_fails(scripted: Scripted) -> None:
    broken = Output("bash (none):4.2-1 x86_64\n", "error: rpmdb: damaged", 1)
    facts = packages.collect(scripted({"read /etc/os-release": CENTOS7, "run rpm": broken}))
    assert facts.conflicts == Unknown("rpm failed: error: rpmdb: damaged")


def test_left_over_container_packages(tree: Tree) -> None:
    left = ("libnvidia-container1-1.0.0-1.x86_64", "nvidia-container-runtime-hook-1.4.0-1.x86_64")
    found = value(packages.collect(tree(el7(*left))).leftovers)
    assert found == ("libnvidia-container1 1.0.0-1", "nvidia-container-runtime-hook 1.4.0-1")
    with_docker2 = el7(*left, "nvidia-docker2-2.0.3-1.docker17.12.1.ce.noarch")
    assert value(packages.collect(tree(with_docker2)).leftovers) == ()


TOOLKIT = ("libnvidia-container1-1.14.3-1.x86_64", "nvidia-container-toolkit-1.14.3-1.x86_64")
INFO = "sos_commands/docker/docker_info"


def test_toolkit_in_use_is_no_leftover(tree: Tree) -> None:
    used = {INFO: "Server Version: 24.0.7\nRuntimes: nvidia runc\n"}
    assert value(packages.collect(tree({**el7(*TOOLKIT), **used})).leftovers) == ()
    unused = {INFO: "Server Version: 24.0.7\nRuntimes: runc\n"}
    assert len(value(packages.collect(tree({**el7(*TOOLKIT), **unused})).leftovers)) == 2


def test_toolkit_without_a_docker_is_a_leftover(tree: Tree) -> None:
    assert (
        len(
            value(
                packages.collect(tree({**el7(*TOOLKIT), "sos_commands/envcheck/absent": "docker"})).leftovers
            )
        )
        == 2
    )


def test_toolkit_of_a_silent_docker_by_its_configuration(scripted: Scripted) -> None:
    script = {
        "read /etc/os-release": "ID=debian\n",
        "run dpkg-query": "install ok installed\tnvidia-container-toolkit\t1.14.3-1\n",
        "docker /version": Denied("permission denied"),
        "read /etc/docker/daemon.json": '{"runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}}',
    }
    assert value(packages.collect(scripted(script)).leftovers) == ()
    script["read /etc/docker/daemon.json"] = "{}"
    assert value(packages.collect(scripted(script)).leftovers) == ("nvidia-container-toolkit 1.14.3-1",)
    script["read /etc/docker/daemon.json"] = Denied("permission denied (not root)")
    assert isinstance(packages.collect(scripted(script)).leftovers, Unknown)


def test_list_by_another_name(tree: Tree) -> None:
    listing = "\n".join(CONFLICTING) + "\n"
    record = {"etc/os-release": CENTOS7, "installed-rpms": "", "sos_commands/rpm/rpm_-qa_--last": listing}
    assert len(value(packages.collect(tree(record)).conflicts)) == 3
    record = {**record, "sos_commands/rpm/rpm_-qa_--last": "\n"}
    found = packages.collect(tree(record)).conflicts
    assert isinstance(found, Unknown)
    assert found.reason.startswith("not in this record: ")
