"""The form of a known problem and the choice of commands for a host."""

from __future__ import annotations

import pytest

from envcheck.problems import Step, commands_for

EACH = Step(None, {"rhel": ("yum",), "debian": ("apt-get",), "suse": ("zypper",)})


@pytest.mark.parametrize(
    ("distribution", "command"),
    [
        ("centos", "yum"), ("rhel", "yum"), ("rocky", "yum"), ("alma", "yum"), ("oracle", "yum"),
        ("fedora", "yum"), ("anolis", "yum"), ("ubuntu", "apt-get"), ("debian", "apt-get"),
        ("linuxmint", "apt-get"),
        ("sles", "zypper"), ("opensuse-leap", "zypper"),
    ],
)  # fmt: skip
def test_a_distribution_gets_the_commands_of_its_family(distribution: str, command: str) -> None:
    assert commands_for(EACH, distribution) == (command,)


def test_a_family_without_commands_of_its_own_gets_those_for_any() -> None:
    step = Step(None, {"debian": ("service docker start",), "any": ("systemctl start docker",)})
    assert commands_for(step, "ubuntu") == ("service docker start",)
    assert commands_for(step, "centos") == ("systemctl start docker",)
    assert commands_for(step, "gentoo") == ("systemctl start docker",)
    assert commands_for(step, None) == ("systemctl start docker",)


@pytest.mark.parametrize("distribution", [None, "gentoo"])
def test_an_unknown_distribution_gets_every_family_labelled(distribution: str | None) -> None:
    assert commands_for(EACH, distribution) == (
        "# RHEL, CentOS", "yum", "# Debian, Ubuntu", "apt-get", "# SUSE", "zypper",
    )  # fmt: skip


def test_a_step_that_is_text_only_has_no_commands() -> None:
    assert commands_for(Step(None, {}), "centos") == ()
