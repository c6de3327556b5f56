"""Answers as envcheck itself recorded them: sos_commands/envcheck/answers.json.

A list of `{"ask": [question…], "value": …, "seconds": …}`, or with an error in place of the
value: `{"kind": "Absent", "reason": …, "code": …}`. What is long, or no plain text, is a file
of its own below the root and stands there as `{"file": name}`; a file that the host was asked
for lies at its own path, and its value is `{"file": null}`. The questions `name`, `live`,
`started` and `settings` are the record's own: what it is a record of, and what was set for it.
"""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Callable, Mapping
from typing import Any, Optional, Union

from envcheck.host import answers
from envcheck.host.base import (
    NOT_RECORDED,
    Absent,
    Answer,
    Denied,
    Failed,
    FileStatus,
    Filesystem,
    NotRecorded,
    Output,
    Question,
    TimedOut,
    Unreadable,
)
from envcheck.host.belongings import Account, Clock, Contents, Member, Page, Process, Reached, Tail
from envcheck.host.inside import Inside
from envcheck.host.json_text import parse
from envcheck.host.outputs import ANSWERS

log = logging.getLogger(__name__)

PATH = f"{ANSWERS}/answers.json"
MAX_SIZE = 16 << 20
MAX_TEXT = 32 << 20
"""More than any command of a live host may print."""
ERRORS: Mapping[str, type[Unreadable]] = {
    kind.__name__: kind for kind in (Absent, Denied, TimedOut, Failed, NotRecorded)
}
DECODING = "surrogateescape"
LongText = Callable[[Any], str]
"""Gives a text that stands in an answer, or in the file that it names."""


class Replay:
    """The answers of a record, each understood when it is asked for."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._entries: dict[Question, Mapping[str, Any]] = {}
        self._limits: dict[str, list[Question]] = {}
        self._broken = ""
        try:
            self._index()
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, Unreadable) as error:
            log.warning("%s can't be used: %s", PATH[1:], error)
            self._broken = f"{PATH[1:]} can't be used: {error}"
            self._entries.clear()

    def _index(self) -> None:
        content = self._inside.read(self._inside.follow(PATH), MAX_SIZE + 1)
        if len(content) > MAX_SIZE:
            raise Failed(f"it is larger than {MAX_SIZE >> 20} MiB")
        for entry in parse(content.decode("utf-8", DECODING)):
            question = tuple(map(_text, entry["ask"]))
            self._entries[question] = entry
            if question[0] == "read":
                self._limits.setdefault(question[1], []).append(question)

    def own(self, name: str) -> object:
        """What the record says of itself; None where it does not."""
        entry = self._entries.get((name,))
        return None if entry is None else entry.get("value")

    def own_text(self, name: str) -> str | None:
        """The same, where it is a text."""
        value = self.own(name)
        return value if isinstance(value, str) else None

    def settings(self) -> Mapping[str, Union[str, tuple[str, ...]]]:
        """What was set when the host was checked; what is none is left out."""
        found = self.own("settings")
        entries = found.items() if isinstance(found, dict) else ()
        given = {name: value for name, value in entries if _is_given(value)}
        return {name: value if isinstance(value, str) else tuple(value) for name, value in given.items()}

    def questions(self) -> list[Question]:
        """Everything that was asked of the host."""
        return [question for question in self._entries if question[0] in QUESTIONS]

    def answer(self, question: Question) -> Answer | None:
        """The recorded answer; None where this was never asked. The errors are the host's own."""
        if self._broken:
            return Answer(None, Failed(self._broken), 0.0)
        entry = self._entries.get(question)
        if entry is None:
            return self._read_otherwise(question) if question[0] == "read" else None
        try:
            seconds = float(entry.get("seconds", 0.0))
            if "error" in entry:
                return Answer(None, _error(entry["error"]), seconds)
            return Answer(self._understand(question, entry["value"]), None, seconds)
        except Unreadable as error:
            return Answer(None, error, 0.0)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            return Answer(None, Failed(f"{PATH[1:]}: the answer to {question[0]}: {error}"), 0.0)

    def tells_of(self, path: str) -> bool:
        """Whether the host was asked to read this path."""
        return path in self._limits

    def _read_otherwise(self, question: Question) -> Answer | None:
        """A file that was read with another limit: what of it is recorded may be enough."""
        for other in self._limits.get(question[1], ()):
            answer = self.answer(other)
            if answer is None or answer.error is not None:
                return answer
            whole = len(answer.value) < int(other[2])
            if whole or int(question[2]) <= int(other[2]):
                return answer._replace(value=answer.value[: int(question[2])])
        return None

    def _understand(self, question: Question, value: Any) -> object:  # noqa: ANN401 - JSON
        kind = question[0]
        if kind == "read":
            name = value["file"]
            path = posixpath.normpath(question[1]) if name is None else f"/{_text(name)}"
            return self._content(path, int(question[2]))
        with_files = _WITH_FILES.get(kind)
        if with_files is not None:
            return with_files(value, self._long_text)
        return _VALUES.get(kind, _as_it_is)(value)

    def _long_text(self, value: str | Mapping[str, Any]) -> str:
        if isinstance(value, str):
            return value
        content = self._content(f"/{_text(value['file'])}", MAX_TEXT)
        try:
            return content.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # edited since
            return content.decode("utf-8", "backslashreplace")

    def _content(self, path: str, limit: int) -> bytes:
        place = self._inside.follow(path)
        if place.status is None:
            raise NotRecorded(f"{path} {NOT_RECORDED}")
        return self._inside.read(place, limit)


def is_recorded(inside: Inside) -> bool:
    """Whether the files below this root are a record of envcheck's own."""
    try:
        return inside.follow(PATH).status is not None
    except Denied:  # then all its answers are
        return True
    except Unreadable:
        return False


def _error(error: Mapping[str, Any]) -> Unreadable:
    kind = ERRORS[error["kind"]]
    if kind is Failed:
        code: Optional[int] = error.get("code")
        return Failed(_text(error["reason"]), code)
    return kind(_text(error["reason"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(map(_text, value))


def _is_given(value: object) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, str) for item in items)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _as_it_is(value: object) -> object:
    return value


_VALUES: Mapping[str, Callable[[Any], object]] = {
    "account": lambda value: Account(**{**value, "groups": _texts(value["groups"])}),
    "addresses": lambda value: {name: _texts(found) for name, found in value.items()},
    "clock": lambda value: Clock(float(value["now"]), int(value["offset"])),
    "connect": lambda value: Reached(**value),
    "docker-address": _text,
    "filesystem": lambda value: Filesystem(**value),
    "gpu-processes": lambda value: tuple(map(int, value)),
    "greeting": lambda value: bytes.fromhex(_text(value)),
    "group-name": _text,
    "is-root": _truth,
    "kubeconfig": _texts,
    "log-paths": _texts,
    "names": _texts,
    "nvml": answers.nvml_of,
    "obstacle": _text,
    "processes": lambda value: tuple(Process(**each) for each in value),
    "resolve": _text,
    "socket-owners": lambda value: {int(inode): _text(owner) for inode, owner in value.items()},
    "stat": lambda value: FileStatus(**value),
    "symbol-versions": _texts,
    "user-name": _text,
    "which": _text,
}


def _contents(value: Any, text: LongText) -> Contents:  # noqa: ANN401 - JSON
    texts = {_text(name): text(each) for name, each in value["texts"]}
    return Contents(
        value["kind"], tuple(Member(*each) for each in value["members"]), _text(value["damage"]), texts
    )


def _output(value: Any, text: LongText) -> Output:  # noqa: ANN401 - JSON
    return Output(text(value["stdout"]), text(value["stderr"]), value["status"])


_WITH_FILES: Mapping[str, Callable[[Any, LongText], object]] = {
    "contents": _contents,
    "execute": _output,
    "log-tail": lambda value, text: Tail(text(value["text"]), _truth(value["whole"]), value["modified"]),
    "page": lambda value, text: Page(int(value["status"]), text(value["body"])),
    "recorded": lambda value, text: {_text(name): text(each) for name, each in value},
    "run": _output,
}
"""Of answers that may lie in files of their own."""
QUESTIONS = frozenset((*_VALUES, *_WITH_FILES, "docker", "read"))
"""The kinds of questions whose answers a record keeps."""
