"""Which TCP ports are taken, on which addresses and by whom."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import envcheck
from envcheck.facts import Known, Unknown
from envcheck.host.base import Denied, Failed, Host, TimedOut, Unreadable
from envcheck.host.tree import TreeHost
from envcheck.probes import ports
from tests.conftest import write_tree

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
NET = "sos_commands/networking/"


def row(local: str, state: str = "0A", inode: int = 4711, peer: str = "00000000:0000") -> str:
    return f"   0: {local} {peer} {state} 00000000:00000000 00:00000000 00000000     0        0 {inode} 1 0\n"


def kernel(*rows: str, six: str = "") -> dict[str, str]:
    return {"proc/net/tcp": HEADER + "".join(rows), "proc/net/tcp6": HEADER + six}


def live(files: Mapping[str, str], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {**{f"read /{name}": text for name, text in files.items()}, **more}


def busy(host: Host) -> list[str]:
    found = ports.collect(host).busy
    assert isinstance(found, Known), found
    return [str(port) for port in found.value]


def test_listener_with_its_owner(scripted: Scripted) -> None:
    host = scripted(live(kernel(row("0100007F:20FB", inode=9)), owners={9: "nginx (pid 77)"}))
    assert busy(host) == ["8443 by nginx (pid 77) on 127.0.0.1"]


def test_only_listeners_count(tree: Tree) -> None:
    taken = kernel(
        row("00000000:20FB", state="06"),  # TIME_WAIT
        row("0100007F:1F90", state="01", peer="0100007F:206C"),  # established, 8300 is the peer's
    )
    assert busy(tree(taken)) == []


def test_addresses_of_one_owner_are_merged(scripted: Scripted) -> None:
    six = row("00000000000000000000000000000000:206C", inode=2) + row(
        "0000000000000000FFFF00000100007F:206C", inode=3
    )
    owners = dict.fromkeys((1, 2, 3), "face (pid 5)")
    assert busy(scripted(live(kernel(row("00000000:206C", inode=1), six=six), owners=owners))) == [
        "8300 by face (pid 5) on 0.0.0.0, ::, 127.0.0.1"
    ]


def test_owner_that_only_root_may_see(scripted: Scripted) -> None:
    assert busy(scripted(live(kernel(row("00000000:206C")), root=False))) == [
        "8300 by an unknown owner (not root) on 0.0.0.0"
    ]


def test_host_without_ipv6(scripted: Scripted) -> None:
    assert busy(scripted(live({"proc/net/tcp": HEADER}))) == []


def test_half_a_record_never_says_that_a_port_is_free(tree: Tree) -> None:
    found = ports.collect(tree({"proc/net/tcp": HEADER + row("00000000:206C")})).busy
    assert isinstance(found, Known)
    assert found.value[0].number == 8300
    assert isinstance(found.value[1].number, Unknown)
    assert str(found.value[1]) == (
        "/proc/net/tcp6 is not in this record; of a host without IPv6 name it in sos_commands/envcheck/absent"
    )


@pytest.mark.parametrize("listener", ["", row("00000000:0016")])
def test_half_a_record_says_once_which_file_is_missing_and_what_to_do(tmp_path: Path, listener: str) -> None:
    write_tree(tmp_path, {"proc/net/tcp": HEADER + listener, "sos_commands/envcheck/id_-u": "0"})
    report = envcheck.check("face-server", from_path=tmp_path)
    (result,) = (each for each in report.results if each.id == "ports")
    assert result.status == "unknown"
    assert result.reason is not None
    assert result.reason.en.count("/proc/net/tcp6 is not in this record") == 1
    assert "sos_commands/envcheck/absent" in result.reason.en
    assert "not known of" not in result.reason.en


def test_a_record_that_says_there_is_no_ipv6_can_say_that_ports_are_free(tree: Tree) -> None:
    record = {"proc/net/tcp": HEADER, "sos_commands/envcheck/absent": "/proc/net/tcp6\n"}
    assert ports.collect(tree(record)).busy == Known((), "/proc/net/tcp")


def test_record_without_any_listing_is_unknown(tree: Tree) -> None:
    assert isinstance(ports.collect(tree({"etc/hostname": "x"})).busy, Unknown)


SS = """\
Netid State     Recv-Q Send-Q Local Address:Port  Peer Address:Port
u_str LISTEN    0      128    /run/docker.sock 123 * 0
udp   UNCONN    0      0      0.0.0.0%virbr0:67   0.0.0.0:*
v_str LISTEN    0      0      2:8887              *:*
tcp   LISTEN    0      511    0.0.0.0:8443        0.0.0.0:*  users:(("nginx",pid=77,fd=6),("x",pid=78,fd=6))
\t skmem:(r0,rb87380,t0,tb16384,f0,w0,o0,bl0,d0)
tcp   LISTEN    0      511    [::]:8443           [::]:*     users:(("nginx",pid=77,fd=7))
tcp   LISTEN    0      32     127.0.0.53%lo:53    0.0.0.0:*  users:(("systemd-resolve",12,12))
tcp   TIME-WAIT 0      0      10.0.0.5:8300       10.0.0.6:6000
tcp   ESTAB     0      0      10.0.0.5:44444      10.0.0.6:8887
"""


def test_ss(tree: Tree) -> None:
    assert busy(tree({f"{NET}ss_-peaonmi": SS})) == [
        "53 by systemd-resolve (pid 12) on 127.0.0.53",
        "8443 by nginx (pid 77) on 0.0.0.0, ::",
    ]


def test_ss_without_its_first_column(tree: Tree) -> None:
    text = "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
    text += "LISTEN 0 511 *:8080 *:*\nLISTEN 0 5 /run/x 7 * 0\n"
    assert busy(tree({f"{NET}ss_-ltn": text})) == ["8080 by an unknown owner on *"]


@pytest.mark.parametrize("name", ["ss_-tn", "ss_-xl", "ss_-uan", "ss_-4_-ltn", "ss_-s"])
def test_ss_that_was_not_asked_for_all_listeners(tree: Tree, name: str) -> None:
    assert isinstance(ports.collect(tree({f"{NET}{name}": SS})).busy, Unknown)


def test_output_that_is_not_ss(tree: Tree) -> None:
    found = ports.collect(tree({f"{NET}ss_-peaonmi": "ss: invalid option -- 'q'\n"})).busy
    assert isinstance(found, Unknown)
    assert "not in the format of ss" in found.reason


NETSTAT = """\
Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address Foreign Address State       User  Inode  PID/Program name     Timer
tcp        0 0 0.0.0.0:22      0.0.0.0:*        LISTEN      0     80701  328/sshd: /usr/sbin  off (0.00/0/0)
tcp        0      0 10.0.0.5:8443   10.0.0.6:1234    TIME_WAIT   0     0      -                    timewait
tcp6       0      0 :::8300         :::*             LISTEN      0     80703  -                off (0.00/0/0)
udp        0 0 0.0.0.0:8887    0.0.0.0:*                    0     80704  9/x              off (0.00/0/0)
"""


def test_netstat(tree: Tree) -> None:
    assert busy(tree({f"{NET}netstat_-W_-neopa": NETSTAT})) == [
        "22 by sshd: /usr/sbin (pid 328) on 0.0.0.0",
        "8300 by an unknown owner on ::",
    ]


def test_netstat_without_users_and_processes(tree: Tree) -> None:
    text = "Active Internet connections (only servers)\ntcp   0   0 ::1:8443   :::*   LISTEN\n"
    assert busy(tree({f"{NET}netstat_-ltn": text})) == ["8443 by an unknown owner on ::1"]


def test_netstat_that_left_listeners_out(tree: Tree) -> None:
    text = NETSTAT.replace("servers and established", "w/o servers")
    found = ports.collect(tree({"netstat": text})).busy
    assert isinstance(found, Unknown)
    assert "listening ports are left out" in found.reason


def test_names_of_services_are_resolved(tree: Tree) -> None:
    text = "Active Internet connections (only servers)\n" + "".join(
        f"tcp  0  0 0.0.0.0:{name}  0.0.0.0:*  LISTEN\n" for name in ("http", "pcsync-https", "zoo", "z00")
    )
    assert busy(tree({f"{NET}netstat_-l": text, "etc/services": "zookeeper 2181/tcp zoo # z00\n"})) == [
        "80 by an unknown owner on 0.0.0.0",
        "2181 by an unknown owner on 0.0.0.0",
        "8443 by an unknown owner on 0.0.0.0",
        "port named 'z00', of unknown number",
    ]


CONTAINERS = [
    {
        "Names": ["/web"],
        "Ports": [
            {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8666, "Type": "tcp"},
            {"IP": "::", "PrivatePort": 80, "PublicPort": 8666, "Type": "tcp"},
            {"PrivatePort": 443, "Type": "tcp"},
            {"IP": "0.0.0.0", "PrivatePort": 53, "PublicPort": 53, "Type": "udp"},
        ],
    },
    {"Id": "0123456789abcdef", "Ports": None},
]


def test_published_port_without_a_listener(scripted: Scripted) -> None:
    assert busy(scripted(live(kernel(), **{"docker /containers/json": CONTAINERS}))) == [
        "8666 by container web on 0.0.0.0, ::"
    ]


def test_container_is_named_in_place_of_its_proxy(scripted: Scripted) -> None:
    script = live(kernel(row("00000000:21DA", inode=1)), owners={1: "docker-proxy (pid 5)"})
    assert busy(scripted(script)) == ["8666 by docker-proxy (pid 5) on 0.0.0.0"]
    assert busy(scripted({**script, "docker /containers/json": CONTAINERS})) == [
        "8666 by container web on 0.0.0.0, ::"
    ]


def test_containers_elsewhere_take_no_port_here(scripted: Scripted) -> None:
    script = live(kernel(), address="tcp://h:2375", **{"docker /containers/json": CONTAINERS})
    assert busy(scripted(script)) == []


def test_docker_that_does_not_run_is_noted(scripted: Scripted) -> None:
    found = ports.collect(
        scripted(
            live(kernel(), **{"docker /containers/json": Failed("connection refused", errno.ECONNREFUSED)})
        )
    ).busy
    assert found == Known((), "/proc/net/tcp; containers not seen: connection refused")


@pytest.mark.parametrize(
    ("error", "denied"), [(Denied("no"), True), (TimedOut("late"), False), (Failed("no context"), False)]
)
def test_docker_that_runs_and_does_not_tell_leaves_every_port_in_doubt(
    scripted: Scripted, error: Unreadable, denied: bool
) -> None:
    # A port published without userland-proxy has no listener: the kernel's list shows it free.
    found = ports.collect(scripted(live(kernel(), **{"docker /containers/json": error}))).busy
    assert isinstance(found, Known)
    (doubt,) = found.value
    assert doubt.number == Unknown(f"containers not seen: {error}", denied)
    assert str(doubt) == f"containers not seen: {error}"


def test_recorded_docker_ps(tree: Tree) -> None:
    up = "0.0.0.0:8000-8001->8000-8001/tcp, :::8000->8000/tcp, 53/udp"
    text = "CONTAINER ID   IMAGE   COMMAND    CREATED      STATUS      PORTS     NAMES\n"
    text += f'0a1b2c3d4e5f   nginx   "/start"   2 days ago   Up 2 days   {up}   web\n'
    text += '1a1b2c3d4e5f   redis   "/start"   2 days ago   Up 2 days   6379/tcp  cache\n'
    assert busy(tree({**kernel(), "sos_commands/docker/docker_ps": text})) == [
        "8000 by container web on 0.0.0.0, ::",
        "8001 by container web on 0.0.0.0",
    ]


IP_VS = """\
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A000005:7530 rr
  -> 0AF40103:206C      Masq    1      0          0
TCP  0A600001:01BB rr
UDP  0A000005:0035 rr
"""


def test_node_port_by_ipvs(scripted: Scripted) -> None:
    script = live({**kernel(), "proc/net/ip_vs": IP_VS})
    assert busy(scripted({**script, "addresses": {"kube-ipvs0": ("10.96.0.1",)}})) == [
        "30000 by IPVS virtual service on 10.0.0.5"
    ]
    assert len(busy(scripted(script))) == 2  # which are inner addresses is not known: both count


SAVED = """\
*nat
-A KUBE-NODEPORTS -p tcp -m comment --comment "default/odp-svc:http" -m tcp --dport 30080 -j KUBE-EXT-ABC
-A KUBE-NODEPORTS -p udp -m comment --comment "default/dns" -m udp --dport 30053 -j KUBE-EXT-DEF
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-X
COMMIT
"""


def test_node_port_by_iptables(scripted: Scripted) -> None:
    script = live(
        {**kernel(), "proc/net/ip_tables_names": "filter\nnat\n"}, **{"run iptables-save -t nat": SAVED}
    )
    assert busy(scripted(script)) == []  # no kubelet: not asked
    kubelet = {**script, "stat /etc/kubernetes": 1}
    assert busy(scripted(kubelet)) == ["30080 by NodePort of default/odp-svc:http on *"]
    assert (
        busy(scripted({**kubelet, "read /proc/net/ip_tables_names": "filter\n"})) == []
    )  # would load the table


def test_node_port_by_nftables(scripted: Scripted) -> None:
    script = live(
        {**kernel(), "proc/modules": "nft_chain_nat 16384 8 - Live 0x0\n"}, **{"stat /var/lib/kubelet": 1}
    )
    script["run iptables-nft-save -t nat"] = SAVED
    assert busy(scripted(script)) == ["30080 by NodePort of default/odp-svc:http on *"]


def test_recorded_node_port(tree: Tree) -> None:
    text = """\
Chain PREROUTING (policy ACCEPT 0 packets, 0 bytes)
    0     0 DNAT  tcp  --  *  *  0.0.0.0/0  0.0.0.0/0  tcp dpt:9999
Chain KUBE-NODEPORTS (1 references)
    0     0 KUBE-SVC-X  tcp  --  *  *  0.0.0.0/0  0.0.0.0/0  /* baiduface/odp-svc: */ tcp dpt:32766
"""
    assert busy(tree({**kernel(), f"{NET}iptables_-t_nat_-nvL": text})) == [
        "32766 by NodePort of baiduface/odp-svc on *"
    ]
