"""What services answered, of a record that somebody wrote: files in sos_commands/envcheck/.

    clock.json          {"now": 1795348800, "offset": 28800}
    connect.json        {"127.0.0.1:8300": "open", "[::1]:8300": "refused"}
    pages.json          {"127.0.0.1:8887/": {"status": 200, "body": "baidu-rpc"}}
    greetings.json      {"127.0.0.1:5535": "4a0000000a..."}, the packet in hex
    gpu_processes.json  [4711]
    processes.json      [{"pid": 4711, "name": "face_server", "started": 1795340000, "container": ID}]
    execute.json        {"face-1 sh": {"status": 0, "stdout": "baidu-rpc"}}, by container and program
    containers/ID/...   files inside a container, at their own paths

In place of a page, a greeting or an output may stand why there was none, as in an own record's
answers: `{"error": {"kind": "TimedOut", "reason": "no answer in 5 s"}}`. What is not named was not
asked. A pattern that fits no log stands in `absent`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from envcheck.host.base import Output
from envcheck.host.belongings import Clock, Page, Process, Reached
from envcheck.host.json_text import parse
from envcheck.host.replay import error_of
from envcheck.host.services import ServiceQuestions

if TYPE_CHECKING:
    from envcheck.host.answers import Answers
    from envcheck.host.evidence import Evidence

T = TypeVar("T")

_STATES = ("open", "refused", "timed-out", "no-route", "no-name", "failed")


class WrittenServices(ServiceQuestions):
    """The answers of those files, for a host that is read from a directory."""

    _answers: Answers
    _evidence: Evidence

    def _clock(self) -> Clock:
        found = self._answers.get("clock.json", _clock)
        return super()._clock() if found is None else found

    def _connect(self, address: str, port: int, timeout: float) -> Reached:
        found = self._told("connect.json", _place(address, port), lambda said: _reached(said, address))
        return super()._connect(address, port, timeout) if found is None else found

    def _page(self, address: str, port: int, path: str, timeout: float) -> Page:
        found = self._told("pages.json", f"{_place(address, port)}{path}", _page)
        return super()._page(address, port, path, timeout) if found is None else found

    def _greeting(self, address: str, port: int, timeout: float) -> bytes:
        found = self._told("greetings.json", _place(address, port), bytes.fromhex)
        return super()._greeting(address, port, timeout) if found is None else found

    def _gpu_processes(self) -> tuple[int, ...]:
        found = self._answers.get("gpu_processes.json", lambda text: tuple(map(int, parse(text))))
        return super()._gpu_processes() if found is None else found

    def _execute(self, container: str, argv: tuple[str, ...], folder: str, timeout: float) -> Output:
        found = self._told("execute.json", f"{container} {argv[0]}", _output)
        return super()._execute(container, argv, folder, timeout) if found is None else found

    def _log_paths(self, pattern: str) -> tuple[str, ...]:
        return () if self._evidence.lists(pattern) else super()._log_paths(pattern)

    def _told(self, name: str, key: str, understand: Callable[[Any], T]) -> T | None:
        """What the file says under the key; None where it says nothing of it. Raises Unreadable."""

        def look(text: str) -> T | None:
            said = parse(text).get(key)
            if isinstance(said, Mapping) and "error" in said:
                raise error_of(said["error"])
            return None if said is None else understand(said)

        return self._answers.get(name, look)


def processes(answers: Answers) -> tuple[Process, ...] | None:
    """What ran there; None where no such file says it. Raises Failed."""
    return answers.get("processes.json", lambda text: tuple(map(_process, parse(text))))


def _place(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _clock(text: str) -> Clock:
    said = parse(text)
    return Clock(float(said["now"]), int(said["offset"]))


def _reached(said: Any, address: str) -> Reached:  # noqa: ANN401 - JSON
    if said not in _STATES:
        raise ValueError(f"{said!r} is none of {', '.join(_STATES)}")
    return Reached(said, "" if said == "no-name" else address)


def _page(said: Any) -> Page:  # noqa: ANN401 - JSON
    return Page(int(said["status"]), str(said["body"]))


def _output(said: Any) -> Output:  # noqa: ANN401 - JSON
    return Output(str(said["stdout"]), "", int(said["status"]))


def _process(said: Any) -> Process:  # noqa: ANN401 - JSON
    name = str(said["name"])
    started, container = said.get("started"), said.get("container")
    return Process(
        pid=int(said["pid"]),
        name=name,
        user=str(said.get("user", "root")),
        command=str(said.get("command", name)),
        program=said.get("program"),
        started=None if started is None else float(started),
        container=None if container is None else str(container),
    )
