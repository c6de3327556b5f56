"""MariaDB where the manual puts it: on port 5535, below /home/idl-face/databus5535."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.databus import House, house
from tests.integration.network import Network
from tests.integration.running import Envcheck
from tests.integration.world import World

pytestmark = pytest.mark.integration


@pytest.fixture
def prepared(tmp_path: Path, world: World, own_network: Network) -> Iterator[House]:
    """A machine on which steps 1 to 3 were done."""
    with house(tmp_path / "house", world, own_network) as made:
        yield made


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends what was started."""
    with ExitStack() as made:
        yield made


def test_after_the_manuals_steps(envcheck: Envcheck, prepared: House) -> None:
    found = envcheck.json("databus", prefix=prepared.prefix)
    assert {name: result["status"] for name, result in found.results().items()} == dict.fromkeys(
        ("root", "user", "databus-dir", "log-dir-mode", "ports", "mysqld-conflict", "disk-free"), "pass"
    )
    user = found.results()["user"]["actual"]
    assert user.startswith("idl-face (uid 31001, groups idl-face")


def test_the_database_itself_is_no_other_one(envcheck: Envcheck, prepared: House, stack: ExitStack) -> None:
    prepared.start(stack)
    found = envcheck.json("databus", prefix=prepared.prefix).results()
    assert (found["ports"]["status"], found["ports"]["hints"]) == ("fail", ["port-taken"])
    assert found["ports"]["actual"].startswith("5535 by mysqld (pid ")
    assert found["mysqld-conflict"]["status"] == "pass", found["mysqld-conflict"]["actual"]


@pytest.mark.parametrize("port", [3306, 5535])
def test_the_distributions_server_is_in_the_way(
    envcheck: Envcheck, prepared: House, stack: ExitStack, port: int
) -> None:
    prepared.start_other(stack, port)
    found = envcheck.json("databus", prefix=prepared.prefix).results()
    conflict = found["mysqld-conflict"]
    assert (conflict["status"], conflict["hints"]) == ("fail", ["mysqld-in-the-way"])
    assert conflict["actual"].startswith("mariadbd (pid ")
    assert found["ports"]["status"] == ("fail" if port == 5535 else "pass")


def test_steps_that_were_forgotten(
    envcheck: Envcheck, tmp_path: Path, world: World, own_network: Network
) -> None:
    with house(tmp_path / "house", world, own_network, user=False) as made:
        made.logs.chmod(0o755)
        found = envcheck.json("databus", prefix=made.prefix).results()
    assert {name for name, result in found.items() if result["status"] != "pass"} == {
        "user",
        "databus-dir",
        "log-dir-mode",
    }
    assert found["databus-dir"]["actual"].endswith(": directory, 755, 31001:31001")
