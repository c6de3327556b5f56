"""Real parts: engines, namespaces, file systems on loop devices, and the command itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.kit.build import Kit
from tests.integration.engines import Engine, docker_engine, loop_mount, short_folder
from tests.integration.kit import Machine, built, unpacked
from tests.integration.network import Network, network
from tests.integration.running import Envcheck, need_root
from tests.integration.world import World


@pytest.fixture
def envcheck(tmp_path: Path) -> Envcheck:
    """The command, with a home and a state directory of its own."""
    home = tmp_path / "home"
    home.mkdir()
    return Envcheck(home)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A machine that differs from this one in what the test says."""
    need_root()
    return World(tmp_path / "world")


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a path that is short enough for sockets."""
    with short_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def plain_engine() -> Iterator[Engine]:
    """Docker on overlay2, on the plain disk."""
    with docker_engine("--storage-driver", "overlay2") as engine:
        yield engine


@pytest.fixture(scope="session")
def vfs_engine() -> Iterator[Engine]:
    """Docker on vfs, on the plain disk."""
    with docker_engine("--storage-driver", "vfs") as engine:
        yield engine


@pytest.fixture(scope="session")
def btrfs_engine() -> Iterator[Engine]:
    """Docker on its btrfs driver, on a file system of 2 GiB."""
    with loop_mount("btrfs", "2G") as place, docker_engine("--storage-driver", "btrfs", data=place) as engine:
        yield engine


@pytest.fixture(scope="session")
def xfs_engine() -> Iterator[Engine]:
    """Docker on overlay2, on an xfs of 40 GiB that was made as today's are: with ftype=1."""
    with (
        loop_mount("xfs", "40G") as place,
        docker_engine("--storage-driver", "overlay2", data=place) as engine,
    ):
        yield engine


Stub = Callable[..., Path]


@pytest.fixture
def own_network() -> Iterator[Network]:
    """A network in which every port is free."""
    with network() as made:
        yield made


@pytest.fixture(scope="session")
def kit_files(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The kit's archive, checksum and bill of materials, built from this checkout."""
    return built(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def shared_kit(kit_files: Kit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked kit that no test changes, but for its log."""
    return unpacked(kit_files, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def kit(kit_files: Kit, tmp_path: Path) -> Path:
    """An unpacked kit of the test's own."""
    return unpacked(kit_files, tmp_path / "kit")


@pytest.fixture
def machine_of_kit(tmp_path: Path) -> Machine:
    """Where a kit is started: a plain environment with a home."""
    (tmp_path / "home").mkdir(exist_ok=True)
    return Machine(tmp_path / "home")
