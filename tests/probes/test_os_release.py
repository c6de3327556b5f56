"""The distribution itself: a rebuild or derivative is not its parent."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.probes import os_release
from envcheck.probes.os_release import Release
from tests.conftest import Tree


def release(host: Host) -> Release:
    fact = os_release.collect(host).release
    assert isinstance(fact, Known), fact
    return fact.value


def shown(host: Host) -> tuple[str, str | None]:
    found = release(host)
    return found.distribution, None if found.version is None else str(found.version)


def os_text(name: str, distribution: str, version: str, pretty: str = "", **more: str) -> str:
    lines = {"NAME": name, "ID": distribution, "VERSION_ID": version, "PRETTY_NAME": pretty or name, **more}
    return "".join(f'{key}="{text}"\n' for key, text in lines.items())


CENTOS_7 = os_text("CentOS Linux", "centos", "7", "CentOS Linux 7 (Core)", ID_LIKE="rhel fedora")
RHEL_72 = os_text("Red Hat Enterprise Linux Server", "rhel", "7.2", ID_LIKE="fedora")


SLES_SAP = "SUSE Linux Enterprise Server for SAP Applications 12 SP2"
HYPERVISOR_CPE = "cpe:/o:redhat:enterprise_linux:7.3:GA:hypervisor"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RHEL_72, ("rhel", "7.2")),
        (os_text("Red Hat Enterprise Linux", "rhel", "8.6"), ("rhel", "8.6")),
        (os_text("Ubuntu", "ubuntu", "16.04", "Ubuntu 16.04.1 LTS", ID_LIKE="debian"), ("ubuntu", "16.04")),
        (os_text("SLES", "sles", "12.1", "SUSE Linux Enterprise Server 12 SP1"), ("sles", "12.1")),
        (os_text("SLES", "sles", "12", "SUSE Linux Enterprise Server 12"), ("sles", "12")),
        (
            os_text("SLES_SAP", "sles_sap", "12.2", SLES_SAP),
            ("sles", "12.2"),
        ),
        (os_text("SLED", "sled", "12.1", "SUSE Linux Enterprise Desktop 12 SP1"), ("sled", "12.1")),
        (os_text("openSUSE Leap", "opensuse", "42.1", ID_LIKE="suse"), ("opensuse", "42.1")),
        (os_text("CentOS Stream", "centos", "8", "CentOS Stream 8"), ("centos-stream", "8")),
        (os_text("Scientific Linux", "rhel", "7.2"), ("scientific", "7.2")),
        (os_text("CloudLinux", "cloudlinux", "7.3", ID_LIKE="rhel fedora centos"), ("cloudlinux", "7.3")),
        (os_text("Anolis OS", "anolis", "8.8", ID_LIKE="rhel fedora centos"), ("anolis", "8.8")),
        (os_text("Alibaba Cloud Linux", "alinux", "3", ID_LIKE="rhel fedora centos"), ("alinux", "3")),
        (os_text("openEuler", "openEuler", "22.03"), ("openeuler", "22.03")),
        (os_text("Kylin Linux Advanced Server", "kylin", "V10"), ("kylin", None)),
        (os_text("Oracle Linux Server", "ol", "7.2", ID_LIKE="fedora"), ("oracle", "7.2")),
        (os_text("Amazon Linux AMI", "amzn", "2016.03", ID_LIKE="rhel fedora"), ("amazon", "2016.03")),
        (os_text("Raspbian GNU/Linux", "raspbian", "8", ID_LIKE="debian"), ("raspbian", "8")),
        (os_text("Some Rebuild", "centos", "7"), ("some-rebuild", "7")),
        (
            os_text(
                "Red Hat Enterprise Linux",
                "rhel",
                "7.3",
                "Red Hat Virtualization Host 4.0 (el7.3)",
                VARIANT="Red Hat Virtualization Host",
            ),
            ("rhev-h", "7.3"),
        ),
        (
            os_text("Red Hat Enterprise Linux", "rhel", "7.3", CPE_NAME=HYPERVISOR_CPE),
            ("rhel-variant", "7.3"),
        ),
    ],
)
def test_os_release(tree: Tree, text: str, expected: tuple[str, str | None]) -> None:
    assert shown(tree({"etc/os-release": text})) == expected


def test_the_minor_of_centos_7_is_in_centos_release(tree: Tree) -> None:
    line = "CentOS Linux release 7.2.1511 (Core) \n"
    found = release(tree({"etc/os-release": CENTOS_7, "etc/centos-release": line}))
    assert (found.distribution, found.major, str(found.version)) == ("centos", 7, "7.2.1511")
    assert str(found) == "CentOS Linux 7.2.1511"


def test_centos_7_without_minor_has_a_major_and_no_version(tree: Tree) -> None:
    found = release(tree({"etc/os-release": CENTOS_7}))
    assert (found.distribution, found.major, found.version) == ("centos", 7, None)


def test_the_centos_release_of_another_distribution_tells_no_minor(tree: Tree) -> None:
    host = tree(
        {"etc/os-release": CENTOS_7, "etc/centos-release": "Rocky Linux release 8.4 (Green Obsidian)\n"}
    )
    assert release(host).distribution == "rocky"


def test_a_minor_of_rhel_is_none_of_centos(tree: Tree) -> None:
    line = "Red Hat Enterprise Linux Server release 7.2 (Maipo)\n"
    found = release(tree({"etc/os-release": CENTOS_7, "etc/redhat-release": line}))
    assert (found.distribution, found.version) == ("centos", None)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {
                "etc/os-release": "-> ../usr/lib/os-release",
                "usr/lib/os-release": os_text("Rocky Linux", "rocky", "8.4", ID_LIKE="rhel centos fedora"),
                "etc/centos-release": "-> rocky-release",
                "etc/rocky-release": "Rocky Linux release 8.4 (Green Obsidian)\n",
            },
            ("rocky", "8.4"),
        ),
        # Mint calls itself Ubuntu in os-release.
        (
            {
                "etc/os-release": os_text("Ubuntu", "ubuntu", "14.04", "Ubuntu 14.04.3 LTS"),
                "etc/lsb-release": "DISTRIB_ID=LinuxMint\nDISTRIB_RELEASE=17.3\n",
            },
            ("linuxmint", None),
        ),
        (
            {
                "etc/oracle-release": "Oracle Linux Server release 6.9\n",
                "etc/redhat-release": "Red Hat Enterprise Linux Server release 6.9 (Santiago)\n",
            },
            ("oracle", "6.9"),
        ),
        ({"etc/redhat-release": "Scientific Linux release 6.4 (Carbon)"}, ("scientific", "6.4")),
        (
            {"etc/redhat-release": "Red Hat Enterprise Linux Server release 5.11 (Tikanga)\n"},
            ("rhel", "5.11"),
        ),
        ({"etc/centos-release": "CentOS release 6.5 (Final)\n"}, ("centos", "6.5")),
        ({"etc/redhat-release": "CentOS Linux release 7.9.2009 (AltArch)\n"}, ("centos", "7.9.2009")),
        (
            {"etc/SuSE-release": "SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 1\n"},
            ("sles", "12.1"),
        ),
        ({"etc/SuSE-release": "openSUSE 42.1 (x86_64)"}, ("opensuse", "42.1")),
        ({"etc/lsb-release": "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\n"}, ("ubuntu", "14.04")),
        (
            {
                "sos_commands/release/lsb_release_-a": "No LSB modules are available.\n"
                "Distributor ID:\tUbuntu\nDescription:\tUbuntu 14.04.3 LTS\nRelease:\t14.04\n"
            },
            ("ubuntu", "14.04"),
        ),
        (
            {
                "sos_commands/host/hostnamectl_status": "  Operating System: Red Hat Enterprise Linux\n"
                "       CPE OS Name: cpe:/o:redhat:enterprise_linux:7.2:GA:server\n"
            },
            ("rhel", "7.2"),
        ),
        (
            {"sos_commands/host/hostnamectl": "  Operating System: Ubuntu 16.04.1 LTS\n  Kernel: Linux\n"},
            ("ubuntu", "16.04.1"),
        ),
        (
            {
                "sos_commands/host/hostnamectl": "  Operating System: SUSE Linux Enterprise Server 12 SP1\n"
                "       CPE OS Name: cpe:/o:suse:sles:12:sp1\n"
            },
            ("sles", "12.1"),
        ),
        # A checkout that turned links into files that hold the link's text.
        (
            {
                "etc/os-release": "../usr/lib/os-release",
                "usr/lib/os-release": os_text("AlmaLinux", "almalinux", "10.0"),
                "etc/centos-release": "almalinux-release",
            },
            ("almalinux", "10.0"),
        ),
    ],
)
def test_other_release_files(tree: Tree, files: dict[str, str], expected: tuple[str, str | None]) -> None:
    assert shown(tree(files)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\nNAME=\"Ubuntu\"\n\nID=ubuntu\nVERSION_ID='16.04'\n",
        'ID="ubuntu"   \nVERSION_ID=16.04 # as of 2016\n',
        '\ufeff\nID=ubuntu\r\nVERSION_ID="16.04"\r\n',
        'NAME="Ubuntu\nID=ubuntu\nVERSION_ID=16.04\n',
    ],
    ids=["comments", "blanks", "carriage returns", "open quote"],
)
def test_quotes_and_comments(tree: Tree, text: str) -> None:
    assert shown(tree({"etc/os-release": text})) == ("ubuntu", "16.04")


@pytest.mark.parametrize("files", [{}, {"etc/os-release": ""}, {"etc/redhat-release": "hello\n"}])
def test_without_a_name_it_is_unknown(tree: Tree, files: dict[str, str]) -> None:
    assert isinstance(os_release.collect(tree(files)).release, Unknown)
