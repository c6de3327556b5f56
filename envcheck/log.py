"""The full log of a run, for support: everything asked and answered, with times.

Set up by the command line only; as a library, envcheck logs to the logger `envcheck` and
leaves it to the caller where that goes.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Optional, TextIO

import envcheck
from envcheck import __version__
from envcheck.report import escape

if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[TextIO]
else:
    _StreamHandler = logging.StreamHandler  # before Python 3.11 it takes no parameter

log = logging.getLogger(__name__)

NAME = "envcheck.log"
SYSTEM_DIRECTORY = "/var/log/envcheck"
"""Where root logs, as every service of the system does, unless XDG_STATE_HOME names another place."""

ROTATE_BYTES = 5_000_000
RUN_BYTES = 20_000_000
"""What one run may write at most: a record's answers may be of any size."""

_FORMAT = "%(asctime)s %(levelname)s [%(threadName)s] %(name)s: %(message)s"


@contextmanager
def open_log(path: Optional[str] = None) -> Iterator[Optional[str]]:
    """Log to `path`, else to the default place, while the context lasts. Yields the log's path.

    Where none can be written, that is said on stderr and None is yielded.
    """
    root, package = logging.getLogger(), logging.getLogger("envcheck")
    level = package.level
    handler, where = _handler(path)
    # At the root, so that what libraries warn of lands in the log and not on stderr.
    root.addHandler(handler)
    package.setLevel(logging.DEBUG)
    logging.captureWarnings(True)
    log.info("envcheck %s: %s; Python %s, user %s", __version__, sys.argv, sys.version, os.geteuid())
    try:
        yield where
    finally:
        logging.captureWarnings(False)
        package.setLevel(level)
        root.removeHandler(handler)
        handler.close()


@contextmanager
def copied_to(stream: TextIO) -> Iterator[list[OSError]]:
    """Write the log to a further stream, which stays open, while the context lasts.

    Yields what went wrong with the stream, once something did: it is for the caller to say.
    """
    root, package = logging.getLogger(), logging.getLogger("envcheck")
    level = package.level
    handler = _NotingHandler(stream)
    handler.setFormatter(_EscapingFormatter(_FORMAT))
    root.addHandler(handler)
    package.setLevel(logging.DEBUG)
    try:
        yield handler.failures
    finally:
        package.setLevel(level)
        root.removeHandler(handler)


def _handler(path: Optional[str]) -> tuple[logging.Handler, Optional[str]]:
    problems = []
    for place in [path] if path else _default_places():
        try:
            stream = _open_named(place) if path else _open_default(place)
        except (OSError, ValueError) as error:
            problems.append(f"{place}: {getattr(error, 'strerror', None) or error}")
        else:
            handler = _BoundedHandler(stream)
            handler.setFormatter(_EscapingFormatter(_FORMAT))
            return handler, os.path.abspath(place)
    for problem in problems or ["you have no home directory"]:
        print(f"envcheck: no log can be kept: {escape.line(problem)}", file=sys.stderr)  # noqa: T201
    return logging.NullHandler(), None


def _default_places() -> Iterator[str]:
    if envcheck.kit_root:
        yield os.path.join(envcheck.kit_root, "scripts", NAME)
    system = [os.path.join(SYSTEM_DIRECTORY, NAME)] if os.geteuid() == 0 else []
    if not os.environ.get("XDG_STATE_HOME"):
        yield from system
    from platformdirs import user_state_dir

    state = user_state_dir("envcheck")
    if os.path.isabs(state) and not state.startswith("/.local/"):
        yield os.path.join(state, NAME)
    else:  # $HOME or $XDG_STATE_HOME is relative: this is below the current directory; or $HOME is empty
        yield from _at_home()
    yield from system


def _at_home() -> Iterator[str]:
    from envcheck import home

    place = home.directory(os.environ)
    if place:
        yield os.path.join(place, ".local/state/envcheck", NAME)


def _open_named(path: str) -> TextIO:
    """A log at the place the user chose, whatever is there; it is added to."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    return _text(os.open(path, flags, 0o600))


def _open_default(path: str) -> TextIO:
    """A log at a place that others may have prepared: no link is followed, only a file is taken."""
    parent, name = os.path.split(path)
    os.makedirs(parent, mode=0o700, exist_ok=True)
    folder = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        descriptor = _open_within(folder, name)
        if os.fstat(descriptor).st_size > ROTATE_BYTES:
            os.close(descriptor)
            os.replace(name, f"{name}.1", src_dir_fd=folder, dst_dir_fd=folder)
            descriptor = _open_within(folder, name)
    finally:
        os.close(folder)
    return _text(descriptor)


def _open_within(folder: int, name: str) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    status = os.fstat(descriptor)
    regular = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    if regular and status.st_uid == os.fstat(folder).st_uid:
        return descriptor
    os.close(descriptor)
    raise ValueError("it is another user's" if regular else "it is a link, or no regular file")


def _text(descriptor: int) -> TextIO:
    return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")


class _EscapingFormatter(logging.Formatter):
    """What a machine says must not steer the terminal on which the log is read."""

    def format(self, record: logging.LogRecord) -> str:
        return escape.lines(super().format(record))


class _BoundedHandler(_StreamHandler):
    """Writes until a run has written enough; a log that breaks is said once, and no more."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._left = RUN_BYTES

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if len(text) > self._left:
            text = f"{text[: self._left]}\n(the log is full: no more of this run is kept)"
            self.setLevel(logging.CRITICAL + 1)
        self._left -= len(text)
        return text

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name
        self.setLevel(logging.CRITICAL + 1)
        print(f"envcheck: the log is incomplete: {sys.exc_info()[1]}", file=sys.stderr)  # noqa: T201

    def close(self) -> None:
        with suppress(OSError):
            self.stream.close()
        super().close()


class _NotingHandler(_BoundedHandler):
    """Keeps for the caller what goes wrong with the stream."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.failures: list[OSError] = []

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self.setLevel(logging.CRITICAL + 1)
        self.failures.append(error)
