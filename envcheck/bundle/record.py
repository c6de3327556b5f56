"""Writing down what a host answered, so that `TreeHost` answers the same (`envcheck.host.replay`)."""

from __future__ import annotations

import hashlib
import json
import logging
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Optional

from envcheck.host.base import Answer, Failed, Host, Output, Question, Unreadable
from envcheck.host.belongings import Contents, Page, Tail
from envcheck.host.outputs import ANSWERS
from envcheck.host.replay import DECODING, ERRORS, PATH, QUESTIONS

log = logging.getLogger(__name__)

ROOT = "host"
Put = Callable[[str, bytes], None]
"""Takes a member's name and its content."""

_LONG = 200
_NAME_BYTES = 255
_PATH_BYTES = 1024
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9.-]+")


def write_record(host: Host, put: Put) -> None:
    """Hand over the host's answers as files below `host/`, in one go.

    The content of a file that was read lies at its own path, exactly; all else is in
    `sos_commands/envcheck/answers.json` and the files that it names.
    """
    asked = {question: answer for question, answer in list(host.answers.items()) if question[0] in QUESTIONS}
    writer = _Writer(put, _files(asked))
    lines = [*_about(host)]
    for question, answer in asked.items():
        try:
            lines.append(_line({"ask": list(question), **writer.said(question, answer)}))
        except (ValueError, TypeError, RecursionError) as error:  # an engine's JSON may be any depth
            log.warning("%s: the answer can't be recorded: %s", " ".join(question), error)
    put(f"{ROOT}{PATH}", b"[\n" + b",\n".join(lines) + b"\n]\n")


def _about(host: Host) -> Iterator[bytes]:
    yield _line({"ask": ["name"], "value": host.name})
    yield _line({"ask": ["live"], "value": host.live})
    if host.started is not None:
        yield _line({"ask": ["started"], "value": host.started})
    if host.settings:
        yield _line({"ask": ["settings"], "value": dict(host.settings)})


def _line(entry: Mapping[str, Any]) -> bytes:
    # As it is written on the host, not as \u escapes: else redaction would not know it again.
    try:
        return json.dumps(entry, ensure_ascii=False).encode("utf-8", DECODING)
    except UnicodeEncodeError:  # half a surrogate pair, out of an engine's JSON
        return json.dumps(entry).encode("ascii")


def _files(asked: Mapping[Question, Answer]) -> dict[str, bytes]:
    """Path → content of the files that can lie at their own path; of several readings the longest."""
    found: dict[str, bytes] = {}
    for question, answer in asked.items():
        if question[0] == "read" and answer.error is None and _can_be_a_name(question[1]):
            known = found.get(question[1])
            if known is None or len(known) < len(answer.value):
                found[question[1]] = answer.value
    folders = {folder for path in found for folder in _above(path)}
    return {path: content for path, content in found.items() if path not in folders}


def _above(path: str) -> Iterator[str]:
    while path != "/":
        path = posixpath.dirname(path)
        yield path


def _can_be_a_name(path: str) -> bool:
    parts = path.split("/")
    return (
        path.startswith("/")
        and not path.startswith((f"{ANSWERS}/", "//"))
        and posixpath.normpath(path) == path != "/"
        and path.isprintable()
        and "\\" not in path
        and len(path.encode()) <= _PATH_BYTES
        and all(len(part.encode()) <= _NAME_BYTES for part in parts)
    )


def _as_it_is(value: object) -> object:
    return value


def _as_record(value: Any) -> object:  # noqa: ANN401 - a Record
    return value._asdict()


_PLAIN: Mapping[str, Callable[[Any], object]] = {
    "account": _as_record,
    "clock": _as_record,
    "connect": _as_record,
    "filesystem": _as_record,
    "greeting": bytes.hex,
    "nvml": lambda value: {**value._asdict(), "cards": [card._asdict() for card in value.cards]},
    "processes": lambda value: [process._asdict() for process in value],
    "stat": _as_record,
}


class _Writer:
    """Puts each content once and says where it lies."""

    def __init__(self, put: Put, files: Mapping[str, bytes]) -> None:
        self._put = put
        self._files = files
        self._names: dict[bytes, str] = {}
        for path, content in files.items():
            put(f"{ROOT}{path}", content)

    def said(self, question: Question, answer: Answer) -> dict[str, Any]:
        """The answer's part of an entry."""
        seconds = {"seconds": round(answer.seconds, 6)}
        if answer.error is not None:
            return {"error": _error(answer.error), **seconds}
        return {"value": self._value(question, answer.value), **seconds}

    def _value(self, question: Question, value: Any) -> Any:  # noqa: ANN401 - as the question has it
        kind = question[0]
        if kind == "read":
            lies_there = self._files.get(question[1], b"")[: int(question[2])] == value
            own = lies_there and question[1] in self._files
            return {"file": None if own else self._aside(value, "file")}
        if isinstance(value, Output):
            word = posixpath.basename(question[1])
            return {
                "stdout": self._text(value.stdout, word),
                "stderr": self._text(value.stderr, word),
                "status": value.status,
            }
        if isinstance(value, (Page, Tail)):
            return {
                key: self._text(part, kind) if isinstance(part, str) else part
                for key, part in value._asdict().items()
            }
        if kind == "recorded":
            return [[name, self._text(text, name.partition("_")[0])] for name, text in value.items()]
        if isinstance(value, Contents):
            texts = [[name, self._text(text, "text")] for name, text in value.texts.items()]
            return {**value._asdict(), "texts": texts}
        return _PLAIN.get(kind, _as_it_is)(value)

    def _text(self, text: str, word: str) -> Any:  # noqa: ANN401 - JSON
        # Escapes of JSON would stand before what redaction looks for: `\n10.0.0.1`.
        if len(text) <= _LONG and text.isprintable():
            return text
        return {"file": self._aside(text.encode("utf-8", "surrogatepass"), word)}

    def _aside(self, content: bytes, word: str) -> str:
        """The name, below the root, of the file that holds this content."""
        digest = hashlib.sha256(content).digest()
        if digest not in self._names:
            plain = _NOT_A_WORD.sub("_", word)[:40].strip("._-") or "answer"
            name = f"{ANSWERS[1:]}/answers/{len(self._names) + 1:04d}_{plain}"
            self._put(f"{ROOT}/{name}", content)
            self._names[digest] = name
        return self._names[digest]


def _error(error: Unreadable) -> dict[str, Any]:
    kind = type(error).__name__
    code: Optional[int] = error.code if isinstance(error, Failed) else None
    said: dict[str, Any] = {"kind": kind if kind in ERRORS else "Failed", "reason": str(error)}
    return said if code is None else {**said, "code": code}
