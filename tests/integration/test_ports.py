"""Port 8300 in the kernel's own tables: who has it, and what only looks as if."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.integration.network import Network, command_name, network
from tests.integration.running import Envcheck, wait_until
from tests.integration.world import World, copy_package

pytestmark = pytest.mark.integration

LISTEN = """
import socket
listener = socket.socket(socket.{family})
listener.bind(({address!r}, 8300))
listener.listen()
"""
TIME_WAIT = """
import socket
listener = socket.create_server(("127.0.0.1", 8300))
client = socket.create_connection(("127.0.0.1", 8300))
accepted = listener.accept()[0]
accepted.close()  # who closes first is the one that waits
client.recv(1)
client.close()
listener.close()
"""
CONNECTED = """
import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 8301))
listener.listen()
client = socket.socket()
client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
client.bind(("127.0.0.1", 8300))
client.connect(("127.0.0.1", 8301))
accepted = listener.accept()[0]
"""


def ports(
    envcheck: Envcheck,
    place: Network,
    prefix: Sequence[str] = (),
    **options: Any,  # noqa: ANN401 - of Envcheck.json
) -> dict[str, Any]:
    return envcheck.json("face-server", prefix=[*place.prefix, *prefix], **options).results()["ports"]


def states_of_8300(place: Network) -> set[str]:
    """The kernel's states of the sockets whose own port is 8300."""
    keeper = place.prefix[1].split("/")[2]
    lines = Path(f"/proc/{keeper}/net/tcp").read_text(encoding="utf-8").splitlines()[1:]
    return {line.split()[3] for line in lines if line.split()[1].endswith(":206C")}


def test_free(envcheck: Envcheck, own_network: Network) -> None:
    found = ports(envcheck, own_network)
    assert (found["status"], found["actual"]) == ("pass", "none")
    assert found["source"] == "/proc/net/tcp"


@pytest.mark.parametrize(
    ("family", "address", "shown"),
    [
        ("AF_INET", "127.0.0.1", "127.0.0.1"),
        ("AF_INET", "127.0.0.5", "127.0.0.5"),  # one address only, and not the one that is tried first
        ("AF_INET", "", "0.0.0.0"),
        ("AF_INET6", "::1", "::1"),
        ("AF_INET6", "::", "::"),
    ],
)
def test_taken(envcheck: Envcheck, own_network: Network, family: str, address: str, shown: str) -> None:
    holder = own_network.hold(LISTEN.format(family=family, address=address))
    found = ports(envcheck, own_network)
    assert (found["status"], found["hints"]) == ("fail", ["port-taken"])
    assert found["actual"] == f"8300 by {command_name(holder.pid)} (pid {holder.pid}) on {shown}"


def test_time_wait_is_free(envcheck: Envcheck, own_network: Network) -> None:
    own_network.hold(TIME_WAIT)
    wait_until(lambda: states_of_8300(own_network) == {"06"})
    assert ports(envcheck, own_network)["status"] == "pass"
    assert states_of_8300(own_network) == {"06"}, "the state ended before the check did"


def test_own_end_of_a_connection_is_no_listener(envcheck: Envcheck, own_network: Network) -> None:
    own_network.hold(CONNECTED)
    assert states_of_8300(own_network) == {"01"}
    assert ports(envcheck, own_network)["status"] == "pass"


def test_another_network_does_not_count(envcheck: Envcheck, own_network: Network) -> None:
    with network() as other:
        other.hold(LISTEN.format(family="AF_INET", address=""))
        assert ports(envcheck, other)["status"] == "fail"
        assert ports(envcheck, own_network)["status"] == "pass"


def test_owner_is_unknown_to_a_user_without_rights(
    envcheck: Envcheck, own_network: Network, world: World, short: Path
) -> None:
    own_network.hold(LISTEN.format(family="AF_INET", address="127.0.0.1"))
    package = copy_package(Path(__file__).parents[2], short)
    world.as_nobody([package])
    env = {"PYTHONPATH": str(package), "HOME": "/nonexistent", "XDG_STATE_HOME": None}
    found = ports(envcheck, own_network, prefix=world.prefix, env=env, cwd="/")
    assert found["status"] == "fail"
    assert found["actual"] == "8300 by an unknown owner (not root) on 127.0.0.1"
