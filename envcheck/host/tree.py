"""A host read from a directory: a sosreport, or files laid out below a root as in one."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from envcheck.host.base import Absent, FileStatus, Filesystem, Host, NotRecorded, Nvml, Output


class TreeHost(Host):
    """The host whose files lie below `root` and whose command outputs lie where sos puts them."""

    live = False

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.name = root.name

    def _path(self, path: str) -> Path:
        found = self.root / path.lstrip("/")
        if not found.exists():
            absent = self.root / "sos_commands/envcheck/absent"
            if absent.exists() and path in absent.read_text().splitlines():
                raise Absent(f"{path} is not there")
            raise NotRecorded(f"{path} is not in this record")
        return found

    def _read(self, path: str, limit: int) -> bytes:
        return self._path(path).read_bytes()[:limit]

    def _names(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(entry.name for entry in self._path(path).iterdir()))

    def _resolve(self, path: str) -> str:
        return "/" + str(self._path(path).resolve().relative_to(self.root.resolve()))

    def _stat(self, path: str) -> FileStatus:
        status = self._path(path).stat()
        kind = "directory" if self._path(path).is_dir() else "file"
        return FileStatus(kind, status.st_mode & 0o7777, status.st_uid, status.st_gid, status.st_size)

    def _filesystem(self, path: str) -> Filesystem:
        raise NotRecorded(f"the file system of {path} is not in this record")

    def _which(self, command: str) -> str:
        raise NotRecorded(f"whether there is a command {command} is not in this record")

    def _run(self, argv: Sequence[str], timeout: float) -> Output:  # noqa: ARG002
        name = re.sub(r"[^\w.-]", "_", " ".join(argv))
        for file in self.root.glob(f"sos_commands/*/{name}"):
            return Output(file.read_text(encoding="utf-8"), status=None)
        absent = self.root / "sos_commands/envcheck/absent"
        if absent.exists() and argv[0] in absent.read_text().splitlines():
            raise Absent(f"{argv[0]} is not there")
        if (self.root / argv[0]).is_file():
            return Output((self.root / argv[0]).read_text(encoding="utf-8"), status=None)
        raise NotRecorded(f"{' '.join(argv)} is not in this record")

    def _recorded(self, patterns: Sequence[str]) -> Mapping[str, str]:
        return {
            file.name: file.read_text(encoding="utf-8")
            for file in self.root.glob("sos_commands/**/*")
            if file.is_file() and any(fnmatch.fnmatchcase(file.name, pattern) for pattern in patterns)
        }

    def _docker(self, path: str, timeout: float) -> object:  # noqa: ARG002
        raise NotRecorded(f"docker's answer to {path} is not in this record")

    def _docker_address(self) -> str:
        return "unix:///var/run/docker.sock"

    def _nvml(self) -> Nvml:
        raise NotRecorded("NVML's answer is not in this record")

    def _addresses(self) -> Mapping[str, tuple[str, ...]]:
        raise NotRecorded("the addresses are not in this record")

    def _socket_owners(self) -> Mapping[int, str]:
        return {}

    def _is_root(self) -> bool:
        raise NotRecorded("who took this record is not in it")
