from __future__ import annotations

import os
import socket
from pathlib import Path

from envcheck.host.live import LiveHost
from envcheck.host.sockets import owners


def inode(listener: socket.socket) -> int:
    return os.fstat(listener.fileno()).st_ino


def test_listener_is_named_with_its_process() -> None:
    with socket.socket() as one, socket.socket(socket.AF_INET6) as two, socket.socket() as idle:
        one.bind(("127.0.0.1", 0))
        two.bind(("::1", 0))
        idle.bind(("127.0.0.1", 0))
        one.listen()
        two.listen()
        found = LiveHost().socket_owners()
        name = Path("/proc/self/comm").read_text().strip()
        assert found[inode(one)] == found[inode(two)] == f"{name} (pid {os.getpid()})"
        assert inode(idle) not in found


def table(*rows: tuple[str, int]) -> str:
    lines = [
        f"   {number}: 00000000:20FB 00000000:0000 {state} 0:0 00:00 00000000 0 0 {inode} 1"
        for number, (state, inode) in enumerate(rows)
    ]
    return "\n".join(["  sl  local_address rem_address st …", *lines, ""]).replace("…", "")


def process(proc: Path, pid: int, name: str, *inodes: int) -> None:
    (proc / str(pid) / "fd").mkdir(parents=True)
    (proc / str(pid) / "comm").write_text(name + "\n")
    (proc / str(pid) / "fd" / "0").symlink_to("/dev/null")
    for number, inode in enumerate(inodes, 1):
        (proc / str(pid) / "fd" / str(number)).symlink_to(f"socket:[{inode}]")


def test_only_listeners_and_the_oldest_of_those_that_share(tmp_path: Path) -> None:
    listening = table(("0A", 70), ("01", 71), ("06", 0), ("0A", 72))
    process(tmp_path, 9, "nginx", 70)
    process(tmp_path, 10, "nginx", 70, 71)
    (tmp_path / "11").mkdir()
    assert owners([listening], str(tmp_path), 5) == {70: "nginx (pid 9)"}


def test_process_that_ends_meanwhile_has_no_name(tmp_path: Path) -> None:
    process(tmp_path, 9, "x", 70)
    (tmp_path / "9" / "comm").unlink()
    assert owners([table(), table(("0A", 70))], str(tmp_path), 5) == {70: "? (pid 9)"}


def test_search_ends_in_time(tmp_path: Path) -> None:
    process(tmp_path, 9, "x", 70)
    assert owners([table(("0A", 70))], str(tmp_path), -1) == {}
