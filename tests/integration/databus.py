"""The database at the manual's fixed paths: MariaDB of the distribution, in namespaces of its own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.integration.network import Network, holding
from tests.integration.running import need_root, wait_until
from tests.integration.world import World

UID = 31001
PORT = 5535
BASE = "/home/idl-face/databus5535"
_CONFIG = f"""[mysqld]
port={PORT}
basedir=/usr
datadir={BASE}/data
socket={BASE}/data/mysql.sock
pid-file={BASE}/data/mysql.pid
log-error=/var/log/mariadb/mariadb.log
innodb-buffer-pool-size=16M
innodb-log-file-size=4M
performance-schema=0
skip-name-resolve
[mysqld_safe]
ledir={BASE}/bin
mysqld=mysqld
basedir=/usr
datadir={BASE}/data
log-error=/var/log/mariadb/mariadb.log
pid-file={BASE}/data/mysql.pid
skip-kill-mysqld
"""


class House:
    """A machine on which the manual's steps 1 to 3 were done. `prefix` runs a command on it."""

    def __init__(self, folder: Path, world: World, *, user: bool = True) -> None:
        self.home, self.logs = folder / "home", folder / "logs"
        self._world = world
        self.prefix: list[str] = []
        base = self.home / "idl-face/databus5535"
        for name in ("bin", "etc", "data"):
            (base / name).mkdir(parents=True)
        (base / "etc/my.cnf").write_text(_CONFIG, encoding="utf-8")
        self.logs.mkdir()
        self.logs.chmod(0o777)
        for path in (self.home / "idl-face", *(self.home / "idl-face").rglob("*")):
            shutil.chown(path, UID, UID)
        server = shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or ""
        for name, program in (("mysqld", server), ("mysqld_safe", "/usr/bin/mysqld_safe")):
            (base / "bin" / name).touch()
            world.bind(program, base / "bin" / name)
        world.bind(self.home, "/home", recursive=True)
        world.bind_new(self.logs, "/var/log", "mariadb")
        if user:
            account = _with_line("passwd", f"idl-face:x:{UID}:{UID}::/home/idl-face:/bin/sh")
            world.etc({**account, **_with_line("group", f"idl-face:x:{UID}:")})

    def enter(self, stack: ExitStack, network: Network) -> None:
        """Make it, with a network and process numbers of its own, until the stack ends."""
        own = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--"]
        keeper = stack.enter_context(holding("", *network.prefix, *own, *self._world.prefix))
        children = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text(encoding="ascii").split()
        self.prefix = ["nsenter", f"--target={children[0]}", "--mount", "--pid", "--net", "--"]

    def as_idl_face(self, command: str) -> list[str]:
        """A shell command that the manual's user runs in the folder of the programs."""
        user = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--"]
        return [*self.prefix, *user, "sh", "-c", f"cd {BASE}/bin && {command}"]

    def start(self, stack: ExitStack) -> None:
        """The manual's step 6, once the tables are made; waits until the port is taken."""
        install = f"mariadb-install-db --no-defaults --datadir={BASE}/data --skip-test-db"
        subprocess.run(self.as_idl_face(install), check=True, capture_output=True)
        self._run(stack, self.as_idl_face("exec ./mysqld_safe --defaults-file=../etc/my.cnf"), PORT)

    def start_other(self, stack: ExitStack, port: int) -> None:
        """The distribution's own server, as it would be started at boot."""
        data = "/var/log/mariadb/other"
        install = f"mariadb-install-db --no-defaults --datadir={data} --skip-test-db"
        subprocess.run(self.as_idl_face(install), check=True, capture_output=True)
        options = f"--datadir={data} --socket={data}/s --port={port} --innodb-buffer-pool-size=16M"
        self._run(stack, self.as_idl_face(f"exec mariadbd --no-defaults {options}"), port)

    def _run(self, stack: ExitStack, command: list[str], port: int) -> None:
        server = stack.enter_context(
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        )
        stack.callback(server.kill)
        wait_until(lambda: self._listens(port) or server.poll() is not None, 60)
        assert server.poll() is None, self.log()

    def _listens(self, port: int) -> bool:
        tables = subprocess.run(
            [*self.prefix, "cat", "/proc/net/tcp", "/proc/net/tcp6"],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = (line.split() for line in tables.stdout.splitlines())
        return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows if len(row) > 3)

    def log(self) -> str:
        """What the server said."""
        path = self.logs / "mariadb.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else "no log"


def _with_line(name: str, line: str) -> dict[str, str]:
    lines = Path("/etc", name).read_text(encoding="utf-8").rstrip("\n")
    return {name: f"{lines}\n{line}\n"}


@contextmanager
def house(folder: Path, world: World, network: Network, *, user: bool = True) -> Iterator[House]:
    """A machine with the manual's folders; what was started on it ends with the context."""
    need_root()
    if shutil.which("mariadbd", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("there is no MariaDB")
    with ExitStack() as stack:
        made = House(folder, world, user=user)
        made.enter(stack, network)
        yield made
