"""One identifier, one pseudonym; networks stay networks; what is no identifier stays."""

from __future__ import annotations

import json
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envcheck.bundle.redact import Redactor
from envcheck.bundle.redact.ipv4 import IPv4
from envcheck.bundle.redact.ipv6 import IPv6
from envcheck.bundle.redact.key import Key
from envcheck.bundle.redact.mac import Mac

V4 = st.integers(0, 2**32 - 1)
V6 = st.integers(0, 2**128 - 1)


def common(left: int, right: int, width: int) -> int:
    """How many leading bits two numbers share."""
    return width - (left ^ right).bit_length()


def said(redactor: Redactor, text: str, member: str = "") -> str:
    return redactor.text(text.encode(), member).decode()


@given(V4)
def test_an_ipv4_address_is_recognised_as_replaced(address: int) -> None:
    ipv4 = IPv4(Key())
    new = ipv4.map(address)
    assert ipv4.map(new) == new
    assert new == address or new >> 28 == 15


@given(V4, st.integers(0, 2**16 - 1))
def test_addresses_of_a_network_stay_in_one(address: int, change: int) -> None:
    """Of a /16, and of each smaller network down to a /24."""
    ipv4 = IPv4(Key())
    left, right = ipv4.map(address), ipv4.map(address ^ change)
    if left != address and right != address ^ change:
        assert common(left, right, 32) >= min(24, common(address, address ^ change, 32))
        assert (left == right) == (change == 0)


@pytest.mark.parametrize("network", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"])
@settings(max_examples=50)
@given(data=st.data())
def test_private_networks_keep_every_prefix(network: str, data: st.DataObject) -> None:
    ipv4 = IPv4(Key())
    span = ip_network(network)
    inside = st.integers(int(span[0]), int(span[-1]))
    left, right = data.draw(inside), data.draw(inside)
    found = common(ipv4.map(left), ipv4.map(right), 32)
    assert found == common(left, right, 32) or found >= 24 <= common(left, right, 32)


def test_more_networks_than_there_is_room_for() -> None:
    ipv4 = IPv4(Key())
    found: dict[int, int] = {}
    for first in range(11, 100):
        for second in range(256):
            address = first << 24 | second << 16 | 0x0A0B
            found[address] = ipv4.map(address)
    assert len(set(found.values())) == len(found)
    assert all(new >> 28 == 15 for new in found.values())
    assert ipv4.map(next(iter(found))) == found[next(iter(found))]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.0.0.53", "0.0.0.0", "255.255.255.255", "255.255.254.0", "224.0.0.251", "169.254.169.254"],
)  # fmt: skip
def test_addresses_that_say_nothing_stay(address: str) -> None:
    assert said(Redactor(), f"listen on {address}:80") == f"listen on {address}:80"


@given(V6)
def test_an_ipv6_address_is_recognised_as_replaced(address: int) -> None:
    key = Key()
    ipv6 = IPv6(key, IPv4(key), Mac(key))
    new = ipv6.map(address)
    assert ipv6.map(new) == new
    old, replaced = ip_address(address), ip_address(new)
    assert (old.is_link_local, old.is_loopback, old.is_multicast) == (
        replaced.is_link_local,
        replaced.is_loopback,
        replaced.is_multicast,
    )


@given(st.integers(0, 2**64 - 1), st.integers(0, 63), st.sampled_from([0x2000, 0xFD00, 0x3FFF]))
def test_ipv6_networks_stay_networks(rest: int, bit: int, top: int) -> None:
    key = Key()
    ipv6 = IPv6(key, IPv4(key), Mac(key))
    left = top << 112 | rest << 40 & ((1 << 112) - 1)
    right = left ^ 1 << (64 + bit % 44)
    assert common(ipv6.map(left), ipv6.map(right), 128) == common(left, right, 128)


@given(st.integers(0, 2**48 - 1))
def test_a_mac_address_keeps_its_two_bits(mac: int) -> None:
    macs = Mac(Key())
    new = macs.map(mac)
    assert new >> 40 & 3 == mac >> 40 & 3
    assert macs.map(new) == new


def test_one_pseudonym_in_every_notation() -> None:
    redactor = Redactor({"address": ["10.1.2.3"], "mac": ["3c:a8:2a:1f:9d:e4"]})
    text = "10.1.2.3 secfile_10.1.2.3 ip-10-1-2-3 ::ffff:10.1.2.3\n   0: 0302010A:1F90 00000000:0000 0A x\n"
    words = said(redactor, text).split()
    dotted = words[0]
    assert words[1:4] == [f"secfile_{dotted}", f"ip-{dotted.replace('.', '-')}", f"::ffff:{dotted}"]
    assert bytes.fromhex(words[5][:8])[::-1] == ip_address(dotted).packed
    mac, interface, bare, local = said(
        redactor, "3c:a8:2a:1f:9d:e4 enx3ca82a1f9de4 3ca82a1f9de4 fe80::3ea8:2aff:fe1f:9de4"
    ).split()
    plain = mac.replace(":", "")
    assert (interface, bare) == (f"enx{plain}", plain)
    raw = bytearray.fromhex(plain)
    raw[0] ^= 2
    assert ip_address(local).packed[8:] == bytes([*raw[:3], 0xFF, 0xFE, *raw[3:]])


def test_the_same_in_names_logs_and_records() -> None:
    redactor = Redactor({"host": ["fra-node17"]})
    text = "fra-node17 192.0.2.7:80\n"
    assert said(redactor, text) == said(redactor, text, "host/etc/x")
    host, address = said(redactor, text).split()
    assert redactor.name("logs/fra-node17/secfile_192.0.2.7") == f"logs/{host}/secfile_{address[:-3]}"


STAYS = [
    "Driver Version: 384.66", "version 10.2.0.89", "Version:  10.2.0.89", '"Version": "10.2.0.89"', "driver 3.10.0.327",
    "bind-9.11.4.1-5.el7.x86_64", "libfoo_1.2.3.4_amd64.deb", "v1.2.3.4", "nginx/1.2.3.4-r1", "ii  ncurses-base  6.1.2.3  all",
    "Chrome/91.0.4.124 Safari/537.36", "1.3.6.1.4.1.311", "firmware 2.8.0.1", "17.12.1.ce-0", "kernel 3.10.0.327 booted",
    "package openssl 1.0.2.107 installed", "0000:01:00.0 VGA", "03:12:44.123", "std::vector<int>::size", "face::add", "12:34:56",
    "docker run -p 8443:8443 -d", "ac1d:cafe", "sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "Serial: 8250/16550 driver, 32 ports", "Serial Number: Not Specified", "Serial Number: To Be Filled By O.E.M.",
    "2026-11-21-10-02", "machine auth check failure", "permission denied", "/home/idl-face/databus5535", "/home/baidu/work/logs",
    "GLIBC_2.14' not found", "failed password", "Password:", "password: ", "token: null", "user=root", "MemTotal:  32660480 kB",
    "0.10.2.1", "NVRM: Xid (PCI:0000:3b:00): 79", "eth0: <BROADCAST,MULTICAST,UP>", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


@pytest.mark.parametrize("member", ["", "host/sos_commands/x/y"])
@pytest.mark.parametrize("text", STAYS)
def test_what_identifies_nobody_stays(text: str, member: str) -> None:
    assert said(Redactor(), text, member) == text


@pytest.mark.parametrize(
    "member", ["host/installed-rpms", "host/proc/sys/kernel/osrelease", "host/installed-debs"]
)
def test_lists_of_versions(member: str) -> None:
    text = "3.10.0.327\nfoo 9.11.4.1 5.el7\n"
    assert said(Redactor(), text, member) == text


def test_columns_stay_where_they_are() -> None:
    redactor = Redactor({"serial": ["S2HRNX0H612345"]})
    table = (
        "NAME SERIAL         WWN                TRAN MODEL\n"
        "sda  S2HRNX0H612345 0x5002538c40a1b2c3 sata A\n"
        "sdb                                    usb  B\n"
    )
    found = said(redactor, table, "host/sos_commands/block/lsblk").splitlines()
    assert "S2HRNX0H" not in found[1]
    assert [line.split()[-2:] for line in found[1:]] == [["sata", "A"], ["usb", "B"]]
    ps = "fra-node17  10.1.2.3:8443->8443/tcp               web\nx  1.1.1.1  web\n"
    found = said(Redactor({"host": ["fra-node17"]}), ps, "host/sos_commands/docker/docker_ps").splitlines()
    assert found[0].index("web") == ps.index("web")


ANYTHING = "10.1.2.3 2001:db8::5:6:7 3c:a8:2a:1f:9d:e4 fra-node17 x1.corp.acme.com password=abc123xy /home/liqiang/ GPU-7c2e9f10-33ab-4d5e-9a1b-0c2d4e6f8a91 Serial Number: PF2ABC3D wwn-0x5002538c40a1b2c3 ::ffff:10.9.8.7 secfile_8.8.4.4\n"


@pytest.mark.parametrize("member", ["", "host/x"])
def test_twice_is_once(member: str) -> None:
    redactor = Redactor({"host": ["fra-node17"], "domain": ["corp.acme.com"]})
    once = said(redactor, ANYTHING, member)
    assert once != ANYTHING
    assert said(redactor, once, member) == once
    assert said(Redactor(), once, member) == once


def test_two_hosts_get_different_pseudonyms_for_the_same() -> None:
    assert said(Redactor(), "from 10.1.2.3") != said(Redactor(), "from 10.1.2.3")


def test_the_map() -> None:
    redactor = Redactor(
        {"host": ["fra-node17"], "address": ["10.1.2.3"], "user": ["liqiang"], "domain": ["corp.acme.com"]}
    )
    once = said(redactor, ANYTHING + "from 8.8.8.8:1")
    dumped = redactor.dump_map()
    assert "abc123xy" not in dumped.decode()
    table = json.loads(dumped)["pseudonyms"]
    assert table["ipv4"]["10.1.2.3"] in once
    assert said(Redactor.load_map(dumped), ANYTHING + "from 8.8.8.8:1") == once


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "envcheck.redaction/1"}', '{"schema": "x"}', "nonsense"]
)
def test_what_is_no_map(text: str) -> None:
    with pytest.raises(ValueError):
        Redactor.load_map(text.encode())


def test_counts() -> None:
    redactor = Redactor()
    redactor.text(b"from 10.1.2.3 and 10.1.2.3 password=abc123xy\n")
    assert redactor.counts() == {"ipv4": 2, "secret": 1}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'hots' is no kind"):
        Redactor({"hots": ["a"]})
