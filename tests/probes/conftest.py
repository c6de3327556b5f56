"""A live host that answers from a script, for what a record can't show: refusals, time-outs, runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pytest

from envcheck.host.base import Absent, FileStatus, Filesystem, Host, Nvml, Output, Unreadable
from envcheck.host.belongings import Account, Clock, Contents, Page, Process, Reached, Tail

Scripted = Callable[[Mapping[str, Any]], Host]


class ScriptedHost(Host):
    """Keys are `read PATH`, `names PATH`, `resolve PATH`, `which COMMAND`, `run ARGV`, `docker PATH`, …

    A command may be named by its first word alone. What the script lacks is absent; an error
    in the script is raised.
    """

    live = True
    name = "scripted"

    def __init__(self, script: Mapping[str, Any]) -> None:
        super().__init__()
        self.script = script

    def _look(self, *keys: str) -> Any:  # noqa: ANN401
        for key in keys:
            if key in self.script:
                if isinstance(self.script[key], Unreadable):
                    raise self.script[key]
                return self.script[key]
        raise Absent(f"{keys[0].split(' ', 1)[-1]} is not there")

    def _read(self, path: str, limit: int) -> bytes:
        content = self._look(f"read {path}")
        return content if isinstance(content, bytes) else str(content).encode()

    def _names(self, path: str) -> tuple[str, ...]:
        return tuple(self._look(f"names {path}"))

    def _resolve(self, path: str) -> str:
        return str(self._look(f"resolve {path}"))

    def _stat(self, path: str) -> FileStatus:
        self._look(f"stat {path}", f"read {path}")
        return FileStatus("file", 0o644, 0, 0, 0)

    def _filesystem(self, path: str) -> Filesystem:
        return Filesystem("/", 10**12, int(self._look(f"filesystem {path}")))

    def _which(self, command: str) -> str:
        if not any(key.split()[:2] in (["run", command], ["which", command]) for key in self.script):
            raise Absent(f"{command} is not installed")
        return f"/usr/bin/{command}"

    def _run(self, argv: Sequence[str], timeout: float) -> Output:
        answer = self._look(f"run {' '.join(argv)}", f"run {argv[0]}")
        return answer if isinstance(answer, Output) else Output(str(answer))

    def _recorded(self, patterns: Sequence[str]) -> Mapping[str, str]:
        return {}

    def _docker(self, path: str, timeout: float) -> object:
        return self._look(f"docker {path}")

    def _docker_address(self) -> str:
        return str(self.script.get("address", "unix:///var/run/docker.sock"))

    def _nvml(self) -> Nvml:
        raise Absent("no NVML")

    def _addresses(self) -> Mapping[str, tuple[str, ...]]:
        return dict(self.script.get("addresses", {}))

    def _socket_owners(self) -> Mapping[int, str]:
        return dict(self.script.get("owners", {}))

    def _is_root(self) -> bool:
        return bool(self.script.get("root", True))

    def _account(self, name: str) -> Account:
        return cast(Account, self._look(f"account {name}"))

    def _user_name(self, uid: int) -> str:
        return str(self._look(f"user {uid}"))

    def _group_name(self, gid: int) -> str:
        return str(self._look(f"group {gid}"))

    def _processes(self) -> tuple[Process, ...]:
        return tuple(self._look("processes"))

    def _symbol_versions(self, path: str) -> tuple[str, ...]:
        return tuple(self._look(f"symbols {path}"))

    def _obstacle(self, path: str) -> str:
        return str(self._look(f"obstacle {path}"))

    def _contents(self, path: str, keep: tuple[str, ...], timeout: float) -> Contents:
        return cast(Contents, self._look(f"contents {path}"))

    def _kubeconfig(self) -> tuple[str, ...]:
        return tuple(self._look("kubeconfig"))

    def _clock(self) -> Clock:
        return cast(Clock, self._look("clock"))

    def _connect(self, address: str, port: int, timeout: float) -> Reached:
        key = f"{address}:{port}"
        return cast(Reached, self.script.get(f"connect {key}", Reached("refused", address)))

    def _page(self, address: str, port: int, path: str, timeout: float) -> Page:
        return cast(Page, self._look(f"page {address}:{port}{path}"))

    def _greeting(self, address: str, port: int, timeout: float) -> bytes:
        return cast(bytes, self._look(f"greeting {address}:{port}"))

    def _gpu_processes(self) -> tuple[int, ...]:
        return tuple(self._look("gpu-processes"))

    def _execute(self, container: str, argv: tuple[str, ...], folder: str, timeout: float) -> Output:
        return cast(Output, self._look(f"execute {container} {argv[0]}"))

    def _log_paths(self, pattern: str) -> tuple[str, ...]:
        return tuple(self._look(f"log-paths {pattern}"))

    def _log_tail(self, path: str, container: str) -> Tail:
        return cast(Tail, self._look(f"log-tail {container}{path}"))


@pytest.fixture
def scripted() -> Scripted:
    """A function that turns `{question: answer}` into a live host."""
    return ScriptedHost
