"""What the manuals say of runs as a whole: what is noted, what is decided whatever else is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import envcheck
from envcheck.problems import load
from envcheck.rulebook import shipped_rules
from tests import written
from tests.conftest import write_tree

HOST = written.HOSTS / "centos72-p4"


@pytest.mark.parametrize(
    ("modules", "noted"),
    [
        (("offline-security-server",), True),
        (("offline-security-server", "default"), False),
        (("offline-security-server", "face-server"), False),
        (("default",), False),
        (("face-server",), False),
    ],
)
def test_who_checks_the_licence_host_alone_is_told_of_the_model(
    modules: tuple[str, ...], noted: bool
) -> None:
    notes = [note.en for note in envcheck.check(*modules, from_path=HOST).notes]
    assert any("check: offline-security-server default" in note for note in notes) is noted


ABSENT = "docker\nnvidia-smi\n/etc/selinux/config\n/usr/src\n/lib/modules\n"
NOTHING = {
    "etc/os-release": 'ID="centos"\nVERSION_ID="7"\n',
    "installed-rpms": "glibc-2.17-222.el7.x86_64 x\nkernel-3.10.0-957.el7.x86_64 x\n",
    "proc/sys/kernel/osrelease": "3.10.0-957.el7.x86_64\n",
    "proc/filesystems": "nodev\tproc\n\text4\n",
    "etc/docker/key.json": "{}",
    "sos_commands/pci/lspci_-nnvv": "00:00.0 Host bridge [0600]: Intel Corporation DMI2 [8086:6f00]\n",
    "sos_commands/kernel/lsmod": "Module Size Used by\nxfs 978100 2\n",
    "sos_commands/envcheck/absent": ABSENT,
}


def test_what_needs_no_docker_and_no_card_is_decided_without_them(tmp_path: Path) -> None:
    """Trap: one missing thing blocks what has nothing to do with it."""
    write_tree(tmp_path, NOTHING)
    found = {each.id: each.status for each in envcheck.check("face-server", from_path=tmp_path).results}
    assert (found["docker"], found["nvidia-card"]) == ("fail", "fail")
    decided = ("nouveau", "kernel-source", "daemon-json", "selinux", "selinux-config", "package-conflicts")
    assert {name: found[name] for name in decided} == {
        **dict.fromkeys(decided, "pass"),
        "kernel-source": "fail",
    }
    blocked = ("nvidia-driver", "gpu", "gpu-all", "storage-driver", "docker-space", "nvidia-docker2")
    assert {found[name] for name in blocked} == {"skipped"}


def test_the_range_that_the_hint_sets_is_one_that_passes(tmp_path: Path) -> None:
    """Trap: to reserve the whole range instead would leave the host some 200 ports."""
    file = Path(shipped_rules()) / "problems.yaml"
    problem = load(file.read_text(encoding="utf-8"), str(file))["ephemeral-ports-overlap"]
    lines = [line for step in problem.steps for each in step.commands.values() for line in each]
    (bounds,) = {found.groups() for line in lines if (found := re.search(r"= (\d+) (\d+)'", line))}
    assert bounds == ("10240", "29999")
    assert not any("reserved" in line for line in lines)
    folder = "proc/sys/net/ipv4"
    write_tree(tmp_path, {f"{folder}/ip_local_port_range": "\t".join(bounds)})
    write_tree(tmp_path, {f"{folder}/ip_local_reserved_ports": "\n"})
    report = envcheck.check("inference-platform", from_path=tmp_path)
    assert {each.id: each.status for each in report.results}["port-range"] == "pass"
